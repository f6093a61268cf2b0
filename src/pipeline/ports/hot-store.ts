/** The hot store: bronze rows and dead letters, written by range, read back by content. */
import type { Digest } from '../model/digest.ts';
import type { OffsetRange, PartitionKey } from '../model/range.ts';
import type { RecordBlock } from '../model/record-block.ts';

/** What a table really holds of one range. */
export interface RangeContent {
  readonly digest: Digest;
  /** Distinct offsets; less than `digest.rows` means duplicates. */
  readonly offsetsDistinct: bigint;
  /** Sum of (offset - offsetFirst) over all rows. */
  readonly offsetSum: bigint;
}

export interface StoredRange {
  readonly bronze: RangeContent;
  readonly deadLetters: RangeContent;
}

export interface HotStore {
  /**
   * Creates the tables when they are not there; fails with `table-invalid` when one is there with
   * another shape.
   */
  prepare(): Promise<void>;
  /**
   * From now on the store refuses inserts of this partition by a lower epoch (`fenced`), and none
   * that was begun before under this epoch or a lower one can still land.
   */
  fence(key: PartitionKey, epoch: bigint): Promise<void>;
  /**
   * Writes what of the block decodes as a trade. One statement, one block; throws `unknown-outcome`
   * when no answer came.
   */
  insertTrades(block: RecordBlock, epoch: bigint, token: string): Promise<void>;
  /** Writes what of the block does not decode, with its bytes and the reason. */
  insertDeadLetters(block: RecordBlock, epoch: bigint, token: string): Promise<void>;
  /** Reads back exactly this range. */
  inspect(range: OffsetRange): Promise<StoredRange>;
  close(): Promise<void>;
}
