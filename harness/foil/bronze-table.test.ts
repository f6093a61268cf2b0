import { describe, expect, test } from 'vitest';
import type { HistoryFact, Row } from '../checkers/history/history.ts';
import { epochStartMs } from '../simulation/kernel/process.ts';
import { HotStoreMachine } from '../simulation/stores/hot-store-machine.ts';
import { producedRecord } from '../simulation/system/trade-records.ts';
import { BronzeTable, exchangeTimeMs, type RowIdentity } from './bronze-table.ts';

/** Rows of the first trades: 0, 1 and 2 share a millisecond, 0 and 2 the symbol as well. */
const rowsOf = (...numbers: number[]): Row[] =>
  numbers.map((n) => ({
    ...{ topicId: 't1', partition: 0, offset: n },
    content: producedRecord(n, 'trade').content,
  }));

function mergedAway(identity: RowIdentity, ...blocks: Row[][]): number[] {
  const facts: HistoryFact[] = [];
  const observe = (fact: HistoryFact) => facts.push(fact);
  const hotStore = new HotStoreMachine({ observe, deduplicationWindow: 0 });
  const table = new BronzeTable({ hotStore, topicId: 't1', partitions: 1, identity, observe });
  for (const block of blocks) table.inserted(block);
  return facts.flatMap((fact) =>
    fact.type === 'rows-removed' ? fact.rows.map(({ offset }) => offset) : [],
  );
}

describe('bronze of the foil', () => {
  test('a plain table keeps rows that look alike', () => {
    expect(mergedAway(null, rowsOf(0, 1, 2), rowsOf(0))).toEqual([]);
  });

  test('symbol and millisecond merge distinct trades, and the later one stays', () => {
    expect(mergedAway('symbol-ms', rowsOf(0, 1, 2))).toEqual([0]);
    expect(mergedAway('symbol-ms', rowsOf(0), rowsOf(1), rowsOf(2))).toEqual([0]);
  });

  test('with the price distinct trades of one millisecond survive when they differ in it', () => {
    expect(mergedAway('symbol-ms-price', rowsOf(0, 1, 2))).toEqual([]);
    expect(mergedAway('symbol-ms-price', rowsOf(0), rowsOf(0))).toEqual([0]);
  });

  test('the exchange time of a row is the last field of its content', () => {
    expect(rowsOf(0, 3).map(exchangeTimeMs)).toEqual([epochStartMs, epochStartMs + 21_900]);
  });
});
