/**
 * Sums of row hashes per bucket of offsets of one partition.
 *
 * A log is read in the order of its offsets, so one bucket is open at a time: its sum is kept in
 * two doubles (sums of the lower and of the upper halves, exact up to 2^21 rows) and becomes a
 * BigInt when the bucket closes. Memory is one small object a bucket.
 */
import { type BucketDigest, bucketOffsets } from '../layer.ts';
import type { Word64 } from './word64.ts';

const offsetsPerBucket = Number(bucketOffsets);
/** Rows after which the open sums are folded away; 2^20 halves of 32 bits stay below 2^53. */
const openRowsMax = 1_048_576;
const mask = (1n << 64n) - 1n;

export interface BucketSum {
  readonly bucket: number;
  readonly rows: number;
  /** Modulo 2^64. */
  readonly sum: bigint;
  readonly offsetFirst: number;
  readonly offsetLast: number;
}

export class BucketSums {
  readonly #closed = new Map<number, BucketSum>();
  #bucket = -1;
  #rows = 0;
  #low = 0;
  #high = 0;
  #offsetFirst = 0;
  #offsetLast = 0;
  #bucketEnd = -1;

  /** Adds a row's hash; `offset` is below 2^53. */
  add(offset: number, hash: Word64): void {
    if (offset >= this.#bucketEnd || this.#rows >= openRowsMax || offset < this.#offsetFirst) {
      this.#open(offset);
    }
    this.#rows += 1;
    this.#low += hash.low >>> 0;
    this.#high += hash.high >>> 0;
    if (offset > this.#offsetLast) this.#offsetLast = offset;
  }

  /** The sums so far, ordered by bucket. */
  sums(): readonly BucketSum[] {
    this.#fold();
    this.#bucketEnd = -1;
    return [...this.#closed.values()].sort((a, b) => a.bucket - b.bucket);
  }

  #open(offset: number): void {
    this.#fold();
    this.#bucket = Math.floor(offset / offsetsPerBucket);
    this.#bucketEnd = (this.#bucket + 1) * offsetsPerBucket;
    this.#offsetFirst = offset;
    this.#offsetLast = offset;
  }

  #fold(): void {
    if (this.#rows === 0) return;
    const known = this.#closed.get(this.#bucket);
    const sum = (BigInt(this.#high) << 32n) + BigInt(this.#low) + (known?.sum ?? 0n);
    this.#closed.set(this.#bucket, {
      bucket: this.#bucket,
      rows: this.#rows + (known?.rows ?? 0),
      sum: sum & mask,
      offsetFirst: Math.min(this.#offsetFirst, known?.offsetFirst ?? this.#offsetFirst),
      offsetLast: Math.max(this.#offsetLast, known?.offsetLast ?? this.#offsetLast),
    });
    this.#rows = 0;
    this.#low = 0;
    this.#high = 0;
  }
}

/** The sums of a partition as the comparison wants them. */
export function bucketDigests(
  topicId: string,
  partition: number,
  sums: readonly BucketSum[],
): readonly BucketDigest[] {
  return sums.map((sum) => ({
    topicId,
    partition,
    bucket: BigInt(sum.bucket),
    rows: BigInt(sum.rows),
    sum: sum.sum,
    offsetFirst: BigInt(sum.offsetFirst),
    offsetLast: BigInt(sum.offsetLast),
  }));
}
