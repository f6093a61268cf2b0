/**
 * What every hot store promises, asked of the simulated one and of ClickHouse alike.
 *
 * The simulation is only worth what it has in common with the store that it stands for. So there is
 * one list of promises, and both run it: what is true of one and not of the other is a bug of the
 * simulation, however plausible it looks. Nothing in here knows which of the two it talks to.
 */
import { describe, expect, test } from 'vitest';
import { errorCode } from '../../../src/pipeline/errors.ts';
import type { OffsetRange } from '../../../src/pipeline/model/range.ts';
import type { RecordBlock } from '../../../src/pipeline/model/record-block.ts';
import type { HotStore, RangeContent } from '../../../src/pipeline/ports/hot-store.ts';
import { waitFor } from '../../system-clock.ts';
import {
  type BlockOptions,
  blockOf,
  trade,
  trades,
  type Value,
} from './hot-store-blocks.test-kit.ts';

export interface OpenedHotStore {
  readonly store: HotStore;
  /** Dead letters of a topic by offset: reason, and the bytes in hex. */
  deadLetters(topicId: string): Promise<ReadonlyArray<readonly [number, string, string | null]>>;
  /** Inserts of trades that have begun and not ended. */
  inserting(): Promise<number>;
}

export interface HotStoreTwin {
  /** Empty tables that remember `tokensMax` tokens each. */
  open(tokensMax: number): Promise<OpenedHotStore>;
  /** Records that keep an insert running long enough to be seen. */
  readonly slowRows: number;
}

const topicId = '7d9b2c1e-3f46-4a8e-9c15-2b7a00c0ffee';
const otherTopicId = '7d9b2c1e-3f46-4a8e-9c15-2b7a00decade';
const tokensMax = 3;

const block = (
  records: ReadonlyArray<readonly [bigint, Value]>,
  options: Partial<BlockOptions> = {},
) => blockOf(records, { topicId, ...options });

const span = (offsetFirst: bigint, offsetLast: bigint, partition = 0): OffsetRange => ({
  topicId,
  partition,
  offsetFirst,
  offsetLast,
});

/** Rows, distinct offsets, sum of offsets. */
const numbers = ({ digest, offsetsDistinct, offsetSum }: RangeContent) => [
  Number(digest.rows),
  Number(offsetsDistinct),
  Number(offsetSum),
];

async function codeOf(attempt: Promise<unknown>): Promise<string> {
  return attempt.then(
    () => 'answered',
    (error: unknown) => errorCode(error),
  );
}

const writeAll = async (store: HotStore, whole: RecordBlock, epoch = 1n, token = 'a') => {
  await store.insertTrades(whole, epoch, token);
  await store.insertDeadLetters(whole, epoch, token);
};

export function hotStoreSuite(name: string, twin: HotStoreTwin): void {
  const opened = () => twin.open(tokensMax);
  describe(`${name}: what an insert writes is read back by range`, () => readingBack(opened));
  describe(`${name}: dead letters`, () => deadLetterPromises(opened));
  describe(`${name}: tokens`, () => tokenPromises(opened));
  describe(`${name}: the fence`, () => fencePromises(opened));
  describe(`${name}: the fence and inserts that run`, () => runningInserts(opened, twin.slowRows));
}

type Opened = () => Promise<OpenedHotStore>;

function readingBack(opened: Opened): void {
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

function deadLetterPromises(opened: Opened): void {
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

function tokenPromises(opened: Opened): void {
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

function fencePromises(opened: Opened): void {
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

function runningInserts(opened: Opened, slowRows: number): void {
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
