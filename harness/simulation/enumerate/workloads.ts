/**
 * The bounded workloads whose every crash point is enumerated.
 *
 * Each is as small as it can be and still take the steps it is there for, because the number of
 * pairs grows with the square of its steps. Together they take every durable step of ingest,
 * offload and maintenance; `missingPoints` says which one they do not. Faults that stand in a
 * workload belong to it: the offloader's first request is held back so that it finds closed ranges
 * at its first cycle, and who restarts on purpose is asked to end.
 */
import type { Fault, Schedule, Settings, WorkloadItem } from '../schedule/schedule.ts';
import { settingsDefault } from '../schedule/settings.ts';
import { durableSteps, pointsOfEffect } from './points.ts';

export interface BoundedWorkload {
  readonly name: string;
  readonly schedule: Schedule;
  /** Processes that are struck once. */
  readonly single: readonly string[];
  /** Processes that are struck twice: each of both crashes hits one of them. */
  readonly paired: readonly string[];
}

const send = (afterMs: number, partition: number, trades: number, malformed = 0): WorkloadItem => ({
  do: 'send',
  afterMs,
  partition,
  trades,
  malformed,
});

const holdBack = (process: string, ms: number): Fault => ({
  at: { process, step: 'ledger.acquire', occurrence: 1, point: 'before' },
  action: { do: 'delay', ms },
});

const askToEnd = (process: string, step: string, occurrence: number): Fault => ({
  at: { process, step, occurrence, point: 'before' },
  action: { do: 'stop', restartMs: 300 },
});

function schedule(
  settings: Partial<Settings>,
  workload: readonly WorkloadItem[],
  faults: readonly Fault[],
): Schedule {
  const shared = { snapshotsKeptMin: 1, offloadEveryMs: 5_000, healAfterDrain: true };
  return {
    version: 1,
    settings: { ...settingsDefault, ...shared, ...settings },
    workload,
    choices: [],
    faults,
  };
}

export const boundedWorkloads: readonly BoundedWorkload[] = [
  {
    name: 'one ingester, one offloader: two partitions, a dead letter, a transaction',
    schedule: schedule(
      { rangeRowsMax: 2, batchRowsMax: 2 },
      [send(10, 0, 2, 1), { do: 'transaction', afterMs: 10, trades: 1, end: 'commit' }],
      [holdBack('offload-1', 1_200)],
    ),
    single: ['ingest-1', 'offload-1', 'producer'],
    paired: ['ingest-1', 'offload-1'],
  },
  {
    name: 'an ingester that is asked to end with a range in hand',
    schedule: schedule(
      { partitions: 1, rangeRowsMax: 2, batchRowsMax: 2 },
      [send(10, 0, 2), send(2_900, 0, 1)],
      [holdBack('offload-1', 3_000), askToEnd('ingest-1', 'ledger.heartbeat', 2)],
    ),
    single: ['ingest-1'],
    paired: ['ingest-1'],
  },
  {
    name: 'an offloader that is asked to end, and maintenance that deletes',
    schedule: schedule(
      { partitions: 1, rangeRowsMax: 1, batchRowsMax: 1 },
      [send(10, 0, 4)],
      [holdBack('offload-1', 1_200), askToEnd('offload-1', 'ledger.freeze', 2)],
    ),
    single: ['offload-1'],
    paired: ['offload-1'],
  },
  {
    name: 'two ingesters, two offloaders',
    schedule: schedule(
      { ingesters: 2, offloaders: 2 },
      [send(10, 0, 1, 1), send(10, 1, 1)],
      [holdBack('offload-1', 1_200), holdBack('offload-2', 1_200)],
    ),
    single: ['ingest-1', 'ingest-2', 'offload-1', 'offload-2'],
    paired: ['ingest-1', 'ingest-2', 'offload-1', 'offload-2'],
  },
];

/** Points of durable steps, as `step point`, that nothing of it struck. */
export function missingPoints(struck: ReadonlySet<string>): string[] {
  return durableSteps
    .flatMap((step) => pointsOfEffect.map((point) => `${step} ${point}`))
    .filter((name) => !struck.has(name));
}
