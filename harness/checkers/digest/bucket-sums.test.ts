/** What the sums of a bucket must tell: every row once, in its bucket, whatever the order. */
import { expect, it } from 'vitest';
import { BucketSums, bucketDigests } from './bucket-sums.ts';
import { Word64 } from './word64.ts';

const topicId = '00000000-0000-4000-8000-000000000001';
const hashOf = (offset: number) => BigInt.asUintN(64, (BigInt(offset) + 1n) * 0xfedcba9876543211n);

function sumsOf(offsets: readonly number[]): BucketSums {
  const sums = new BucketSums();
  for (const offset of offsets) sums.add(offset, Word64.from(hashOf(offset)));
  return sums;
}

it('splits rows at multiples of 16384 and names the first and last offset of each bucket', () => {
  const offsets = [3, 16_383, 16_384, 16_390, 50_000];
  const sum = (...own: number[]) =>
    BigInt.asUintN(
      64,
      own.map(hashOf).reduce((a, b) => a + b),
    );
  expect(bucketDigests(topicId, 7, sumsOf(offsets).sums())).toEqual(
    [
      { bucket: 0n, rows: 2n, sum: sum(3, 16_383), offsetFirst: 3n, offsetLast: 16_383n },
      { bucket: 1n, rows: 2n, sum: sum(16_384, 16_390), offsetFirst: 16_384n, offsetLast: 16_390n },
      { bucket: 3n, rows: 1n, sum: sum(50_000), offsetFirst: 50_000n, offsetLast: 50_000n },
    ].map((bucket) => ({ topicId, partition: 7, ...bucket })),
  );
});

it('does not depend on the order, and counts a row that comes twice', () => {
  const offsets = [20_000, 5, 16_384, 6, 20_000];
  expect(sumsOf(offsets).sums()).toEqual(sumsOf(offsets.toReversed()).sums());
  expect(
    sumsOf(offsets)
      .sums()
      .map(({ rows }) => rows),
  ).toEqual([2, 3]);
});

it('goes on adding after the sums were asked for', () => {
  const sums = sumsOf([1, 2]);
  sums.sums();
  sums.add(3, Word64.from(hashOf(3)));
  expect(sums.sums()).toEqual(sumsOf([1, 2, 3]).sums());
});

it('says nothing about nothing', () => {
  expect(new BucketSums().sums()).toEqual([]);
});

it('wraps modulo 2^64 after millions of the largest hashes', () => {
  const sums = new BucketSums();
  const largest = Word64.from(2n ** 64n - 1n);
  const rows = 2_500_000;
  for (let i = 0; i < rows; i += 1) sums.add(9, largest);
  expect(sums.sums()[0]).toMatchObject({ rows, sum: BigInt.asUintN(64, -BigInt(rows)) });
});
