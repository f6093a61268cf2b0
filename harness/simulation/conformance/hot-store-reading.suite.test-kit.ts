/**
 * Promises of a hot store: what an insert writes is read back by range, and told apart by content.
 */
import { expect, test } from 'vitest';
import type { RecordBlock } from '../../../src/pipeline/model/record-block.ts';
import type { HotStore } from '../../../src/pipeline/ports/hot-store.ts';
import { trade, trades } from './hot-store-blocks.test-kit.ts';
import {
  block,
  codeOf,
  numbers,
  type Opened,
  otherTopicId,
  span,
} from './hot-store-ground.test-kit.ts';

export function readingBack(opened: Opened): void {
  test('rows, distinct offsets and their sum are those of the block, holes included', async () => {
    const { store } = await opened();
    const holes = block(
      [
        [10n, trade(1)],
        [13n, trade(2)],
        [19n, trade(3)],
      ],
      { offsetLast: 22n },
    );
    await store.insertTrades(holes, 1n, 'a');
    const { bronze, deadLetters } = await store.inspect(holes.range);
    expect(numbers(bronze)).toEqual([3, 3, 12]);
    expect(numbers(deadLetters)).toEqual([0, 0, 0]);
    expect(bronze.offsetSum).toBe(holes.offsetSum);
  });

  test('a range without rows has an empty content', async () => {
    const { store } = await opened();
    expect(await store.inspect(span(5n, 9n))).toEqual({
      bronze: { digest: { rows: 0n, sum: 0n }, offsetsDistinct: 0n, offsetSum: 0n },
      deadLetters: { digest: { rows: 0n, sum: 0n }, offsetsDistinct: 0n, offsetSum: 0n },
    });
  });

  test('only the range is read: neighbours, partitions and topics stay apart', async () => {
    const { store } = await opened();
    await store.insertTrades(block(trades(0n, 10)), 1n, 'a');
    await store.insertTrades(block(trades(0n, 4), { partition: 1 }), 1n, 'b');
    await store.insertTrades(block(trades(0n, 2), { topicId: otherTopicId }), 1n, 'c');
    expect(numbers((await store.inspect(span(3n, 5n))).bronze)).toEqual([3, 3, 3]);
    expect(numbers((await store.inspect(span(0n, 99n, 1))).bronze)).toEqual([4, 4, 6]);
    expect(numbers((await store.inspect(span(0n, 99n, 2))).bronze)).toEqual([0, 0, 0]);
    const other = { ...span(0n, 99n), topicId: otherTopicId };
    expect(numbers((await store.inspect(other)).bronze)).toEqual([2, 2, 1]);
  });

  test('offsets beyond 32 bits are kept', async () => {
    const { store } = await opened();
    const far = block(trades(2n ** 41n + 7n, 3));
    await store.insertTrades(far, 1n, 'a');
    expect(numbers((await store.inspect(far.range)).bronze)).toEqual([3, 3, 3]);
    const upToFirst = await store.inspect(span(0n, 2n ** 41n + 7n));
    expect(numbers(upToFirst.bronze).slice(0, 2)).toEqual([1, 1]);
  });

  test('the same rows have the same digest, in whatever pieces they came', async () => {
    const [one, two] = [await opened(), await opened()];
    await one.store.insertTrades(block(trades(0n, 6)), 1n, 'a');
    await two.store.insertTrades(block(trades(4n, 2)), 1n, 'b');
    await two.store.insertTrades(block(trades(0n, 4)), 2n, 'c');
    const digests = await Promise.all(
      [one, two].map(async ({ store }) => (await store.inspect(span(0n, 9n))).bronze.digest),
    );
    expect(digests[0]).toEqual(digests[1]);
    const [left, right] = [
      await one.store.inspect(span(0n, 2n)),
      await one.store.inspect(span(3n, 5n)),
    ];
    const sum = left.bronze.digest.sum + right.bronze.digest.sum;
    expect(BigInt.asUintN(64, sum)).toBe(digests[0]?.sum);
  });

  test('a row that differs in one field or in its place has another digest', async () => {
    const values = [
      trade(1),
      trade(2),
      trade(1, { symbol: 'BTCUSDC' }),
      trade(1, { price: '61837.63000001' }),
      trade(1, { quantity: '0.03' }),
      trade(1, { timeMs: 1_723_161_255_343 }),
      trade(1, { side: 'SELL' }),
    ];
    const sums = new Set<bigint>();
    const add = async (store: HotStore, one: RecordBlock) => {
      await store.insertTrades(one, 1n, `${sums.size}`);
      sums.add((await store.inspect(one.range)).bronze.digest.sum);
    };
    for (const value of values) await add((await opened()).store, block([[0n, value]]));
    const { store } = await opened();
    await add(store, block([[1n, trade(1)]]));
    await add(store, block([[0n, trade(1)]], { partition: 1 }));
    await add(store, block([[0n, trade(1)]], { topicId: otherTopicId }));
    expect(sums.size).toBe(values.length + 3);
  });

  test('a price is the same however many zeros it is written with', async () => {
    const [one, two] = [await opened(), await opened()];
    await one.store.insertTrades(block([[0n, trade(1, { price: '7.5' })]]), 1n, 'a');
    await two.store.insertTrades(block([[0n, trade(1, { price: '007.50000000' })]]), 1n, 'a');
    const at = span(0n, 0n);
    expect(await one.store.inspect(at)).toEqual(await two.store.inspect(at));
  });

  test('an insert writes what is missing and leaves what is there', async () => {
    const { store } = await opened();
    await store.insertTrades(
      block([
        [2n, trade(2)],
        [5n, trade(5)],
      ]),
      1n,
      'a',
    );
    const before = (await store.inspect(span(5n, 5n))).bronze.digest;
    const whole = block(trades(0n, 10).map(([o, v]) => (o === 5n ? [o, trade(999)] : [o, v])));
    await store.insertTrades(whole, 1n, 'b');
    expect(numbers((await store.inspect(whole.range)).bronze)).toEqual([10, 10, 45]);
    expect((await store.inspect(span(5n, 5n))).bronze.digest).toEqual(before);
  });

  test('a body that ends inside a record is refused whole', async () => {
    const { store } = await opened();
    const whole = block(trades(0n, 3));
    const cut = { ...whole, body: whole.body.subarray(0, whole.body.length - 5) };
    expect(await codeOf(store.insertTrades(cut, 1n, 'a'))).toBe('refused');
    expect(numbers((await store.inspect(whole.range)).bronze)).toEqual([0, 0, 0]);
  });
}
