/**
 * Unsigned 64-bit integers modulo 2^64 as two 32-bit halves.
 *
 * The row digest needs several 64-bit multiplications a record, and BigInt allocates for each of
 * them. A Word64 is a mutable register instead: two int32 numbers that V8 keeps unboxed. Products
 * are built from 16-bit limbs, so that no partial result leaves the range of exact integers.
 * `reference-digest.ts` says the same in BigInt, and a property test compares both. Halves that
 * come in may be signed or unsigned; halves that go out are signed (int32).
 */

export class Word64 {
  low = 0;
  high = 0;

  set(high: number, low: number): void {
    this.high = high | 0;
    this.low = low | 0;
  }

  add(high: number, low: number): void {
    const sum = (this.low >>> 0) + (low >>> 0);
    this.high = (this.high + high + (sum > 0xffffffff ? 1 : 0)) | 0;
    this.low = sum | 0;
  }

  xor(high: number, low: number): void {
    this.high ^= high;
    this.low ^= low;
  }

  /** this += x * k */
  addProduct(xHigh: number, xLow: number, kHigh: number, kLow: number): void {
    const x0 = xLow & 0xffff;
    const x1 = xLow >>> 16;
    const k0 = kLow & 0xffff;
    const k1 = kLow >>> 16;
    const p00 = Math.imul(x0, k0) >>> 0;
    const mid = (Math.imul(x1, k0) >>> 0) + (p00 >>> 16);
    const mid2 = (Math.imul(x0, k1) >>> 0) + (mid & 0xffff);
    const carried = Math.imul(x1, k1) + (mid >>> 16) + (mid2 >>> 16);
    const crossed = Math.imul(xLow, kHigh) + Math.imul(xHigh, kLow);
    this.add((carried + crossed) | 0, (mid2 << 16) | (p00 & 0xffff));
  }

  /** this *= k */
  multiply(kHigh: number, kLow: number): void {
    const { high, low } = this;
    this.high = 0;
    this.low = 0;
    this.addProduct(high, low, kHigh, kLow);
  }

  /** this = rotate left by `bits`, 1 to 31. */
  rotateLeft(bits: number): void {
    const { high, low } = this;
    this.high = (high << bits) | (low >>> (32 - bits));
    this.low = (low << bits) | (high >>> (32 - bits));
  }

  /** this ^= this >> bits, for `bits` from 1 to 31. */
  xorShiftRight(bits: number): void {
    this.low ^= (this.low >>> bits) | (this.high << (32 - bits));
    this.high ^= this.high >>> bits;
  }

  /** this ^= this >> bits, for `bits` from 32 to 63. */
  xorShiftRightHigh(bits: number): void {
    this.low ^= this.high >>> (bits - 32);
  }

  toBigInt(): bigint {
    return (BigInt(this.high >>> 0) << 32n) | BigInt(this.low >>> 0);
  }

  /** Takes the lowest 64 bits: a negative number enters as its two's complement. */
  setBigInt(value: bigint): void {
    const word = BigInt.asUintN(64, value);
    this.set(Number(word >> 32n), Number(word & 0xffffffffn));
  }

  static from(value: bigint): Word64 {
    const word = new Word64();
    word.setBigInt(value);
    return word;
  }
}
