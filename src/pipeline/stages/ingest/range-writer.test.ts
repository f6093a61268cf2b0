/**
 * Writing one range against a store that loses answers, drops blocks and keeps what nobody sent.
 */
import { describe, expect, test } from 'vitest';
import { TidemarkError } from '../../errors.ts';
import type { RecordBlock } from '../../model/record-block.ts';
import type { HotStore, RangeContent } from '../../ports/hot-store.ts';
import type { Logger } from '../../ports/logger.ts';
import { completeness, writeAttemptsMax, writeRange } from './range-writer.ts';

const silent: Logger = { debug() {}, info() {}, warn() {}, error() {} };

const block: RecordBlock = {
  range: { topicId: 't', partition: 0, offsetFirst: 10n, offsetLast: 14n },
  rows: 5,
  offsetSum: 10n,
  hasNullValue: false,
  body: new Uint8Array(),
};

const content = (offsets: readonly number[]): RangeContent => ({
  digest: { rows: BigInt(offsets.length), sum: 7n },
  offsetsDistinct: BigInt(new Set(offsets).size),
  offsetSum: BigInt(offsets.reduce((sum, o) => sum + o - 10, 0)),
});

type Insert = (table: number[], token: string, attempt: number) => void;

/** Offsets 10 to 14; those in `malformed` belong to the dead letters. */
function store(insert: Insert, malformed: readonly number[] = []) {
  const bronze: number[] = [];
  const dead: number[] = [];
  const tokens: string[] = [];
  const fake: HotStore = {
    prepare: async () => undefined,
    fence: async () => undefined,
    insertTrades: async (_block, _epoch, token) => {
      tokens.push(token);
      insert(bronze, token, tokens.length);
    },
    insertDeadLetters: async () => {
      dead.push(...malformed.filter((o) => !dead.includes(o)));
    },
    inspect: async () => ({ bronze: content(bronze), deadLetters: content(dead) }),
    close: async () => undefined,
  };
  return { fake, bronze, dead, tokens };
}

const fill = (table: number[], wanted: readonly number[]) =>
  table.push(...wanted.filter((o) => !table.includes(o)));
const all = [10, 11, 12, 13, 14];
const lost = () => {
  throw new TidemarkError('unknown-outcome', 'no answer');
};

describe('writing a range', () => {
  test('one insert is enough when everything is there, and it is read back before it counts', async () => {
    const { fake, tokens } = store((table) => fill(table, all));
    const closed = await writeRange(fake, silent, block, 1n);
    expect(closed.bronze.rows).toBe(5n);
    expect(tokens).toEqual(['t/0:10-14']);
  });

  test('a range of holes only is read back and closed without a write', async () => {
    const { fake, tokens } = store(() => undefined);
    const holes = { ...block, rows: 0, offsetSum: 0n };
    expect((await writeRange(fake, silent, holes, 1n)).bronze.rows).toBe(0n);
    expect(tokens).toEqual([]);
  });

  test('records that do not decode become dead letters, and both together make the range whole', async () => {
    const { fake, dead } = store((table) => fill(table, [10, 12, 13, 14]), [11]);
    const closed = await writeRange(fake, silent, block, 1n);
    expect([closed.bronze.rows, closed.deadLetters.rows]).toEqual([4n, 1n]);
    expect(dead).toEqual([11]);
  });

  test('an answer that did not come is not a failure: the table had it, nothing is written again', async () => {
    const { fake, tokens } = store((table) => {
      fill(table, all);
      lost();
    });
    await writeRange(fake, silent, block, 1n);
    expect(tokens).toHaveLength(1);
  });

  test('an answer that did not come is not a success: the same token is used again', async () => {
    const { fake, tokens } = store((table, _token, attempt) => {
      if (attempt === 1) lost();
      fill(table, all);
    });
    await writeRange(fake, silent, block, 1n);
    expect(tokens).toEqual(['t/0:10-14', 't/0:10-14']);
  });

  test('an acknowledged block that is not there is written again under a fresh token', async () => {
    const { fake, tokens } = store((table, token) => {
      if (token !== 't/0:10-14') fill(table, all);
    });
    await writeRange(fake, silent, block, 3n);
    expect(tokens).toEqual(['t/0:10-14', 't/0:10-14#3.1']);
  });

  test('a store that keeps losing the block stops the partition after a bounded number of writes', async () => {
    const { fake, tokens } = store(() => undefined);
    await expect(writeRange(fake, silent, block, 1n)).rejects.toMatchObject({
      code: 'digest-mismatch',
    });
    expect(tokens).toHaveLength(writeAttemptsMax);
  });

  test('a duplicate is never repaired by more writing: it stops the partition and names the range', async () => {
    const { fake, tokens } = store((table) => table.push(...all, 12));
    await expect(writeRange(fake, silent, block, 1n)).rejects.toThrow('t/0:10-14');
    expect(tokens).toHaveLength(1);
  });

  test('a refusal by the store is passed on at once', async () => {
    const { fake } = store(() => {
      throw new TidemarkError('fenced', 'newer epoch');
    });
    await expect(writeRange(fake, silent, block, 1n)).rejects.toMatchObject({ code: 'fenced' });
  });
});

describe('completeness', () => {
  const expected = { rows: 5, offsetSum: 10n };
  const none = content([]);

  test('the right number of rows at the wrong offsets is not complete', () => {
    expect(
      completeness(expected, { bronze: content([10, 11, 12, 13, 15]), deadLetters: none }),
    ).toBe('surplus');
  });

  test('a record in both tables counts twice', () => {
    expect(completeness(expected, { bronze: content(all), deadLetters: content([11]) })).toBe(
      'surplus',
    );
  });

  test('less than the log returned is incomplete', () => {
    expect(completeness(expected, { bronze: content([10, 11]), deadLetters: none })).toBe(
      'incomplete',
    );
  });
});
