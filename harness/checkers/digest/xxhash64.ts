/**
 * xxHash64 with seed 0 over bytes, without BigInt.
 *
 * Strings and dead-letter values enter the row digest by this hash, and the journal of the producer
 * hashes every value with it, so it is on the hot path. The algorithm is written from its public
 * specification: four lanes over stripes of 32 bytes, then the rest in words of 8, 4 and 1 bytes,
 * then an avalanche. The registers are shared by all calls of this module, which is safe because a
 * call never waits.
 */
import { Word64 } from './word64.ts';

const [p1High, p1Low] = [0x9e3779b1, 0x85ebca87];
const [p2High, p2Low] = [0xc2b2ae3d, 0x27d4eb4f];
const [p3High, p3Low] = [0x165667b1, 0x9e3779f9];
const [p4High, p4Low] = [0x85ebca77, 0xc2b2ae63];
const [p5High, p5Low] = [0x27d4eb2f, 0x165667c5];

const lane1 = new Word64();
const lane2 = new Word64();
const lane3 = new Word64();
const lane4 = new Word64();
const scratch = new Word64();

function word32(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
}

function round(lane: Word64, high: number, low: number): void {
  lane.addProduct(high, low, p2High, p2Low);
  lane.rotateLeft(31);
  lane.multiply(p1High, p1Low);
}

function mergeRound(hash: Word64, lane: Word64): void {
  scratch.set(0, 0);
  round(scratch, lane.high, lane.low);
  hash.xor(scratch.high, scratch.low);
  hash.multiply(p1High, p1Low);
  hash.add(p4High, p4Low);
}

function addRotated(hash: Word64, lane: Word64, bits: number): void {
  scratch.set(lane.high, lane.low);
  scratch.rotateLeft(bits);
  hash.add(scratch.high, scratch.low);
}

/** Consumes the stripes of 32 bytes into `hash`; gives the position behind the last one. */
function stripes(bytes: Uint8Array, start: number, end: number, hash: Word64): number {
  lane1.set(p1High, p1Low);
  lane1.add(p2High, p2Low);
  lane2.set(p2High, p2Low);
  lane3.set(0, 0);
  lane4.set(~p1High, ~p1Low);
  lane4.add(0, 1);
  let at = start;
  for (; at + 32 <= end; at += 32) {
    round(lane1, word32(bytes, at + 4), word32(bytes, at));
    round(lane2, word32(bytes, at + 12), word32(bytes, at + 8));
    round(lane3, word32(bytes, at + 20), word32(bytes, at + 16));
    round(lane4, word32(bytes, at + 28), word32(bytes, at + 24));
  }
  hash.set(0, 0);
  addRotated(hash, lane1, 1);
  addRotated(hash, lane2, 7);
  addRotated(hash, lane3, 12);
  addRotated(hash, lane4, 18);
  mergeRound(hash, lane1);
  mergeRound(hash, lane2);
  mergeRound(hash, lane3);
  mergeRound(hash, lane4);
  return at;
}

/** Puts xxHash64 of bytes[start, end) into `hash`. */
export function xxHash64Into(bytes: Uint8Array, start: number, end: number, hash: Word64): void {
  let at = start;
  if (end - start >= 32) at = stripes(bytes, start, end, hash);
  else hash.set(p5High, p5Low);
  hash.add(0, end - start);
  for (; at + 8 <= end; at += 8) {
    scratch.set(0, 0);
    round(scratch, word32(bytes, at + 4), word32(bytes, at));
    hash.xor(scratch.high, scratch.low);
    hash.rotateLeft(27);
    hash.multiply(p1High, p1Low);
    hash.add(p4High, p4Low);
  }
  if (at + 4 <= end) {
    scratch.set(0, 0);
    scratch.addProduct(0, word32(bytes, at), p1High, p1Low);
    hash.xor(scratch.high, scratch.low);
    hash.rotateLeft(23);
    hash.multiply(p2High, p2Low);
    hash.add(p3High, p3Low);
    at += 4;
  }
  for (; at < end; at += 1) {
    scratch.set(0, 0);
    scratch.addProduct(0, bytes[at]!, p5High, p5Low);
    hash.xor(scratch.high, scratch.low);
    hash.rotateLeft(11);
    hash.multiply(p1High, p1Low);
  }
  hash.xorShiftRightHigh(33);
  hash.multiply(p2High, p2Low);
  hash.xorShiftRight(29);
  hash.multiply(p3High, p3Low);
  hash.xorShiftRightHigh(32);
}

const utf8 = new TextEncoder();

/**
 * xxHash64 of a string's UTF-8 bytes as a register of its own; for strings that are hashed once and
 * kept.
 */
export function xxHash64Text(text: string): Word64 {
  const bytes = utf8.encode(text);
  const hash = new Word64();
  xxHash64Into(bytes, 0, bytes.length, hash);
  return hash;
}
