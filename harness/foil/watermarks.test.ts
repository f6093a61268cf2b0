import { describe, expect, test } from 'vitest';
import type { HistoryFact } from '../checkers/history/history.ts';
import { Watermarks, watermarkStartMs } from './watermarks.ts';

function make() {
  const facts: HistoryFact[] = [];
  return { facts, watermarks: new Watermarks((fact) => facts.push(fact), ['trades', 'candles']) };
}

describe('watermarks of the foil', () => {
  test('an older mark replaces a newer one, and the history shows it', () => {
    const { facts, watermarks } = make();
    watermarks.write('trades', 200, 2);
    watermarks.write('trades', 100, 1);
    expect(watermarks.read('trades')).toMatchObject({ at: 100, rows: 1, status: 'success' });
    expect(facts).toEqual([
      { type: 'watermark', table: 'trades', at: 200 },
      { type: 'watermark', table: 'trades', at: 100 },
    ]);
  });

  test('a table that is running can be taken by a second run', () => {
    const { watermarks } = make();
    watermarks.markRunning('trades');
    watermarks.markRunning('trades');
    expect(watermarks.read('trades')).toMatchObject({ at: watermarkStartMs, status: 'running' });
  });

  test('what was read does not move with the table', () => {
    const { watermarks } = make();
    const before = watermarks.read('trades');
    watermarks.write('trades', 5, 1);
    expect(before.at).toBe(watermarkStartMs);
  });

  test('a reset takes every table back to the beginning', () => {
    const { watermarks } = make();
    watermarks.write('trades', 200, 2);
    watermarks.write('candles', 300, 2);
    watermarks.reset();
    expect(['trades', 'candles'].map((table) => watermarks.read(table).at)).toEqual([
      watermarkStartMs,
      watermarkStartMs,
    ]);
  });

  test('a restored backup brings the old marks back', () => {
    const { watermarks } = make();
    watermarks.write('trades', 200, 2);
    const backup = watermarks.backup();
    watermarks.write('trades', 400, 2);
    watermarks.restore(backup);
    expect(watermarks.read('trades').at).toBe(200);
  });
});
