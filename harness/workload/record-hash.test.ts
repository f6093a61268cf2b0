import { expect, test } from 'vitest';
import { HashSum } from './hash-sum.ts';
import { hash64ToBigInt, hash64ToHex, hashOfValue, hashValue } from './record-hash.ts';

const event = Buffer.from('{"e":"trade","E":1723161255343,"s":"BTCUSDT","t":3735683259,"m":true}');

test('the hash of a value is the one that the reference page prints', () => {
  const page = (bytes: Buffer | null) => hash64ToHex(hashOfValue(bytes));
  expect([page(null), page(Buffer.alloc(0)), page(Buffer.from('tidemark'))]).toEqual([
    'f2688f2038182fef',
    '399642ace62e578a',
    '5de6af5603c1c749',
  ]);
  expect(hash64ToHex(hashValue(3, 16_384n, Buffer.from('tidemark')))).toBe('3e5e7377328b4080');
});

test('any single changed bit, one more byte, another place: both halves change', () => {
  const original = hashValue(2, 5n, event);
  for (let bit = 0; bit < event.length * 8; bit += 1) {
    const changed = Buffer.from(event);
    changed[bit >> 3]! ^= 1 << (bit & 7);
    const hash = hashValue(2, 5n, changed);
    expect(hash.lo === original.lo || hash.hi === original.hi).toBe(false);
  }
  for (const other of [
    hashValue(3, 5n, event),
    hashValue(2, 6n, event),
    hashValue(2, 5 + 2 ** 32, event),
    hashValue(2, 5n, Buffer.concat([event, Buffer.alloc(1)])),
  ]) {
    expect(other.lo === original.lo || other.hi === original.hi).toBe(false);
  }
  expect(hashOfValue(null)).not.toEqual(hashOfValue(Buffer.alloc(0)));
});

test('a million different records give a million different hashes', () => {
  const seen = new Set<bigint>();
  const value = Buffer.from('{"t":00000000}');
  for (let i = 0; i < 200_000; i += 1) {
    value.write(String(i).padStart(8, '0'), 5);
    for (let partition = 0; partition < 5; partition += 1) {
      seen.add(hash64ToBigInt(hashValue(partition, i, value)));
    }
  }
  expect(seen.size).toBe(1_000_000);
});

test('an offset that can not be exact is refused', () => {
  expect(() => hashValue(0, 2n ** 60n, event)).toThrow(RangeError);
});

test('the sum is the one of 64-bit integers, in any order and in parts', () => {
  const hashes = Array.from({ length: 5000 }, (_, i) => hashValue(1, i, event));
  const exact = hashes.reduce((sum, hash) => (sum + hash64ToBigInt(hash)) % 2n ** 64n, 0n);
  const whole = new HashSum();
  for (const { lo, hi } of hashes.toReversed()) whole.add(lo, hi);
  const first = new HashSum();
  for (const { lo, hi } of hashes.slice(0, 1234)) first.add(lo, hi);
  const second = new HashSum();
  for (const { lo, hi } of hashes.slice(1234)) second.add(lo, hi);
  second.addSum(first.rows, first.sum);
  expect(hash64ToBigInt(whole.sum)).toBe(exact);
  expect(second.toString()).toBe(whole.toString());
  expect(whole.rows).toBe(5000);
});

test('the sum stays exact when its carry is folded', () => {
  const sum = new HashSum();
  const times = (1 << 20) + 7;
  for (let i = 0; i < times; i += 1) sum.add(0xffff_ffff, 0xffff_ffff);
  expect(hash64ToBigInt(sum.sum)).toBe((BigInt(times) * (2n ** 64n - 1n)) % 2n ** 64n);
});
