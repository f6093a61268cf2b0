/**
 * The log that records come from: one topic of a broker, read from offsets that the ledger decides.
 */

import type { OffsetRange } from '../model/range.ts';
import type { RecordBlock } from '../model/record-block.ts';

export interface TopicInfo {
  readonly name: string;
  readonly topicId: string;
  readonly partitions: number;
}

export interface BlockLimits {
  readonly rowsMax: number;
  readonly bytesMax: number;
  /**
   * How long to wait for more records once the block has one; also the longest wait for the first
   * record.
   */
  readonly lingerMs: number;
}

/** Reads one partition forward. Not for concurrent calls. */
export interface PartitionReader {
  /**
   * The next block from the position on, or null when nothing came within `lingerMs`. Fails with
   * `offset-out-of-range` when the log no longer holds the position, `topic-recreated` when the
   * topic id is gone.
   */
  next(limits: BlockLimits, signal?: AbortSignal): Promise<RecordBlock | null>;
  close(): Promise<void>;
}

export interface LogSource {
  /** Fails with `topic-missing` when the broker does not know the topic. */
  topic(name: string): Promise<TopicInfo>;
  /**
   * First offset the log still holds and the offset after the last stable record, per partition.
   */
  offsets(
    topic: TopicInfo,
  ): Promise<ReadonlyArray<{ partition: number; earliest: bigint; latest: bigint }>>;
  reader(topic: TopicInfo, partition: number, offsetNext: bigint): Promise<PartitionReader>;
  /** Exactly the records of an old range again, with the same holes: for recovery after doubt. */
  read(topic: TopicInfo, range: OffsetRange, signal?: AbortSignal): Promise<RecordBlock>;
  /** Writes the group's offsets for operators' tools; the pipeline itself never reads them. */
  publishProgress(topic: TopicInfo, offsets: ReadonlyMap<number, bigint>): Promise<void>;
  close(): Promise<void>;
}
