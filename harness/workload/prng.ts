/**
 * A small random generator that gives the same numbers for the same seed on every machine: sfc32.
 *
 * Four 32-bit words of state, integer operations only. Made for workloads; not for secrets.
 */

export class Prng {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  /** Any safe integer; both halves of it count. */
  constructor(seed: number) {
    if (!Number.isSafeInteger(seed)) throw new RangeError(`seed ${seed} is no safe integer`);
    this.#a = seed | 0;
    this.#b = Math.floor(seed / 0x1_0000_0000) | 0;
    this.#c = 0x9e3779b9 | 0;
    // Near seeds begin near each other; a dozen rounds part them.
    for (let i = 0; i < 12; i += 1) this.next32();
  }

  /** An unsigned 32-bit integer. */
  next32(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum;
    this.#c |= 0;
    return sum >>> 0;
  }

  /** From 0 up to, not including, 1. */
  unit(): number {
    return this.next32() / 0x1_0000_0000;
  }

  /** An integer from 0 to bound - 1. */
  below(bound: number): number {
    return Math.floor(this.unit() * bound);
  }

  /** Between `low` and `high`, each order of magnitude as likely as the next. */
  logUniform(low: number, high: number): number {
    return low * (high / low) ** this.unit();
  }
}
