/**
 * `mix` of docs/reference/digest.md (ClickHouse's intHash64) on a Word64, in place.
 *
 * Every bit of the result depends on every bit of the input, so that the sums over rows do not
 * cancel out by pattern. The function is a bijection: different words never mix to the same word.
 */
import type { Word64 } from './word64.ts';

export function mix(word: Word64): void {
  word.xor(0x4cf2d2ba, 0xae6da887);
  word.xorShiftRightHigh(33);
  word.multiply(0xff51afd7, 0xed558ccd);
  word.xorShiftRightHigh(33);
  word.multiply(0xc4ceb9fe, 0x1a85ec53);
  word.xorShiftRightHigh(33);
}
