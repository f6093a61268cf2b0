/** One pass answers every kind of question once; what is asked again is read again. */
import { beforeEach, expect, it } from 'vitest';
import { hash64ToBigInt, hashOfValue, hashValue } from '../../workload/record-hash.ts';
import { LogReadError } from './log-error.ts';
import { createLogReader, type LogRecord, type LogSource } from './log-layer-reader.ts';
import { event } from './mixed-topic.test-kit.ts';

const topicId = '00000000-0000-4000-8000-000000000001';
const sum = (bucket: number, rows: number, value: bigint) => ({
  bucket,
  rows,
  sum: value,
  offsetFirst: bucket * 16_384,
  offsetLast: bucket * 16_384 + rows - 1,
});
const records: LogRecord[] = [
  { offset: 4, value: event(1) },
  { offset: 6, value: null },
  { offset: 7, value: Buffer.from('x') },
];
let passes = 0;
let failing = false;

const source: LogSource = {
  reader: 'a list',
  pass: async (onProgress) => {
    passes += 1;
    onProgress?.(5);
    if (failing) throw new LogReadError('TIMEOUT', 'late');
    const partition = {
      partition: 2,
      offsetStart: 0,
      offsetEnd: 40_000,
      trades: [sum(0, 3, 30n), sum(2, 1, 7n)],
      deadLetters: [sum(0, 1, 9n)],
      producer: [sum(0, 4, 11n)],
    };
    return { topicId, partitions: [partition] };
  },
  records: async () => records,
};

beforeEach(() => {
  passes = 0;
  failing = false;
});

it('reads the log once for trades, dead letters, journal sums and holes', async () => {
  const reader = createLogReader(source);
  const [trades, deadLetters, producer, seen] = await Promise.all([
    reader.digest('trade'),
    reader.digest('dead-letter'),
    reader.producerSums(),
    reader.offsetsSeen(),
  ]);
  expect(passes).toBe(1);
  const first = { topicId, partition: 2, bucket: 0n, offsetFirst: 0n };
  expect(trades[0]).toEqual({ ...first, rows: 3n, sum: 30n, offsetLast: 2n });
  expect(trades[1]).toMatchObject({ bucket: 2n, rows: 1n, sum: 7n });
  expect(deadLetters).toEqual([{ ...first, rows: 1n, sum: 9n, offsetLast: 0n }]);
  expect(producer).toEqual([{ ...first, rows: 4n, sum: 11n, offsetLast: 3n }]);
  expect(seen).toEqual([
    { partition: 2, bucket: 0n, offsets: 4n },
    { partition: 2, bucket: 2n, offsets: 1n },
  ]);
});

it('reads again when a question comes again', async () => {
  const reader = createLogReader(source);
  await reader.digest('trade');
  await reader.digest('dead-letter');
  await reader.digest('trade');
  expect(passes).toBe(2);
  await reader.digest('dead-letter');
  expect(passes).toBe(2);
});

it('a failed pass is told to everybody who asked and to nobody who asks later', async () => {
  const reader = createLogReader(source);
  failing = true;
  const both = await Promise.allSettled([reader.digest('trade'), reader.digest('dead-letter')]);
  expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  failing = false;
  expect(await reader.digest('dead-letter')).toHaveLength(1);
  expect(passes).toBe(2);
});

it('gives the rows of a kind with canonical fields, and the hashes of the journal', async () => {
  const reader = createLogReader(source);
  const [trade, ...none] = await reader.rows('trade', topicId, 2, 0n, 9n);
  expect(none).toEqual([]);
  expect(trade).toMatchObject({ kind: 'trade', topicId, partition: 2, offset: 4n });
  expect(trade!.fields).toEqual({
    exchange: 'binance',
    symbol: 'BTCUSDT',
    trade_id: '3735683260',
    price: '60001.01000000',
    quantity: '0.02000000',
    side: 'BUY',
    event_time: '1723161255344000',
    trade_time: '1723161255343000',
  });
  const dead = await reader.rows('dead-letter', topicId, 2, 0n, 9n);
  expect(dead.map(({ offset, fields }) => ({ offset, ...fields }))).toEqual([
    { offset: 6n, reason: 'null-value', value: '', has_value: 'false' },
    { offset: 7n, reason: 'not-json', value: '78', has_value: 'true' },
  ]);
  expect(await reader.producerHashes(topicId, 2, 0n, 9n)).toEqual(
    records.map(({ offset, value }) => ({
      offset: BigInt(offset),
      hash: hash64ToBigInt(hashValue(2, offset, value)),
      valueHash: hash64ToBigInt(hashOfValue(value)),
    })),
  );
});
