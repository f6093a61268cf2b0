/** The Kafka engine is not made to wait for its flush interval at the end of the topic. */
import { expect, test } from 'vitest';
import { blockRows } from './kafka-engine.ts';

test.each([
  [200_000, 100_000],
  [250_000, 62_500],
  [1_000_000, 100_000],
  [500, 500],
])('%d rows of a consumer are whole blocks of %d', (rows, block) => {
  expect(blockRows(rows)).toBe(block);
  expect(rows % block).toBe(0);
});

test('a prime number of rows has no whole blocks, and still a block of bounded size', () => {
  expect(blockRows(1_000_003)).toBe(100_000);
});
