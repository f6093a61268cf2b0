/**
 * Promises of a hot store: what a deduplication token does, and that it is no more than a token.
 *
 * Several of them are warnings: a token is believed more than the rows, and it is forgotten. The
 * protocol reads back because of these.
 */
import { expect, test } from 'vitest';
import { trade, trades } from './hot-store-blocks.test-kit.ts';
import {
  block,
  codeOf,
  numbers,
  type Opened,
  span,
  writeAll,
} from './hot-store-ground.test-kit.ts';

export function tokenPromises(opened: Opened): void {
  test('two inserts of one token at the same time write once', async () => {
    const { store } = await opened();
    const whole = block(trades(0n, 20));
    const inserts = [1n, 1n, 1n].map((epoch) => store.insertTrades(whole, epoch, 'same'));
    await Promise.all(inserts);
    expect(numbers((await store.inspect(whole.range)).bronze)).toEqual([20, 20, 190]);
  });

  test('a known token is believed more than the rows: others are dropped, and answered', async () => {
    const { store } = await opened();
    await store.insertTrades(block(trades(0n, 3)), 1n, 'same');
    expect(await codeOf(store.insertTrades(block(trades(5n, 3)), 1n, 'same'))).toBe('answered');
    expect(numbers((await store.inspect(span(0n, 9n))).bronze)).toEqual([3, 3, 3]);
  });

  test('trades and dead letters each have a memory of their own', async () => {
    const { store } = await opened();
    await writeAll(
      store,
      block([
        [0n, trade(1)],
        [1n, 'x'],
      ]),
      1n,
      'same',
    );
    const { bronze, deadLetters } = await store.inspect(span(0n, 1n));
    expect([bronze, deadLetters].map((one) => numbers(one)[0])).toEqual([1, 1]);
  });

  test('an insert that had nothing to write leaves its token unknown', async () => {
    const { store } = await opened();
    await store.insertTrades(block(trades(0n, 3)), 1n, 'a');
    await store.insertTrades(block(trades(0n, 3)), 1n, 'b');
    await store.insertTrades(block(trades(5n, 3)), 1n, 'b');
    expect(numbers((await store.inspect(span(0n, 9n))).bronze)[0]).toBe(6);
  });

  test('a refused insert leaves its token unknown', async () => {
    const { store } = await opened();
    const whole = block(trades(0n, 3));
    const cut = { ...whole, body: whole.body.subarray(0, whole.body.length - 5) };
    expect(await codeOf(store.insertTrades(cut, 1n, 'a'))).toBe('refused');
    await store.insertTrades(whole, 1n, 'a');
    expect(numbers((await store.inspect(whole.range)).bronze)[0]).toBe(3);
  });

  test('a token is forgotten once that many later inserts have written', async () => {
    const { store } = await opened();
    const insert = (offset: bigint, token: string) =>
      store.insertTrades(block(trades(offset, 1)), 1n, token);
    await insert(0n, 'old');
    for (const i of [1n, 2n]) await insert(i, `between-${i}`);
    await insert(10n, 'old');
    expect(numbers((await store.inspect(span(10n, 10n))).bronze)[0]).toBe(0);
    await insert(3n, 'between-3');
    await insert(11n, 'old');
    expect(numbers((await store.inspect(span(11n, 11n))).bronze)[0]).toBe(1);
  });
}
