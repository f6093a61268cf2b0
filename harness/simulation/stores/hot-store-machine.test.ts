/**
 * The faults of the simulated hot store, and what each guard prevents.
 *
 * The promises of a healthy store are the conformance suite's. Here every mechanism is switched off
 * once, and the bug that appears is named by its rows; switched on, the same steps stay clean.
 */
import { describe, expect, test } from 'vitest';
import { errorCode } from '../../../src/pipeline/errors.ts';
import type { HistoryFact, HotLayer } from '../../checkers/history/history.ts';
import { blockOf, trade, trades, type Value } from '../conformance/hot-store-blocks.test-kit.ts';
import { type HotStoreGuard, hotStoreGuards } from './hot-store-guards.ts';
import { HotStoreMachine } from './hot-store-machine.ts';
import { contentOf } from './row-decode.ts';
import { tradeContent } from './row-trade.ts';

const topicId = 't';
const key = { topicId, partition: 0 };
const all = { ...key, offsetFirst: 0n, offsetLast: 99n };

function ground(off?: HotStoreGuard, deduplicationWindow = 10) {
  const facts: HistoryFact[] = [];
  const guards = off === undefined ? {} : { [off]: false };
  const observe = (fact: HistoryFact) => void facts.push(fact);
  const machine = new HotStoreMachine({ observe, deduplicationWindow, guards });
  const block = (records: ReadonlyArray<readonly [bigint, Value]>) => blockOf(records, { topicId });
  const begin = (first: bigint, count: number, epoch = 1n, token = `${first}`) =>
    machine.beginInsert('bronze', block(trades(first, count)), epoch, token, 'one');
  const insert = (first: bigint, count: number, epoch = 1n, token = `${first}`) =>
    machine.finishInsert(begin(first, count, epoch, token));
  const write = (layer: HotLayer, records: ReadonlyArray<readonly [bigint, Value]>) =>
    machine.finishInsert(machine.beginInsert(layer, block(records), 1n, 'w', 'one'));
  const rows = (layer: HotLayer = 'bronze') => {
    const held: string[] = [];
    for (const fact of facts) {
      if (fact.type === 'rows-added' && fact.layer === layer) {
        held.push(...fact.rows.map((row) => `${row.offset}`));
      }
      if (fact.type === 'rows-removed' && fact.layer === layer) {
        for (const row of fact.rows) held.splice(held.indexOf(`${row.offset}`), 1);
      }
    }
    return held;
  };
  const counts = () => {
    const { digest, offsetsDistinct } = machine.inspect(all).bronze;
    return [Number(digest.rows), Number(offsetsDistinct)];
  };
  return { machine, facts, begin, insert, write, rows, counts };
}

const codeOf = (run: () => unknown) => {
  try {
    run();
    return 'answered';
  } catch (error) {
    return errorCode(error);
  }
};

describe('faults', () => {
  test('an acknowledged part vanishes, and its token is still believed', () => {
    const { machine, insert, rows } = ground();
    insert(0n, 3, 1n, 'same');
    insert(5n, 2);
    expect(machine.loseLastPart('bronze', { forgetToken: false })).toBe(true);
    expect(rows()).toEqual(['0', '1', '2']);
    insert(5n, 2);
    expect(rows()).toEqual(['0', '1', '2']);
    insert(5n, 2, 1n, 'fresh');
    expect(rows()).toEqual(['0', '1', '2', '5', '6']);
  });

  test('a part that vanishes with its token can be written again under it', () => {
    const { machine, insert, rows, counts } = ground();
    insert(0n, 3);
    machine.loseLastPart('bronze', { forgetToken: true });
    expect(counts()).toEqual([0, 0]);
    insert(0n, 3);
    expect(rows()).toEqual(['0', '1', '2']);
    expect(machine.loseLastPart('dead-letters', { forgetToken: true })).toBe(false);
  });

  test('a false duplicate is dropped and answered, and only that one', () => {
    const { machine, insert, rows } = ground();
    machine.dropNextAsDuplicate();
    expect(codeOf(() => insert(0n, 2))).toBe('answered');
    expect(rows()).toEqual([]);
    insert(0n, 2);
    expect(rows()).toEqual(['0', '1']);
  });

  test('a torn insert leaves its first rows and no token, and ends without an answer', () => {
    const { machine, insert, rows } = ground();
    machine.tearNext(2);
    expect(codeOf(() => insert(0n, 5))).toBe('unknown-outcome');
    expect(rows()).toEqual(['0', '1']);
    insert(0n, 5);
    expect(rows().sort()).toEqual(['0', '1', '2', '3', '4']);
  });

  test.each([
    ['kept', true, []],
    ['lost', false, ['5']],
  ])('a restart ends what runs; the log is %s', (_, keepTokens, after) => {
    const { machine, begin, insert, rows } = ground();
    const running = begin(0n, 2);
    insert(9n, 1, 1n, 'a');
    machine.loseLastPart('bronze', { forgetToken: false });
    machine.restart({ keepTokens });
    expect(machine.generation).toBe(1);
    expect(codeOf(() => machine.finishInsert(running))).toBe('unknown-outcome');
    insert(5n, 1, 1n, 'a');
    expect(rows()).toEqual(after);
  });

  test('a row can be predicted from the fields of its trade', () => {
    const fields = { symbol: 'BTCUSDT', tradeId: 7, price: '060.10', quantity: '2.0', timeMs: 99 };
    const text = 'binance|BTCUSDT|7|60.1|2|99';
    expect(tradeContent(fields)).toBe(text);
    expect(contentOf(trade(7, fields))).toBe(text);
    expect(contentOf(trade(7, { ...fields, side: 'SELL' }))).toBe(`${text}|SELL`);
    expect(contentOf(Buffer.from('x'))).toBe('dead|not-json|78');
    expect(contentOf(null)).toBe('dead|null-value|null');
    const { facts, write } = ground();
    write('bronze', [[4n, trade(7, fields)]]);
    const row = { topicId, partition: 0, offset: 4, content: text };
    const added = { type: 'rows-added', layer: 'bronze', process: 'one', epoch: 1, rows: [row] };
    expect(facts).toEqual([added]);
  });
});

