/**
 * A block of records of one partition, as bytes that ClickHouse can parse without our help.
 *
 * `body` is RowBinary: for each record its offset (Int64, little endian) and its value (String:
 * unsigned LEB128 length, then the bytes). When `hasNullValue` is set, every value is
 * Nullable(String) instead: one byte (0 = value follows, 1 = null) before it. Nothing in the
 * pipeline ever parses a value in JavaScript. Beside the bytes stand the facts that the read-back
 * compares with what the store holds: how many records the broker returned under read_committed and
 * at which offsets.
 */
import type { OffsetRange } from './range.ts';

export interface RecordBlock {
  /**
   * What the block covers; holes at either end included, so that the next block starts at
   * `offsetLast + 1`.
   */
  readonly range: OffsetRange;
  /** Records in it; less than the span where the log has holes. */
  readonly rows: number;
  /**
   * Sum over the records of (offset - offsetFirst): with `rows` distinct offsets inside the range
   * it tells which are there.
   */
  readonly offsetSum: bigint;
  readonly hasNullValue: boolean;
  readonly body: Uint8Array;
}
