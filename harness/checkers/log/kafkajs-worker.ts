/**
 * The thread in which kafkajs reads the log: one pass over the topic, or the records of a span.
 *
 * kafkajs can throw out of a socket callback, where nobody can catch it, and would take the whole
 * proof with it. In a thread of its own such a crash ends the thread, and the caller sees a named
 * error.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { TradeDecoder } from '../decode/decode-trade.ts';
import { registerCodecs } from './kafkajs-codecs.ts';
import { createKafkajs, kafkajsSpans, readWithKafkajs } from './kafkajs-read.ts';
import type { LogPass, LogRecord } from './log-layer-reader.ts';
import { RecordSums } from './record-sums.ts';
import { errorMessage, type WorkerMessage } from './worker-task.ts';

export interface KafkajsTask {
  readonly bootstrapServers: string;
  readonly topic: string;
  readonly topicId: string;
  readonly producerSums: boolean;
  /** Null for a whole pass. */
  readonly records: {
    readonly partition: number;
    readonly offsetFirst: number;
    readonly offsetLast: number;
  } | null;
}

type Result = LogPass | readonly LogRecord[];

const task = workerData as KafkajsTask;
const post = (message: WorkerMessage<Result>) => parentPort!.postMessage(message);

async function run(): Promise<Result> {
  registerCodecs();
  const kafka = createKafkajs(task.bootstrapServers);
  const admin = kafka.admin();
  await admin.connect();
  try {
    const spans = await kafkajsSpans(admin, task.topic, task.topicId);
    const { records } = task;
    if (records === null) return await pass(spans);
    const found: LogRecord[] = [];
    const wanted = spans
      .filter(({ partition }) => partition === records.partition)
      .map((span) => ({
        ...span,
        from: Math.max(span.from, records.offsetFirst),
        until: Math.min(span.until, records.offsetLast + 1),
      }));
    await readWithKafkajs(kafka, admin, task.topic, wanted, () => ({
      record: (offset, bytes, start, end) =>
        void found.push({
          offset,
          value: start < 0 ? null : new Uint8Array(bytes.subarray(start, end)),
        }),
    }));
    return found;
  } finally {
    await admin.disconnect();
  }

  async function pass(spans: Awaited<ReturnType<typeof kafkajsSpans>>): Promise<LogPass> {
    const decoder = new TradeDecoder();
    const report = (rows: number) => post({ type: 'rows', rows });
    const sums = new Map(
      spans.map(({ partition }) => [
        partition,
        new RecordSums(task.topicId, partition, decoder, task.producerSums, report),
      ]),
    );
    await readWithKafkajs(kafka, admin, task.topic, spans, (id) => sums.get(id)!);
    const partitions = spans.map((s) => sums.get(s.partition)!.result(s.from, s.until));
    return { topicId: task.topicId, partitions };
  }
}

try {
  post({ type: 'result', result: await run() });
} catch (error) {
  post(errorMessage(error));
}
