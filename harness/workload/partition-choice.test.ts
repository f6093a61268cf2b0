import { expect, test } from 'vitest';
import { partitionChoice } from './partition-choice.ts';
import { symbolsDefault } from './symbol-profiles.ts';

const record = (symbol: string) => ({
  key: Buffer.from(symbol),
  value: null,
  symbol,
  tradeId: null,
  eventTimeMs: null,
});

test('keyed: the partition is the one that Kafka’s Java client takes', () => {
  const choose = partitionChoice('keyed', 1000);
  // org.apache.kafka.common.utils.Utils.toPositive(murmur2(key)) % 1000
  expect(['21', 'foobar', 'a-little-bit-long-string'].map((key) => choose(record(key)))).toEqual([
    (-973932308 & 0x7fffffff) % 1000,
    (-790332482 & 0x7fffffff) % 1000,
    (-985981536 & 0x7fffffff) % 1000,
  ]);
});

test('keyed: one symbol always has one partition, the default symbols fill four', () => {
  const choose = partitionChoice('keyed', 4);
  const first = symbolsDefault.map((symbol) => choose(record(symbol)));
  expect(symbolsDefault.map((symbol) => choose(record(symbol)))).toEqual(first);
  expect(new Set(first)).toEqual(new Set([0, 1, 2, 3]));
});

test('round-robin: partitions take turns whatever the symbol', () => {
  const choose = partitionChoice('round-robin', 3);
  expect(Array.from({ length: 7 }, () => choose(record('BTCUSDT')))).toEqual([0, 1, 2, 0, 1, 2, 0]);
});
