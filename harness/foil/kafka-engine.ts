/**
 * The foil's ingest: what ClickHouse's Kafka engine does, one consumer after the other.
 *
 * It begins at the committed offsets of its group, fills a block partition by partition, inserts
 * it, and publishes the offsets afterwards: two steps, so a block is inserted again when something
 * dies in between. The insert has no token, meets no fence and is not read back. What does not
 * decode is left out of the insert and passed over with the offsets. An error of any kind makes it
 * begin again from the committed offsets.
 */
import { TidemarkError } from '../../src/pipeline/errors.ts';
import type { Clock } from '../../src/pipeline/ports/clock.ts';
import type { HotStore } from '../../src/pipeline/ports/hot-store.ts';
import type { LogSource, PartitionReader } from '../../src/pipeline/ports/log-source.ts';

export interface KafkaEngineParts {
  readonly source: LogSource;
  readonly store: HotStore;
  readonly clock: Clock;
  readonly topicName: string;
  /** The group's committed offsets, next to be read, by partition. */
  committed(topicId: string): Promise<ReadonlyMap<number, number>>;
  /** True for the partitions that this consumer was given. */
  owns(partition: number): boolean;
  /** Most rows of a block. */
  readonly blockRowsMax: number;
}

/** A block that is not full is flushed after so long. */
export const flushMs = 7_500;
/** The engine's pause between one block and the next, and after an error. */
export const rescheduleMs = 500;
const noEpoch = 0n;
const noToken = '';

/** Runs until the signal; errors that no repetition explains go out. */
export async function runKafkaEngine(parts: KafkaEngineParts, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await consume(parts, signal);
    } catch (error) {
      if (!(error instanceof TidemarkError)) throw error;
      await parts.clock.sleep(rescheduleMs, signal);
    }
  }
}

async function consume(parts: KafkaEngineParts, signal: AbortSignal): Promise<void> {
  const { source, clock } = parts;
  const topic = await source.topic(parts.topicName);
  const committed = await parts.committed(topic.topicId);
  const readers: PartitionReader[] = [];
  for (let partition = 0; partition < topic.partitions; partition += 1) {
    if (!parts.owns(partition)) continue;
    readers.push(await source.reader(topic, partition, BigInt(committed.get(partition) ?? 0)));
  }
  while (!signal.aborted) {
    const { isFull, offsets } = await block(parts, readers, signal);
    if (offsets.size > 0) await source.publishProgress(topic, offsets);
    await clock.sleep(isFull ? rescheduleMs : flushMs, signal);
  }
}

/** One block: the first partition to its end before the next one gets its turn. */
async function block(
  { store, blockRowsMax }: KafkaEngineParts,
  readers: readonly PartitionReader[],
  signal: AbortSignal,
) {
  const offsets = new Map<number, bigint>();
  const read = [];
  let room = blockRowsMax;
  for (const reader of readers) {
    if (room === 0) break;
    const limits = { rowsMax: room, bytesMax: Number.MAX_SAFE_INTEGER, lingerMs: 0 };
    const records = await reader.next(limits, signal);
    if (records === null) continue;
    read.push(records);
    room -= records.rows;
  }
  for (const records of read) {
    await store.insertTrades(records, noEpoch, noToken);
    offsets.set(records.range.partition, records.range.offsetLast + 1n);
  }
  return { isFull: room === 0, offsets };
}
