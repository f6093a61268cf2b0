/**
 * The hash by which the producer's journal and the verifier's own reading of the log are compared.
 *
 * It is 64 bits in two 32-bit lanes, because 32-bit multiplication is what JavaScript does fast;
 * BigInt would cost more than the producing itself. It works in two steps: first the value alone,
 * which is known before the send, then partition and offset on top, which only the broker's answer
 * tells. The definition stands in docs/reference/producer-journal.md. It guards against accidents,
 * not against somebody who forges records on purpose.
 */

export interface Hash64 {
  /** Unsigned 32 bits each. */
  readonly lo: number;
  readonly hi: number;
}

const seedLo = 0x243f6a88;
const seedHi = 0x85a308d3;
const multiplierLo = 0x9e3779b1;
const multiplierHi = 0x85ebca77;
/** Length word of a record without value, so that null and empty differ. */
const nullLength = 0xffffffff;

const scratch = new Uint32Array(2);

/** Writes the hash of `value` alone to `out[at]` (lo) and `out[at + 1]` (hi). */
export function hashValueInto(value: Uint8Array | null, out: Uint32Array, at: number): void {
  let lo = seedLo;
  let hi = seedHi;
  const length = value === null ? 0 : value.length;
  const wordsEnd = length & ~3;
  let i = 0;
  for (; i < wordsEnd; i += 4) {
    const word =
      value![i]! | (value![i + 1]! << 8) | (value![i + 2]! << 16) | (value![i + 3]! << 24);
    lo = stepLo(lo, word);
    hi = stepHi(hi, word);
  }
  let tail = 0;
  for (let shift = 0; i < length; i += 1, shift += 8) tail |= value![i]! << shift;
  lo = stepLo(lo, tail);
  hi = stepHi(hi, tail);
  const lengthWord = value === null ? nullLength : length;
  finish(stepLo(lo, lengthWord), stepHi(hi, lengthWord), out, at);
}

/**
 * Turns the hash of a value (`lo`, `hi`) into the hash of the record at (partition, offset) and
 * writes it as above. Throws RangeError for an offset beyond 2^53 - 1, which no log reaches.
 */
export function placeHashInto(
  lo: number,
  hi: number,
  partition: number,
  offset: number,
  out: Uint32Array,
  at: number,
): void {
  if (!Number.isSafeInteger(offset) || offset < 0) throw new RangeError(`offset ${offset}`);
  const offsetHi = Math.floor(offset / 0x1_0000_0000);
  const a = stepLo(stepLo(stepLo(lo, partition), offset | 0), offsetHi);
  const b = stepHi(stepHi(stepHi(hi, partition), offset | 0), offsetHi);
  finish(a, b, out, at);
}

/** The hash of a value alone: what the journal knows of a record that was never answered. */
export function hashOfValue(value: Uint8Array | null): Hash64 {
  hashValueInto(value, scratch, 0);
  return { lo: scratch[0]!, hi: scratch[1]! };
}

/** The hash of the record with these bytes at this place in the log. */
export function hashValue(
  partition: number,
  offset: bigint | number,
  value: Uint8Array | null,
): Hash64 {
  hashValueInto(value, scratch, 0);
  placeHashInto(scratch[0]!, scratch[1]!, partition, Number(offset), scratch, 0);
  return { lo: scratch[0]!, hi: scratch[1]! };
}

export const hash64ToBigInt = ({ lo, hi }: Hash64): bigint => (BigInt(hi) << 32n) | BigInt(lo);

/** Sixteen hexadecimal digits. */
export const hash64ToHex = ({ lo, hi }: Hash64): string =>
  hi.toString(16).padStart(8, '0') + lo.toString(16).padStart(8, '0');

/**
 * Both steps are bijective in the lane and in the word, so one changed word always changes both
 * lanes.
 */
function stepLo(lane: number, word: number): number {
  const x = lane ^ word;
  return Math.imul((x << 15) | (x >>> 17), multiplierLo);
}

function stepHi(lane: number, word: number): number {
  const x = (lane + word) | 0;
  return Math.imul((x << 11) | (x >>> 21), multiplierHi);
}

function finish(lo: number, hi: number, out: Uint32Array, at: number): void {
  const a = avalanche(lo);
  out[at] = a;
  out[at + 1] = avalanche(hi ^ a);
}

function avalanche(lane: number): number {
  let x = lane ^ (lane >>> 16);
  x = Math.imul(x, 0x7feb352d);
  x ^= x >>> 15;
  x = Math.imul(x, 0x846ca68b);
  return x ^ (x >>> 16);
}
