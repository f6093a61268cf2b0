/**
 * What operators did on 12 February gives, in small, the duplicates of 12 February, number for
 * number; and the sentences that were written about them are held against it.
 */
import { beforeAll, describe, expect, test } from 'vitest';
import { type Run, runSchedule } from '../simulation/run-schedule.ts';
import type { Fault } from '../simulation/schedule/schedule.ts';
import { buildPipeline } from '../simulation/system/pipeline-system.ts';
import { audit } from './audit.ts';
import {
  appendsInFirstReport,
  elevenMillionFoil,
  elevenMillionSchedule,
  instants,
  realAppends,
  realUnique,
  tradesOfInstant,
} from './eleven-million.ts';
import { buildFoil } from './foil.ts';
import {
  appendsOf,
  bronzeCopies,
  coldCopies,
  named,
  total,
  upTo,
} from './foil-history.test-kit.ts';
import { watermarkStartMs } from './watermarks.ts';

const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);
const realRows = realAppends.map(({ rows }) => rows);
const realSurplus = sum(realRows) - realUnique;

describe('the arithmetic of 12 February', () => {
  test('the appends add up to both totals that were reported', () => {
    expect(sum(realRows.slice(0, appendsInFirstReport))).toBe(7_561_192);
    expect(sum(realRows)).toBe(15_290_132);
  });

  test('the surplus is what was appended less what there was', () => {
    expect(realSurplus).toBe(11_439_784);
  });
});

describe('the same actions in small', () => {
  let run: Run;
  beforeAll(async () => {
    const build = buildFoil(elevenMillionFoil());
    run = await runSchedule(elevenMillionSchedule(), { build, everyFaultMustBite: true });
  });

  test('every append is the real one, scaled', () => {
    const inInstants = appendsOf(run.history).map((rows) => rows / tradesOfInstant);
    expect(inInstants).toEqual(realRows.map(instants));
  });

  test('the surplus is the sum of the appends less the unique rows, and the real one, scaled', () => {
    const cold = coldCopies(run.history);
    const surplus = total(cold) - cold.size;
    expect(cold.size).toBe(instants(realUnique) * tradesOfInstant);
    expect(surplus).toBe(sum(appendsOf(run.history)) - cold.size);
    expect(surplus).toBe((sum(realRows.map(instants)) - instants(realUnique)) * tradesOfInstant);
    // What rounding to whole instants costs: less than one instant an append.
    const rowsOfInstant = 1_534;
    const scaledBack = (surplus / tradesOfInstant) * rowsOfInstant;
    expect(Math.abs(scaledBack - realSurplus)).toBeLessThan(realRows.length * rowsOfInstant);
    expect(scaledBack / realSurplus).toBeCloseTo(1, 3);
  });

  test('nothing was lost, and each trade is there as often as the appends overlap', () => {
    const { history, judgement } = run;
    const [full, , small, , , , more, test, all] = realRows.map(instants);
    const afterFour = full! + small!;
    // First and last instant of each append, counted from 1.
    const windows = [
      [1, full!],
      [1, full!],
      ...Array(4).fill([full! + 1, afterFour]),
      [afterFour + 1, afterFour + more!],
      [1, test!],
      [1, all!],
    ] as const;
    const copiesOf = (n: number) => {
      const instant = Math.floor(n / tradesOfInstant) + 1;
      return windows.filter(([first, last]) => first <= instant && instant <= last).length;
    };
    const trades = upTo(0, instants(realUnique) * tradesOfInstant - 1);
    expect([...bronzeCopies(history)]).toEqual(trades.map((n) => [n, 1]));
    expect([...coldCopies(history)]).toEqual(trades.map((n) => [n, copiesOf(n)]));
    const doubled = trades.filter((n) => copiesOf(n) > 1);
    expect(judgement.counts.duplicate).toBe(doubled.length);
    expect(judgement.counts.missing).toBeUndefined();
    const told = named(history, judgement.findings, 'duplicate', 'lake');
    expect(told.filter((n) => copiesOf(n) < 2)).toEqual([]);
    expect(told.length).toBeGreaterThan(0);
    // And the reset itself, to 2000-01-01.
    const back = judgement.findings.filter(({ code }) => code === 'head-regression');
    expect(back.map(({ actual }) => actual)).toEqual([[{ at: `${watermarkStartMs}` }]]);
  });

  test('"10 duplicates, 99.9999 %": every second row of that total was one', () => {
    const appended = sum(appendsOf(run.history).slice(0, appendsInFirstReport));
    const unique = (instants(realRows[1]!) + instants(realRows[2]!)) * tradesOfInstant;
    expect((appended - unique) / appended).toBeCloseTo(0.5, 3);
    expect((7_561_192 - (3_777_567 + 1_534)) / 7_561_192).toBeCloseTo(0.5, 3);
    expect((appended - unique) / appended).toBeGreaterThan(1 - 0.999_999);
  });

  test('the audit that counts calls it a warning, and no run failed', () => {
    const { history } = run;
    const { status } = audit(0, total(bronzeCopies(history)), total(coldCopies(history)));
    expect(status).toBe('warning');
    expect(history.events.filter(({ type }) => type === 'service-failed')).toEqual([]);
  });
});

describe('the same actions on our pipeline', () => {
  const start = (occurrence: number): Fault => ({
    at: { process: 'offload-1', step: 'catalog.swing', occurrence, point: 'before' },
    action: { do: 'environment', what: 'operator-starts-offload', n: 0 },
  });

  test('runs beside runs append every trade once', async () => {
    const { settings, workload } = elevenMillionSchedule();
    const schedule = {
      ...elevenMillionSchedule(),
      settings: {
        ...settings,
        system: 'pipeline' as const,
        rangeRowsMax: 1_000,
        batchRowsMax: 4_000,
        offloadEveryMs: 30_000,
      },
      // It compares no times with its clock, so the day may be short.
      workload: workload.map((item) => ({ ...item, afterMs: 1_000 })),
      faults: [start(1), start(2), start(2), start(2), start(2), start(3)],
    };
    const run = await runSchedule(schedule, { build: buildPipeline(), everyFaultMustBite: true });
    expect(run.judgement.findings).toEqual([]);
    expect(run.judgement.verdict).toBe('pass');
    const all = upTo(0, instants(realUnique) * tradesOfInstant - 1);
    expect([...coldCopies(run.history)]).toEqual(all.map((n) => [n, 1]));
  });
});