type Ground = ReturnType<typeof ground>;

/** Steps that stay clean with the guard on, and what they leave with it on and off. */
const bugs: Readonly<Record<HotStoreGuard, readonly [(on: Ground) => unknown, unknown, unknown]>> =
  {
    'fence-check': [
      ({ machine, insert }) => {
        machine.fence(key, 2n);
        return codeOf(() => insert(0n, 1, 1n));
      },
      'fenced',
      'answered',
    ],
    'fence-ends-inserts': [
      ({ machine, begin, rows }) => {
        const running = begin(0n, 1, 1n);
        machine.fence(key, 2n);
        codeOf(() => machine.finishInsert(running));
        return rows();
      },
      [],
      ['0'],
    ],
    'skip-stored': [
      ({ insert, rows }) => {
        insert(1n, 1);
        insert(0n, 3);
        return rows();
      },
      ['1', '0', '2'],
      ['1', '0', '1', '2'],
    ],
    'deduplication-token': [
      ({ machine, begin, rows }) => {
        const twice = [begin(0n, 1), begin(0n, 1)];
        for (const one of twice) machine.finishInsert(one);
        return rows();
      },
      ['0'],
      ['0', '0'],
    ],
    'one-block': [
      ({ begin, rows }) => {
        begin(0n, 4);
        return rows();
      },
      [],
      ['0', '1'],
    ],
    'dead-letters-kept': [
      ({ write, rows }) => {
        write('dead-letters', [[0n, 'x']]);
        return rows('dead-letters');
      },
      ['0'],
      [],
    ],
    'null-kept': [
      ({ write, rows }) => {
        write('dead-letters', [
          [0n, 'x'],
          [1n, null],
        ]);
        return rows('dead-letters');
      },
      ['0', '1'],
      ['0'],
    ],
    'decimals-exact': [
      ({ machine, write }) => {
        write('bronze', [[0n, trade(1, { price: '61837.63', timeMs: 5 })]]);
        return machine.rowsOf([all]).map(({ row }) => row.content);
      },
      ['binance|BTCUSDT|1|61837.63|0.02|5'],
      ['binance|BTCUSDT|1|61837.62890625|0.02|5'],
    ],
    'values-in-place': [
      ({ machine, write }) => {
        write('bronze', [
          [0n, trade(10)],
          [1n, trade(11)],
        ]);
        return machine.rowsOf([all]).map(({ row }) => row.content.split('|')[2]);
      },
      ['10', '11'],
      ['10', '10'],
    ],
    'read-back-exact': [
      ({ machine, begin, counts }) => {
        const both = [begin(0n, 2, 1n, 'a'), begin(0n, 2, 1n, 'b')];
        for (const one of both) machine.finishInsert(one);
        return counts();
      },
      [4, 2],
      [2, 2],
    ],
  };

describe('planted bugs', () => {
  test.each(Object.entries(hotStoreGuards))('%s: %s', (name) => {
    const guard = name as HotStoreGuard;
    const [steps, clean, broken] = bugs[guard];
    expect(clean).not.toEqual(broken);
    expect(steps(ground())).toEqual(clean);
    expect(steps(ground(guard))).toEqual(broken);
  });
});
