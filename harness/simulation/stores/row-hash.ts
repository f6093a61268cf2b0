/**
 * The row hash of the simulation: 64 bits from a row's content and identity, cheap enough for
 * hundreds of thousands of rows a second.
 *
 * It stands in for docs/reference/digest.md and is not the same function: within a run it only has
 * to be equal for equal rows and different for different ones. The two halves are kept as plain
 * numbers and become a bigint once a digest is asked for, because a bigint a row would cost more
 * than the rest of the insert.
 */
import type { Digest } from '../../../src/pipeline/model/digest.ts';

/** Two 32-bit lanes; both unsigned. */
export interface ContentHash {
  readonly high: number;
  readonly low: number;
}

const fnvPrime = 0x01000193;
const seedHigh = 0x811c9dc5;
const seedLow = 0x3c6ef372;

/** FNV-1a in one lane, and a second lane that turns another way, so that they fail apart. */
export function contentHash(text: string): ContentHash {
  let high = seedHigh;
  let low = seedLow;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    high = Math.imul(high ^ code, fnvPrime);
    low = Math.imul(low + code, 0x85ebca6b);
    low ^= low >>> 13;
  }
  return { high: high >>> 0, low: low >>> 0 };
}

/** The last step of murmur3: every bit of the input reaches every bit of the output. */
function mixed(word: number): number {
  let mix = word;
  mix = Math.imul(mix ^ (mix >>> 16), 0x85ebca6b);
  mix = Math.imul(mix ^ (mix >>> 13), 0xc2b2ae35);
  return (mix ^ (mix >>> 16)) >>> 0;
}

/** The hash of a row: its content under its partition (hashed) and offset. */
export function rowHash(content: ContentHash, partition: ContentHash, offset: number): ContentHash {
  const place = mixed((offset | 0) ^ Math.imul(Math.floor(offset / 0x1_0000_0000), 0x9e3779b1));
  return {
    high: mixed(content.high ^ Math.imul(partition.high ^ place, 0x9e3779b1)),
    low: mixed((content.low + Math.imul(partition.low, 0x27d4eb2f)) ^ Math.imul(place, 0x165667b1)),
  };
}

/** Adds up hashes; exact as long as there are fewer than two million rows. */
export class HashSum {
  rows = 0;
  #high = 0;
  #low = 0;

  add(hash: ContentHash): void {
    this.rows += 1;
    this.#high += hash.high;
    this.#low += hash.low;
  }

  digest(): Digest {
    const sum = BigInt.asUintN(64, (BigInt(this.#high) << 32n) + BigInt(this.#low));
    return { rows: BigInt(this.rows), sum };
  }
}
