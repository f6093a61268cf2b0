/** All lanes, in the order in which they run. */
import { ingestLane } from './ingest.ts';
import type { Lane } from './lane.ts';
import { latencyLane } from './latency.ts';
import { offloadBulkLane } from './offload-bulk.ts';
import { offloadSmallLane } from './offload-small.ts';
import { tuningLane } from './tuning.ts';
import { verifyLane } from './verify.ts';

export const lanes: readonly Lane[] = [
  ingestLane,
  offloadBulkLane,
  verifyLane,
  offloadSmallLane,
  latencyLane,
  tuningLane,
];
