/**
 * Promises of a hot store: what is no trade is kept, with its bytes and the reason.
 */
import { expect, test } from 'vitest';
import { trade, type Value } from './hot-store-blocks.test-kit.ts';
import {
  block,
  numbers,
  type Opened,
  span,
  topicId,
  writeAll,
} from './hot-store-ground.test-kit.ts';

const hostile: ReadonlyArray<readonly [Value, reason: string]> = [
  ['', 'not-json'],
  ['{"e":"trade"', 'not-json'],
  ['\uFEFF{}', 'not-json'],
  [Uint8Array.from([0x22, 0xff, 0x22]), 'not-json'],
  ['[1]', 'not-an-object'],
  ['{"e":"trade","e":"trade"}', 'duplicate-key'],
  ['{"e":"aggTrade"}', 'unknown-event'],
  ['{"e":"trade","E":-1}', 'bad-field:E'],
  [trade(1, { symbol: '' }), 'bad-field:s'],
  [trade(1, { price: '1.123456789' }), 'too-many-decimals:p'],
  [trade(1, { price: '1e3' }), 'bad-field:p'],
  [trade(1, { quantity: '-1' }), 'bad-field:q'],
  [trade(1, { timeMs: 99_999_999_999_999 }), 'bad-field:E'],
  [null, 'null-value'],
];

export function deadLetterPromises(opened: Opened): void {
  test('what is no trade is kept with its bytes and the first reason that applies', async () => {
    const { store, deadLetters } = await opened();
    const records = hostile.map(([value], i) => [BigInt(i), value] as const);
    const whole = block([...records, [50n, trade(50)]]);
    await writeAll(store, whole);
    const { bronze, deadLetters: dead } = await store.inspect(whole.range);
    expect(numbers(bronze)).toEqual([1, 1, 50]);
    expect(numbers(dead)).toEqual([hostile.length, hostile.length, (13 * 14) / 2]);
    expect(await deadLetters(topicId)).toEqual(
      hostile.map(([value, reason], i) => [
        i,
        reason,
        value === null ? null : Buffer.from(value as Uint8Array).toString('hex'),
      ]),
    );
  });

  test('a trade in another form than Binance writes is a trade', async () => {
    const { store } = await opened();
    const spaced = ' {"m":false,"T":1,"q":"2","p":"1","t":3,"s":"币安人生USDT","E":1,"e":"trade"} ';
    const whole = block([[0n, spaced]]);
    await writeAll(store, whole);
    const { bronze, deadLetters } = await store.inspect(whole.range);
    expect([bronze, deadLetters].map((one) => numbers(one)[0])).toEqual([1, 0]);
  });

  test('a value that is null is another dead letter than one that is empty', async () => {
    const [one, two] = [await opened(), await opened()];
    await writeAll(one.store, block([[0n, null]]));
    await writeAll(two.store, block([[0n, '']]));
    const at = span(0n, 0n);
    const [left, right] = [await one.store.inspect(at), await two.store.inspect(at)];
    expect([left, right].map((each) => numbers(each.deadLetters))).toEqual([
      [1, 1, 0],
      [1, 1, 0],
    ]);
    expect(left.deadLetters.digest.sum).not.toBe(right.deadLetters.digest.sum);
  });

  test('trades beside null values are written as without them', async () => {
    const [one, two] = [await opened(), await opened()];
    await writeAll(
      one.store,
      block([
        [0n, trade(1)],
        [1n, null],
        [2n, trade(3)],
      ]),
    );
    await one.store.insertTrades(block([[3n, trade(4)]]), 1n, 'b');
    await writeAll(
      two.store,
      block([
        [0n, trade(1)],
        [2n, trade(3)],
        [3n, trade(4)],
      ]),
    );
    const at = span(0n, 9n);
    const digests = [(await one.store.inspect(at)).bronze, (await two.store.inspect(at)).bronze];
    expect(digests[0]).toEqual(digests[1]);
  });

  test('dead letters are repaired like trades: what is there is skipped', async () => {
    const { store } = await opened();
    await store.insertDeadLetters(block([[1n, 'x']]), 1n, 'a');
    await store.insertDeadLetters(
      block([
        [0n, 'x'],
        [1n, 'x'],
        [2n, 'x'],
      ]),
      1n,
      'b',
    );
    expect(numbers((await store.inspect(span(0n, 2n))).deadLetters)).toEqual([3, 3, 3]);
  });
}
