/**
 * The second reader of the log: kafkajs, a client that neither the pipeline nor the raw reader has
 * a line in common with.
 *
 * A pass starts anew when kafkajs crashes, a few times at most: it gives up where it could wait,
 * e.g. while the group's coordinator is loading.
 *
 * It is several times slower than the raw reader and there for disagreement: where both see the
 * same records, the same sums come out. It cannot tell the id of the topic, so the caller names it
 * (`findTopicId` of the raw reader).
 */
import type { KafkajsTask } from './kafkajs-worker.ts';
import {
  createLogReader,
  type LogPass,
  type LogReader,
  type LogRecord,
} from './log-layer-reader.ts';
import { type RetryPolicy, withRetries } from './retry.ts';
import { runWorker } from './worker-task.ts';

export interface KafkajsLogReaderOptions {
  /** `host:port,host:port`. */
  readonly bootstrapServers: string;
  readonly topic: string;
  /** Canonical UUID of the topic. */
  readonly topicId: string;
  readonly producerSums?: boolean;
}

/** Longer than the reader's own bound on silence, which names the partitions. */
const silenceMsMax = 180_000;
/** Whole passes, so few of them. */
const retries: RetryPolicy = { attemptsMax: 5, pauseMsFirst: 500, pauseMsMax: 4_000 };
/** kafkajs counts a timer below zero after every answer, and Node warns about it. */
const execArgv = ['--disable-warning=TimeoutNegativeWarning'];
const workerFile = new URL('./kafkajs-worker.ts', import.meta.url);

const patiently = <T>(read: () => Promise<T>) => withRetries(read, undefined, retries);

export function createKafkajsLogReader(options: KafkajsLogReaderOptions): LogReader {
  const run = <T>(records: KafkajsTask['records'], onRows: (rows: number) => void) => {
    const { bootstrapServers, topic, topicId, producerSums = false } = options;
    const data: KafkajsTask = { bootstrapServers, topic, topicId, producerSums, records };
    return runWorker<T>({ file: workerFile, data, onRows, silenceMsMax, execArgv });
  };
  return createLogReader({
    reader: 'kafkajs, read_committed',
    pass: (onProgress) =>
      patiently(() => {
        let rowsTotal = 0;
        return run<LogPass>(null, (rows) => {
          rowsTotal += rows;
          onProgress?.(rowsTotal);
        });
      }),
    records: async (topicId, partition, offsetFirst, offsetLast) => {
      if (topicId !== options.topicId) return [];
      const span = { partition, offsetFirst, offsetLast };
      return patiently(() => run<readonly LogRecord[]>(span, () => {}));
    },
  });
}
