/** A ratio is taken inside each round, and a goal is reached by the median in its own direction. */
import { describe, expect, test } from 'vitest';
import { cpuUsOf, goal, type Measurement, ratioGoal } from './report.ts';
import { renderTable } from './table.ts';

const measured = (what: string, ...values: number[]): Measurement => ({
  what,
  unit: 'rows/s',
  records: 1_000_000,
  samples: values.map((value) => ({ value, cpuUs: { reader: value / 100 } })),
});

describe('goals', () => {
  test('a machine that slows both sides down in one round does not change the ratio', () => {
    const ours = measured('ours', 500, 50, 500);
    const theirs = measured('theirs', 100, 10, 100);
    expect(ratioGoal(ours, theirs, { atLeast: 5 })).toMatchObject({
      value: { min: 5, median: 5, max: 5 },
      reached: true,
    });
  });

  test('rounds that do not belong together are not divided', () => {
    expect(() => ratioGoal(measured('a', 1, 2), measured('b', 1), { atLeast: 1 })).toThrow(
      'a and b',
    );
  });

  test('at most and at least look in opposite directions', () => {
    expect(goal('t', 'ms', [99, 100, 500], { atMost: 100 }).reached).toBe(true);
    expect(goal('t', 'ms', [101], { atMost: 100 }).reached).toBe(false);
    expect(goal('t', 'x', [101], { atLeast: 100 }).reached).toBe(true);
  });

  test('processor time is the median over the rounds', () => {
    expect(cpuUsOf(measured('a', 100, 300, 200))).toEqual({ reader: 2 });
  });
});

describe('table', () => {
  test('shows spread, processor time, and a missed goal in capitals', () => {
    const ours = measured('ours', 120_000, 100_000, 110_000);
    const text = renderTable([
      {
        lane: 'ingest',
        title: 'side by side',
        measurements: [ours],
        goals: [goal('ours / theirs', 'x', [1.5], { atLeast: 5 })],
        notes: ['a remark'],
      },
    ]);
    expect(text).toMatch(/ours +1,000,000 +100,000 +110,000 +120,000 +rows\/s +1100\.00 \(reader/);
    expect(text).toMatch(/ours \/ theirs +1\.50 +1\.50 +1\.50 +x +>= 5\.00 +NO/);
    expect(text).toContain('* a remark');
  });
});
