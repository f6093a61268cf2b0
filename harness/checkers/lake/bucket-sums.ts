/**
 * Adds hashed rows up per (topic id, partition, bucket of offsets), with the number of distinct
 * offsets.
 *
 * Distinct offsets are counted exactly by one bit an offset, so neither order nor overlap of rows
 * matters. Sums are kept in two 32-bit halves on the way and become bigint at the end.
 */

import { Word64 } from '../digest/word64.ts';
import { type BucketDigest, bucketOffsets } from '../layer.ts';
import type { HashedRows } from './row-hashes.ts';

export interface FileBucket extends BucketDigest {
  readonly offsetsDistinct: bigint;
}

interface OpenBucket {
  readonly topicId: string;
  readonly partition: number;
  readonly bucket: number;
  rows: number;
  offsetMin: number;
  offsetMax: number;
  distinct: number;
  readonly sum: Word64;
  readonly seen: Uint8Array;
}

const bucketSize = Number(bucketOffsets);
const twoTo32 = 0x1_0000_0000;
const utf8 = new TextDecoder();

export class BucketSums {
  readonly #open = new Map<string, OpenBucket>();

  addRows({ topicIds, partitions, offsets, hashes }: HashedRows): void {
    let current: OpenBucket | null = null;
    let topicBytes: Uint8Array | null = null;
    for (let row = 0; row < topicIds.length; row += 1) {
      const partition = partitions[4 * row + 3]!;
      const offset = offsets[4 * row + 2]! * twoTo32 + (offsets[4 * row + 3]! >>> 0);
      if (!Number.isSafeInteger(offset)) throw new Error('an offset is 2^53 or more');
      const bucket = Math.floor(offset / bucketSize);
      const same =
        current !== null &&
        current.bucket === bucket &&
        current.partition === partition &&
        topicBytes === topicIds[row];
      if (!same) {
        topicBytes = topicIds[row]!;
        current = this.#bucket(utf8.decode(topicBytes), partition, bucket);
      }
      addRow(current!, offset, hashes[2 * row]!, hashes[2 * row + 1]!);
    }
  }

  buckets(): readonly FileBucket[] {
    return [...this.#open.values()].map((open) => ({
      topicId: open.topicId,
      partition: open.partition,
      bucket: BigInt(open.bucket),
      rows: BigInt(open.rows),
      sum: open.sum.toBigInt(),
      offsetFirst: BigInt(open.offsetMin),
      offsetLast: BigInt(open.offsetMax),
      offsetsDistinct: BigInt(open.distinct),
    }));
  }

  #bucket(topicId: string, partition: number, bucket: number): OpenBucket {
    const name = `${topicId}/${partition}/${bucket}`;
    const known = this.#open.get(name);
    if (known !== undefined) return known;
    const open: OpenBucket = {
      topicId,
      partition,
      bucket,
      rows: 0,
      offsetMin: Number.MAX_SAFE_INTEGER,
      offsetMax: Number.MIN_SAFE_INTEGER,
      distinct: 0,
      sum: new Word64(),
      seen: new Uint8Array(bucketSize / 8),
    };
    this.#open.set(name, open);
    return open;
  }
}

function addRow(open: OpenBucket, offset: number, hashHigh: number, hashLow: number): void {
  open.rows += 1;
  open.sum.add(hashHigh, hashLow);
  if (offset < open.offsetMin) open.offsetMin = offset;
  if (offset > open.offsetMax) open.offsetMax = offset;
  const at = offset - open.bucket * bucketSize;
  const bit = 1 << (at & 7);
  const byte = open.seen[at >> 3]!;
  if ((byte & bit) === 0) {
    open.seen[at >> 3] = byte | bit;
    open.distinct += 1;
  }
}
