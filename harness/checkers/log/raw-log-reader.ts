/**
 * The fast reader of the log: an own small client of the Kafka protocol, read_committed, no
 * consumer group.
 *
 * It asks for the bounds first (log start and last stable offset of every partition), then reads
 * exactly that, with several partitions under way in each of a few threads. It shares no code with
 * the pipeline and none with the vendors' clients, so it is evidence against both.
 */
import { availableParallelism } from 'node:os';
import { ClusterView } from './cluster.ts';
import { Decompressor } from './decompress.ts';
import {
  createLogReader,
  type LogPass,
  type LogReader,
  type LogRecord,
  type OnProgress,
} from './log-layer-reader.ts';
import { type PartitionSpan, readPartition } from './partition-read.ts';
import { type RawPassTask, runRawPass } from './raw-pass.ts';
import type { PartitionSums } from './record-sums.ts';
import { withRetries } from './retry.ts';
import { runWorker } from './worker-task.ts';

export interface RawLogReaderOptions {
  /** `host:port,host:port`. */
  readonly bootstrapServers: string;
  readonly topic: string;
  /** Also add up the hash of the producer's journal; costs about a third more time. */
  readonly producerSums?: boolean;
  /**
   * Threads; 1 reads in this thread. Without it as many as there are cores, at most
   * `threadsDefaultMax`.
   */
  readonly threads?: number;
  /** Partitions under way at once in a thread. */
  readonly lanes?: number;
}

const threadsDefaultMax = 4;
const lanesDefault = 2;
/** Fewer records than this a thread do not repay starting it. */
const offsetsPerThreadMin = 200_000;
/** Longer than all tries of one fetch together. */
const silenceMsMax = 300_000;
const workerFile = new URL('./raw-worker.ts', import.meta.url);

export function createRawLogReader(options: RawLogReaderOptions): LogReader {
  return createLogReader({
    reader: 'own Kafka protocol client, read_committed',
    pass: (onProgress) => pass(options, onProgress),
    records: (topicId, partition, first, last) => records(options, topicId, partition, first, last),
  });
}

/**
 * The id of a topic as a canonical UUID. Rejects with TOPIC_MISSING when there is none of that
 * name.
 */
export async function findTopicId(bootstrapServers: string, topic: string): Promise<string> {
  return withCluster({ bootstrapServers, topic }, async (c) => (await c.metadata()).topicId);
}

async function withCluster<T>(
  { bootstrapServers, topic }: Pick<RawLogReaderOptions, 'bootstrapServers' | 'topic'>,
  read: (cluster: ClusterView) => Promise<T>,
): Promise<T> {
  const cluster = new ClusterView(bootstrapServers, topic);
  try {
    return await withRetries(
      () => read(cluster),
      () => cluster.forget(),
    );
  } finally {
    cluster.forget();
  }
}

/** What a pass has to read, decided before it starts. */
function findSpans(
  options: RawLogReaderOptions,
): Promise<{ topicId: string; spans: PartitionSpan[] }> {
  return withCluster(options, async (cluster) => {
    const { topicId, partitions } = await cluster.metadata();
    const ids = partitions.map(({ partition }) => partition).sort((a, b) => a - b);
    const stable = await cluster.offsets(ids, 'stable');
    const earliest = await cluster.offsets(ids, 'earliest');
    const spans = ids.map((partition) => ({
      topicId,
      partition,
      from: earliest.get(partition)!,
      until: stable.get(partition)!,
    }));
    return { topicId, spans };
  });
}

async function pass(
  options: RawLogReaderOptions,
  onProgress: OnProgress | undefined,
): Promise<LogPass> {
  const { topicId, spans } = await findSpans(options);
  let rowsTotal = 0;
  const report = (count: number) => {
    rowsTotal += count;
    onProgress?.(rowsTotal);
  };
  const tasks = shares(options, spans).map((share) => ({
    bootstrapServers: options.bootstrapServers,
    topic: options.topic,
    producerSums: options.producerSums ?? false,
    lanes: options.lanes ?? lanesDefault,
    spans: share,
  }));
  const results = await Promise.all(
    tasks.map((task) => (tasks.length === 1 ? runRawPass(task, report) : inThread(task, report))),
  );
  return { topicId, partitions: results.flat().sort((a, b) => a.partition - b.partition) };
}

function inThread(task: RawPassTask, onRows: (rows: number) => void): Promise<PartitionSums[]> {
  return runWorker({ file: workerFile, data: task, onRows, silenceMsMax });
}

/** Partitions dealt to the threads, the largest first, each to the thread with the least so far. */
function shares(options: RawLogReaderOptions, spans: readonly PartitionSpan[]): PartitionSpan[][] {
  const size = (span: PartitionSpan) => span.until - span.from;
  const total = spans.reduce((sum, span) => sum + size(span), 0);
  const worthwhile = Math.max(1, Math.floor(total / offsetsPerThreadMin));
  const wanted = options.threads ?? Math.min(availableParallelism(), threadsDefaultMax, worthwhile);
  const hands = Array.from({ length: Math.max(1, Math.min(wanted, spans.length)) }, () => ({
    load: 0,
    spans: [] as PartitionSpan[],
  }));
  for (const span of spans.toSorted((a, b) => size(b) - size(a))) {
    const least = hands.reduce((a, b) => (b.load < a.load ? b : a));
    least.load += size(span);
    least.spans.push(span);
  }
  return hands.map((hand) => hand.spans);
}

async function records(
  options: RawLogReaderOptions,
  topicId: string,
  partition: number,
  offsetFirst: number,
  offsetLast: number,
): Promise<LogRecord[]> {
  const now = await findSpans(options);
  const span = now.spans.find((entry) => entry.partition === partition);
  if (now.topicId !== topicId || !span) return [];
  const from = Math.max(span.from, offsetFirst);
  const until = Math.min(span.until, offsetLast + 1);
  const found: LogRecord[] = [];
  const cluster = new ClusterView(options.bootstrapServers, options.topic);
  try {
    await readPartition(cluster, { ...span, from, until }, new Decompressor(), {
      record: (offset, bytes, start, end) =>
        void found.push({
          offset,
          value: start < 0 ? null : new Uint8Array(bytes.subarray(start, end)),
        }),
    });
  } finally {
    cluster.forget();
  }
  return found;
}
