/**
 * The contract between the readers of the layers and the comparison.
 *
 * Each layer (log, bronze, dead letters, lake) is read by a reader of its own that knows how to
 * compute the row digest of docs/reference/digest.md where the rows live. The comparison only sees
 * digests per partition and bucket of offsets; where two layers differ it asks both for the rows of
 * that bucket and names the records. So memory is bounded by the number of buckets plus one bucket
 * of rows, whatever the size of the layers.
 */

/**
 * Offsets per bucket: bucket b of a partition holds the offsets from b * 16384 up to (b + 1) *
 * 16384 - 1.
 */
export const bucketOffsets = 16_384n;

export type RowKind = 'trade' | 'dead-letter';

export interface BucketDigest {
  readonly topicId: string;
  readonly partition: number;
  readonly bucket: bigint;
  /** Rows, duplicates included. */
  readonly rows: bigint;
  /** Sum of the row hashes modulo 2^64, duplicates included. */
  readonly sum: bigint;
  readonly offsetFirst: bigint;
  readonly offsetLast: bigint;
}

/**
 * One row with all its fields as canonical text (decimals with 8 decimals, times in microseconds,
 * values as hex).
 */
export interface LayerRow {
  readonly kind: RowKind;
  readonly topicId: string;
  readonly partition: number;
  readonly offset: bigint;
  readonly hash: bigint;
  readonly fields: Readonly<Record<string, string>>;
}

export interface LayerReader {
  /** `log`, `bronze`, `dead-letters`, `lake`. */
  readonly name: string;
  readonly title: string;
  /** What reads it, e.g. `kafkajs, read_committed`. */
  readonly reader: string;
  /** One full pass. A log reader yields trades and dead letters apart, by its own decode. */
  digest(kind: RowKind, onProgress?: (rows: number) => void): Promise<readonly BucketDigest[]>;
  /** All rows with offsetFirst <= offset <= offsetLast, duplicates included, ordered by offset. */
  rows(
    kind: RowKind,
    topicId: string,
    partition: number,
    offsetFirst: bigint,
    offsetLast: bigint,
  ): Promise<readonly LayerRow[]>;
}
