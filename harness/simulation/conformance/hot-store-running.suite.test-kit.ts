/**
 * Promises of a hot store: behind a fence no insert lands that had begun before it.
 *
 * An insert looks at the fence when it begins and lands when it ends. The first form of the fence
 * did not wait, and an insert of an old epoch landed behind it, where a token that had been
 * forgotten or replaced could not stop it.
 */
import { expect, test } from 'vitest';
import type { RecordBlock } from '../../../src/pipeline/model/record-block.ts';
import { waitFor } from '../../system-clock.ts';
import { trades } from './hot-store-blocks.test-kit.ts';
import {
  block,
  codeOf,
  numbers,
  type Opened,
  type OpenedHotStore,
  span,
} from './hot-store-ground.test-kit.ts';

/** Each value takes the slow path of the decoder, so that the insert is caught while it runs. */
function slowBlock(slowRows: number): RecordBlock {
  const value = (id: number) =>
    ` {"m":false,"T":1723161255342,"q":"2","p":"1","t":${id},"s":"BTCUSDT","E":1,"e":"trade"} `;
  return block(Array.from({ length: slowRows }, (_, i) => [BigInt(i), value(i)] as const));
}

const beginBoundMs = 30_000;

/** Begins the slow insert and gives its end, once it runs. */
async function startedInsert(
  { store, inserting }: OpenedHotStore,
  slow: RecordBlock,
  epoch: bigint,
) {
  const outcome = codeOf(store.insertTrades(slow, epoch, 'slow'));
  const isRunning = async () => (await inserting()) > 0;
  await waitFor(isRunning, { condition: 'the insert runs', boundMs: beginBoundMs, pollMs: 5 });
  return { outcome };
}

export function runningInserts(opened: Opened, slowRows: number): void {
  const slow = slowBlock(slowRows);

  test.each([
    ['a lower epoch', 4n],
    ['its own epoch, whose answer was lost', 5n],
  ])('once a partition is fenced, no insert of %s lands any more', async (_which, epoch) => {
    const one = await opened();
    const { outcome } = await startedInsert(one, slow, epoch);
    await one.store.fence(span(0n, 0n), 5n);
    const atFence = await one.store.inspect(slow.range);
    await outcome;
    expect(await one.store.inspect(slow.range)).toEqual(atFence);
    expect([0, slowRows]).toContain(numbers(atFence.bronze)[0]);
  });

  test('inserts that begin while the fence is drawn land before it or not at all', async () => {
    const { store } = await opened();
    for (let round = 0n; round < 8n; round += 1n) {
      const blocks = [0n, 1n, 2n].map((i) => block(trades(round * 1000n + i * 100n, 50)));
      const ends = blocks.map((each, i) =>
        codeOf(store.insertTrades(each, round, `${round}-${i}`)),
      );
      await store.fence(span(0n, 0n), round + 1n);
      const atFence = await store.inspect(span(0n, 9_999n));
      const outcomes = await Promise.all(ends);
      expect(await store.inspect(span(0n, 9_999n))).toEqual(atFence);
      expect(outcomes.filter((one) => one === 'refused')).toEqual([]);
    }
  });

  test('an insert of a higher epoch is left alone by a late fence', async () => {
    const one = await opened();
    const { outcome } = await startedInsert(one, slow, 5n);
    await one.store.fence(span(0n, 0n), 4n);
    expect(await outcome).toBe('answered');
    expect(numbers((await one.store.inspect(slow.range)).bronze)[0]).toBe(slowRows);
  });

  test('the fence of another partition does not touch it and does not wait for it', async () => {
    const one = await opened();
    const { outcome } = await startedInsert(one, slow, 4n);
    await one.store.fence(span(0n, 0n, 1), 5n);
    expect(await one.inserting()).toBe(1);
    expect(await outcome).toBe('answered');
  });
}
