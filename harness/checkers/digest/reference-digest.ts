/**
 * The row digest of docs/reference/digest.md, written down in BigInt as plainly as possible.
 *
 * This is the yardstick: the fast arithmetic of this folder, and ClickHouse itself, are compared
 * with it in tests. It is also what hashes single rows when the comparison asks for the rows of a
 * bucket, so that a row's hash and the sum of its bucket come from two implementations.
 */
import type { DecodedTrade } from '../decode/decoded-trade.ts';
import { type KeyName, keyOf } from './keys.ts';

const mask = (1n << 64n) - 1n;
const rotate = (x: bigint, bits: bigint) => ((x << bits) | (x >> (64n - bits))) & mask;

export interface RecordIdentity {
  /** Canonical UUID. */
  readonly topicId: string;
  readonly partition: number;
  readonly offset: bigint;
}

/** ClickHouse's intHash64. */
export function referenceMix(value: bigint): bigint {
  let v = (value & mask) ^ 0x4cf2d2baae6da887n;
  v ^= v >> 33n;
  v = (v * 0xff51afd7ed558ccdn) & mask;
  v ^= v >> 33n;
  v = (v * 0xc4ceb9fe1a85ec53n) & mask;
  return v ^ (v >> 33n);
}

const p1 = 0x9e3779b185ebca87n;
const p2 = 0xc2b2ae3d27d4eb4fn;
const p3 = 0x165667b19e3779f9n;
const p4 = 0x85ebca77c2b2ae63n;
const p5 = 0x27d4eb2f165667c5n;

const xxRound = (lane: bigint, input: bigint) =>
  (rotate((lane + input * p2) & mask, 31n) * p1) & mask;

/** xxHash64 with seed 0. */
export function referenceXxHash64(bytes: Uint8Array): bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  let hash = p5;
  if (bytes.length >= 32) {
    const lanes = [(p1 + p2) & mask, p2, 0n, -p1 & mask];
    for (; at + 32 <= bytes.length; at += 32) {
      for (let i = 0; i < 4; i += 1) {
        lanes[i] = xxRound(lanes[i]!, view.getBigUint64(at + 8 * i, true));
      }
    }
    const turns = [1n, 7n, 12n, 18n];
    hash = lanes.reduce((sum, lane, i) => (sum + rotate(lane, turns[i]!)) & mask, 0n);
    for (const lane of lanes) hash = ((hash ^ xxRound(0n, lane)) * p1 + p4) & mask;
  }
  hash = (hash + BigInt(bytes.length)) & mask;
  for (; at + 8 <= bytes.length; at += 8) {
    hash = (rotate(hash ^ xxRound(0n, view.getBigUint64(at, true)), 27n) * p1 + p4) & mask;
  }
  if (at + 4 <= bytes.length) {
    const word = (BigInt(view.getUint32(at, true)) * p1) & mask;
    hash = (rotate(hash ^ word, 23n) * p2 + p3) & mask;
    at += 4;
  }
  for (; at < bytes.length; at += 1) {
    hash = (rotate(hash ^ ((BigInt(bytes[at]!) * p5) & mask), 11n) * p1) & mask;
  }
  hash = ((hash ^ (hash >> 33n)) * p2) & mask;
  hash = ((hash ^ (hash >> 29n)) * p3) & mask;
  return hash ^ (hash >> 32n);
}

const text64 = (text: string) => referenceXxHash64(new TextEncoder().encode(text));
const term = (key: KeyName, x: bigint) => keyOf(key) * BigInt.asUintN(64, x);

function identityTerms({ topicId, partition, offset }: RecordIdentity): bigint {
  return (
    term('topicId', text64(topicId)) + term('partition', BigInt(partition)) + term('offset', offset)
  );
}

/** Hash of a trade row, 0 to 2^64 - 1. */
export function referenceTradeHash(identity: RecordIdentity, trade: DecodedTrade): bigint {
  return referenceMix(
    identityTerms(identity) +
      term('exchange', text64(trade.exchange)) +
      term('symbol', text64(trade.symbol)) +
      term('tradeId', trade.tradeId) +
      term('priceLow', trade.price) +
      term('priceHigh', trade.price >> 64n) +
      term('quantityLow', trade.quantity) +
      term('quantityHigh', trade.quantity >> 64n) +
      term('side', text64(trade.side)) +
      term('eventTime', trade.eventTimeUs) +
      term('tradeTime', trade.tradeTimeUs),
  );
}

/** Hash of a dead-letter row, 0 to 2^64 - 1; a null value enters as 0. */
export function referenceDeadLetterHash(
  identity: RecordIdentity,
  value: Uint8Array | null,
): bigint {
  const valueHash = value === null ? 0n : referenceXxHash64(value);
  return referenceMix(identityTerms(identity) + term('deadLetterValue', valueHash));
}
