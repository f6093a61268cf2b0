/**
 * The sums of a pass against the reference, and a reader that shows a record twice being stopped.
 */
import { expect, it } from 'vitest';
import { hash64ToBigInt, hashValue } from '../../workload/record-hash.ts';
import { decodeTrade, TradeDecoder } from '../decode/decode-trade.ts';
import type { BucketSum } from '../digest/bucket-sums.ts';
import { referenceDeadLetterHash, referenceTradeHash } from '../digest/reference-digest.ts';
import { event } from './mixed-topic.test-kit.ts';
import { RecordSums } from './record-sums.ts';

const topicId = '00000000-0000-4000-8000-000000000001';
const values = Array.from({ length: 40_000 }, (_, i) =>
  i % 10 === 0 ? null : i % 10 === 1 ? Buffer.from(`no ${i}`) : event(i),
);
const offsetOf = (i: number) => i * 2 + 5;
const total = (sums: readonly BucketSum[]) => [
  sums.reduce((rows, { rows: own }) => rows + own, 0),
  BigInt.asUintN(
    64,
    sums.reduce((sum, { sum: own }) => sum + own, 0n),
  ),
];

it('adds every record to its kind and to the sums of the journal, and reports each once', () => {
  let reported = 0;
  const sums = new RecordSums(topicId, 3, new TradeDecoder(), true, (rows) => {
    reported += rows;
  });
  const hashes = { trade: [] as bigint[], 'dead-letter': [] as bigint[], producer: [] as bigint[] };
  for (const [i, value] of values.entries()) {
    const offset = offsetOf(i);
    if (value === null) sums.record(offset, new Uint8Array(0), -1, -1);
    else sums.record(offset, value, 0, value.length);
    const identity = { topicId, partition: 3, offset: BigInt(offset) };
    const decoded = decodeTrade(value);
    hashes[decoded.kind].push(
      decoded.kind === 'trade'
        ? referenceTradeHash(identity, decoded)
        : referenceDeadLetterHash(identity, value),
    );
    hashes.producer.push(hash64ToBigInt(hashValue(3, offset, value)));
  }
  const result = sums.result(0, 100_000);
  const expected = Object.values(hashes).map((own) => [
    own.length,
    BigInt.asUintN(
      64,
      own.reduce((a, b) => a + b),
    ),
  ]);
  expect([result.trades, result.deadLetters, result.producer].map(total)).toEqual(expected);
  expect(result).toMatchObject({ partition: 3, offsetStart: 0, offsetEnd: 100_000 });
  expect(reported).toBe(values.length);
});

it('stops a reader that shows an offset twice or goes back', () => {
  for (const second of [7, 6]) {
    const sums = new RecordSums(topicId, 3, new TradeDecoder(), false, () => {});
    sums.record(7, event(1), 0, event(1).length);
    expect(() => sums.record(second, event(2), 0, 9)).toThrow(
      /offset \d of partition 3 came after 7/,
    );
  }
});
