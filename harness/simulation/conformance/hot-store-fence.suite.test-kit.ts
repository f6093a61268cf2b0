/**
 * Promises of a hot store: a fence refuses lower epochs.
 */
import { expect, test } from 'vitest';
import { trade, trades } from './hot-store-blocks.test-kit.ts';
import {
  block,
  codeOf,
  numbers,
  type Opened,
  otherTopicId,
  span,
  writeAll,
} from './hot-store-ground.test-kit.ts';

export function fencePromises(opened: Opened): void {
  test('a lower epoch is refused, the same and a higher one pass', async () => {
    const { store } = await opened();
    const at = (offset: bigint) =>
      block([
        [offset, trade(1)],
        [offset + 1n, 'x'],
      ]);
    await store.fence(span(0n, 0n), 5n);
    expect(await codeOf(store.insertTrades(at(0n), 4n, 'a'))).toBe('fenced');
    expect(await codeOf(store.insertDeadLetters(at(0n), 4n, 'a'))).toBe('fenced');
    expect(await codeOf(writeAll(store, at(2n), 5n, 'b'))).toBe('answered');
    expect(await codeOf(writeAll(store, at(4n), 6n, 'c'))).toBe('answered');
    const { bronze, deadLetters } = await store.inspect(span(0n, 9n));
    expect([numbers(bronze), numbers(deadLetters)]).toEqual([
      [2, 2, 6],
      [2, 2, 8],
    ]);
  });

  test('without a fence every epoch passes', async () => {
    const { store } = await opened();
    expect(await codeOf(store.insertTrades(block(trades(0n, 1)), 1n, 'a'))).toBe('answered');
  });

  test('a fence is for one partition of one topic', async () => {
    const { store } = await opened();
    await store.fence(span(0n, 0n, 1), 5n);
    await store.fence({ topicId: otherTopicId, partition: 0 }, 5n);
    expect(await codeOf(store.insertTrades(block(trades(0n, 1)), 1n, 'a'))).toBe('answered');
  });

  test('a fence never falls', async () => {
    const { store } = await opened();
    await store.fence(span(0n, 0n), 5n);
    await store.fence(span(0n, 0n), 3n);
    expect(await codeOf(store.insertTrades(block(trades(0n, 1)), 4n, 'a'))).toBe('fenced');
  });

  test('epochs are compared beyond 53 bits', async () => {
    const { store } = await opened();
    await store.fence(span(0n, 0n), 2n ** 60n + 1n);
    const one = block(trades(0n, 1));
    expect(await codeOf(store.insertTrades(one, 2n ** 60n, 'a'))).toBe('fenced');
    expect(await codeOf(store.insertTrades(one, 2n ** 60n + 1n, 'a'))).toBe('answered');
  });

  test('a block with nothing to write is refused all the same', async () => {
    const { store } = await opened();
    await store.insertTrades(block(trades(0n, 2)), 1n, 'a');
    await store.fence(span(0n, 0n), 5n);
    expect(await codeOf(store.insertTrades(block(trades(0n, 2)), 1n, 'b'))).toBe('fenced');
  });
}
