/**
 * Reads spans of a topic with kafkajs, read_committed, and shows every record to the visitor of its
 * partition.
 *
 * kafkajs reads only as a member of a consumer group, so a group of a random name is made, nothing
 * is committed to it, and it is deleted at the end. A partition is over when the position has
 * reached its bound; kafkajs tells the position also for batches in which it shows nothing
 * (markers, aborted records), through its instrumentation events.
 */
import { randomUUID } from 'node:crypto';
import kafkajs, { type Admin, type Consumer, type EachBatchPayload, type Kafka } from 'kafkajs';
import { systemClock, waitFor } from '../../system-clock.ts';
import { LogReadError, toLogReadError } from './log-error.ts';
import type { PartitionSpan } from './partition-read.ts';
import type { RecordVisitor } from './record-batch.ts';

const bytesPerPartitionMax = 4 * 1024 * 1024;
const fetchWaitMsMax = 200;
const silenceMsMax = 60_000;
const groupDeleteMsMax = 15_000;
const empty = new Uint8Array(0);

export function createKafkajs(bootstrapServers: string): Kafka {
  return new kafkajs.Kafka({
    clientId: 'tidemark-log-reader',
    brokers: bootstrapServers.split(','),
    logLevel: kafkajs.logLevel.NOTHING,
    connectionTimeout: 5_000,
    requestTimeout: 15_000,
    retry: { retries: 6, initialRetryTime: 100, maxRetryTime: 2_000 },
  });
}

/**
 * Log start and last stable offset of every partition: what ListOffsets says under read_committed.
 */
export async function kafkajsSpans(
  admin: Admin,
  topic: string,
  topicId: string,
): Promise<PartitionSpan[]> {
  const offsets = await admin.fetchTopicOffsets(topic);
  return offsets
    .map(({ partition, low, high }) => ({
      topicId,
      partition,
      from: Number(low),
      until: Number(high),
    }))
    .sort((a, b) => a.partition - b.partition);
}

/** Resolves when every span is read; rejects with NO_PROGRESS, or what kafkajs crashed with. */
export async function readWithKafkajs(
  kafka: Kafka,
  admin: Admin,
  topic: string,
  spans: readonly PartitionSpan[],
  visitorOf: (partition: number) => RecordVisitor,
): Promise<void> {
  const open = spans.filter(({ from, until }) => from < until);
  if (open.length === 0) return;
  const groupId = `tidemark-log-reader-${randomUUID()}`;
  const consumer = kafka.consumer({
    groupId,
    readUncommitted: false,
    maxBytesPerPartition: bytesPerPartitionMax,
    maxWaitTimeInMs: fetchWaitMsMax,
    sessionTimeout: 60_000,
    retry: { retries: 6, restartOnFailure: async () => false },
  });
  try {
    await new KafkajsRead(consumer, topic, open, visitorOf).run();
  } finally {
    await consumer.disconnect();
    await waitFor(() => groupIsGone(admin, groupId), {
      condition: `consumer group ${groupId} is deleted`,
      boundMs: groupDeleteMsMax,
    });
  }
}

/** Throws while the group still counts a member; `waitFor` then tries again. */
async function groupIsGone(admin: Admin, groupId: string): Promise<boolean> {
  const { groups } = await admin.listGroups();
  if (!groups.some((group) => group.groupId === groupId)) return true;
  await admin.deleteGroups([groupId]);
  return true;
}

class KafkajsRead {
  readonly #consumer: Consumer;
  readonly #topic: string;
  readonly #open: Map<number, PartitionSpan>;
  readonly #visitorOf: (partition: number) => RecordVisitor;
  #heardMs = systemClock.monotonicMs();
  #failure: LogReadError | null = null;

  constructor(
    consumer: Consumer,
    topic: string,
    spans: readonly PartitionSpan[],
    visitorOf: (partition: number) => RecordVisitor,
  ) {
    this.#consumer = consumer;
    this.#topic = topic;
    this.#open = new Map(spans.map((span) => [span.partition, span]));
    this.#visitorOf = visitorOf;
  }

  async run(): Promise<void> {
    const consumer = this.#consumer;
    consumer.on(consumer.events.CRASH, ({ payload }) => {
      const { message } = payload.error;
      this.#failure ??= new LogReadError('READER_CRASHED', `kafkajs: ${message}`, {
        cause: payload.error,
        retryable: true,
      });
    });
    consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload }) => {
      this.#reached(payload.partition, Number(payload.lastOffset));
    });
    await consumer.connect();
    await consumer.subscribe({ topic: this.#topic, fromBeginning: true });
    await consumer.run({ autoCommit: false, eachBatch: async (payload) => this.#show(payload) });
    // A consumer that has crashed meanwhile refuses to seek; its own error says more.
    if (this.#failure) throw this.#failure;
    for (const { partition, from } of this.#open.values()) {
      consumer.seek({ topic: this.#topic, partition, offset: String(from) });
    }
    while (this.#open.size > 0) {
      if (this.#failure) throw this.#failure;
      if (systemClock.monotonicMs() - this.#heardMs > silenceMsMax) {
        const left = [...this.#open.keys()].join(', ');
        const what = `kafkajs gave nothing for ${silenceMsMax} ms; partitions left: ${left}`;
        throw new LogReadError('NO_PROGRESS', what);
      }
      await systemClock.sleep(10);
    }
    if (this.#failure) throw this.#failure;
  }

  #show({ batch }: EachBatchPayload): void {
    const { partition } = batch;
    const span = this.#open.get(partition);
    if (!span) return;
    const visitor = this.#visitorOf(partition);
    try {
      for (const { offset: text, value } of batch.messages) {
        const offset = Number(text);
        if (offset < span.from || offset >= span.until) continue;
        if (value === null) visitor.record(offset, empty, -1, -1);
        else visitor.record(offset, value, 0, value.length);
      }
    } catch (error) {
      // kafkajs would retry the batch; a visitor that refuses a record has ended the pass.
      this.#failure ??= toLogReadError(error);
    }
  }

  #reached(partition: number, offsetLast: number): void {
    this.#heardMs = systemClock.monotonicMs();
    const span = this.#open.get(partition);
    if (!span || offsetLast + 1 < span.until) return;
    this.#open.delete(partition);
    this.#consumer.pause([{ topic: this.#topic, partitions: [partition] }]);
  }
}
