/**
 * Settings of simulated runs: small stores, short leases of time, everything that makes a window
 * open sooner. The protocol must not care.
 */
import type { Settings } from './schedule.ts';

export const settingsDefault: Settings = {
  system: 'pipeline',
  partitions: 2,
  ingesters: 1,
  offloaders: 1,
  rangeRowsMax: 6,
  batchRowsMax: 12,
  deduplicationWindow: 100,
  snapshotsKeptMin: 3,
  offloadEveryMs: 2_000,
  drainMsMax: 300_000,
};

/** Times of the services in simulated runs, in milliseconds. */
export const leaseMs = 10_000;
export const lingerMs = 1_000;
export const outageMsMax = 600_000;
