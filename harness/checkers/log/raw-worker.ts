/**
 * A thread of the raw reader: runs one pass over its share of the partitions and posts progress and
 * sums.
 *
 * Decoding and hashing keep a core busy, so a second thread reads nearly twice as fast where a
 * second core is free. Errors travel as messages.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { type RawPassTask, runRawPass } from './raw-pass.ts';
import type { PartitionSums } from './record-sums.ts';
import { errorMessage, type WorkerMessage } from './worker-task.ts';

const post = (message: WorkerMessage<PartitionSums[]>) => parentPort!.postMessage(message);

try {
  const result = await runRawPass(workerData as RawPassTask, (rows) =>
    post({ type: 'rows', rows }),
  );
  post({ type: 'result', result });
} catch (error) {
  post(errorMessage(error));
}
