/**
 * A count and an order-independent sum of 64-bit hashes, modulo 2^64, without BigInt in the loop.
 *
 * The halves are summed as doubles, which are exact below 2^53; after 2^20 additions the carry is
 * folded back, long before that. The sum does not depend on the order, so batches, partitions and
 * the verifier's reading can be added up as they come.
 */

import { type Hash64, hash64ToHex } from './record-hash.ts';

const two32 = 0x1_0000_0000;
const additionsBetweenFolds = 1 << 20;

export class HashSum {
  #rows = 0;
  #lo = 0;
  #hi = 0;
  #unfolded = 0;

  add(lo: number, hi: number): void {
    this.#lo += lo;
    this.#hi += hi;
    this.#rows += 1;
    this.#unfolded += 1;
    if (this.#unfolded >= additionsBetweenFolds) this.#fold();
  }

  addSum(rows: number, sum: Hash64): void {
    this.#fold();
    this.#lo += sum.lo;
    this.#hi += sum.hi;
    this.#rows += rows;
    this.#fold();
  }

  get rows(): number {
    return this.#rows;
  }

  get sum(): Hash64 {
    this.#fold();
    return { lo: this.#lo, hi: this.#hi };
  }

  /** `rows:hex16`, as digests are written everywhere in the reports. */
  toString(): string {
    return `${this.#rows}:${hash64ToHex(this.sum)}`;
  }

  #fold(): void {
    const carry = Math.floor(this.#lo / two32);
    this.#lo -= carry * two32;
    this.#hi = (this.#hi + carry) % two32;
    this.#unfolded = 0;
  }
}
