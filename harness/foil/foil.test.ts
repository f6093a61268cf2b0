/**
 * Each defect of the hand-off is refuted with its code and its records, and the same workload and
 * the same trouble leave our pipeline clean.
 */
import { describe, expect, test } from 'vitest';
import { epochStartMs } from '../simulation/kernel/process.ts';
import { type Run, runSchedule } from '../simulation/run-schedule.ts';
import { buildPipeline } from '../simulation/system/pipeline-system.ts';
import { producedRecord, tradeGapMs } from '../simulation/system/trade-records.ts';
import { audit } from './audit.ts';
import { type Defect, defects } from './defects.ts';
import { buildFoil } from './foil.ts';
import {
  bronzeCopies,
  type CandleName,
  candleName,
  coldCopies,
  named,
  namedCandles,
  total,
  upTo,
} from './foil-history.test-kit.ts';
import { foilSchedule, paced } from './foil-schedule.ts';
import { candleTables } from './summing-candles.ts';

/** Trades 3k, 3k + 1 and 3k + 2 happen together, at this time since the start. */
const instantOf = (n: number) => Math.floor(n / 3) * 3 * tradeGapMs;
/** Trades that happened up to a time, of the first `count`. */
const tradedBy = (atMs: number, count: number) =>
  upTo(0, count - 1).filter((n) => instantOf(n) <= atMs);

const once = (numbers: readonly number[]) => numbers.map((n) => [n, 1] as const);
const twice = (numbers: readonly number[]) => numbers.map((n) => [n, 2] as const);

interface Expected {
  readonly bronze: ReadonlyArray<readonly [number, number]>;
  readonly cold: ReadonlyArray<readonly [number, number]>;
}

/** The run of 00:15 scans three seconds later and sees what is five minutes older. */
const firstRun = tradedBy(603_000, 150);
/** The run by hand begins when the first one writes its data, 38 s later. */
const runByHand = tradedBy(641_000, 150);

/** Copies of each trade, worked out from what the schedule says; never from a run. */
const expected: Readonly<Record<Defect['id'], Expected>> = {
  D3: { bronze: once(upTo(0, 59)), cold: twice(upTo(0, 59)) },
  D4: {
    bronze: once(upTo(0, 149)),
    cold: [
      ...twice(firstRun),
      // Once by the run by hand; then the mark went back, and the next run had them again.
      ...twice(upTo(firstRun.length, runByHand.length - 1)),
      ...once(upTo(runByHand.length, 149)),
    ],
  },
  D5: { bronze: once(upTo(0, 59)), cold: twice(upTo(0, 59)) },
  D6: { bronze: once(upTo(0, 59)), cold: twice(upTo(0, 59)) },
  D7: { bronze: once(upTo(0, 29)), cold: once(upTo(3, 29)) },
  D8: { bronze: once([0, 1, 2]), cold: once([0, 1]) },
  D11: { bronze: once(upTo(0, 149)), cold: once(upTo(0, 149)) },
  D24: { bronze: once(upTo(0, 3)), cold: [...once([0, 1]), ...twice([3])] },
  D26: { bronze: once([1, 2]), cold: once([1, 2]) },
  D30: { bronze: once(upTo(0, 5)), cold: once(upTo(0, 5)) },
};

const lost = (due: readonly number[], copies: Expected['cold']) => {
  const there = new Set(copies.map(([n]) => n));
  return due.filter((n) => !there.has(n));
};
const doubled = (copies: Expected['cold']) =>
  copies.flatMap(([n, count]) => (count > 1 ? [n] : []));

const defect = (id: Defect['id']) => defects.find((one) => one.id === id)!;

const runFoil = ({ schedule, foil }: Defect) =>
  runSchedule(schedule, { build: buildFoil(foil), everyFaultMustBite: true });

const codesOf = ({ judgement }: Run) =>
  [...new Set(judgement.findings.map(({ code }) => code))].sort();

/** Windows of every length and symbol that trades of both groups fall into. */
function windowsOfBoth(layer: string, first: readonly number[], second: readonly number[]) {
  const names: CandleName[] = [];
  for (const { windowMs } of candleTables) {
    const windowsOf = (numbers: readonly number[]) =>
      numbers.map((n) => {
        const at = instantOf(n);
        const symbol = producedRecord(n, 'trade').source!.split('|')[1]!;
        return candleName(layer, symbol, windowMs, at - (at % windowMs));
      });
    const seen = new Set(windowsOf(first));
    names.push(...new Set(windowsOf(second).filter((name) => seen.has(name))));
  }
  return names.sort();
}

describe('defects of the hand-off, each by its smallest schedule', () => {
  test('every defect of the list has one, with at most three faults', () => {
    expect(defects.map(({ id }) => id).sort()).toEqual(Object.keys(expected).sort());
    expect(Math.max(...defects.map(({ schedule }) => schedule.faults.length))).toBeLessThan(4);
  });

  test('five of them need no fault at all', () => {
    const without = defects.filter(({ schedule }) => schedule.faults.length === 0);
    expect(without.map(({ id }) => id)).toEqual(['D7', 'D8', 'D11', 'D26', 'D30']);
  });

  test('bronze and its lake pass when nothing happens to them', async () => {
    const schedule = foilSchedule(paced([60, 90]));
    const build = buildFoil({ gold: false });
    const { history, judgement } = await runSchedule(schedule, { build, everyFaultMustBite: true });
    expect([...coldCopies(history)]).toEqual(once(upTo(0, 149)));
    expect(judgement.findings).toEqual([]);
    expect(judgement.verdict).toBe('pass');
  });

  test.each(defects.map((one) => [one.id, one.title, one] as const))(
    '%s: %s',
    async (id, _title, one) => {
      const { history, judgement, bitten } = await runFoil(one);
      const { bronze, cold } = expected[id];
      expect([...bronzeCopies(history)]).toEqual(bronze);
      expect([...coldCopies(history)]).toEqual(cold);
      expect(bitten.size).toBe(one.schedule.faults.length);
      const { findings } = judgement;
      const sent = upTo(0, one.schedule.workload.reduce((sum, item) => sum + item.trades, 0) - 1);
      expect(named(history, findings, 'missing', 'lake')).toEqual(lost(sent, cold));
      expect(named(history, findings, 'missing', 'bronze')).toEqual(lost(sent, bronze));
      expect(named(history, findings, 'duplicate', 'lake')).toEqual(doubled(cold));
      expect(named(history, findings, 'duplicate', 'bronze')).toEqual([]);
    },
  );

  test.each(defects.map((one) => [one.id, one] as const))(
    '%s is named by its codes and by no other',
    async (_id, one) => {
      const run = await runFoil(one);
      expect(run.judgement.verdict).toBe('violated');
      expect(codesOf(run)).toEqual(one.codes);
    },
  );

  test('D4: the mark that goes back is named, from where to where', async () => {
    const { judgement } = await runFoil(defect('D4'));
    const back = judgement.findings.filter(({ code }) => code === 'head-regression');
    const mark = (numbers: readonly number[]) => `${epochStartMs + instantOf(numbers.at(-1)!)}`;
    expect(back.map(({ expected: before, actual }) => [before, actual])).toEqual([
      [{ at: mark(runByHand) }, [{ at: mark(firstRun) }]],
    ]);
  });

  test('D8: what was lost has exactly the time of the watermark', async () => {
    const { history } = await runFoil(defect('D8'));
    const marks = history.events.flatMap((event) => (event.type === 'watermark' ? [event.at] : []));
    expect(marks).toEqual([epochStartMs + instantOf(2)]);
  });

  test('D11: the frozen candles are those that the first run met unfinished', async () => {
    const { judgement } = await runFoil(defect('D11'));
    const [first, second] = [upTo(0, 59), upTo(60, 149)];
    expect(namedCandles(judgement.findings, 'candle-frozen')).toEqual(
      windowsOfBoth('cold-gold', first, second),
    );
    // The same windows are wrong in gold: they were fed by two blocks (D30).
    expect(namedCandles(judgement.findings, 'candle-wrong')).toEqual(
      windowsOfBoth('gold', first, second),
    );
  });

  test('D24: the audit finds nothing in what the judgement names record by record', async () => {
    const { history, judgement } = await runFoil(defect('D24'));
    const hot = bronzeCopies(history);
    const cold = coldCopies(history);
    expect(audit(0, total(hot), total(cold))).toMatchObject({ delta: 0, status: 'ok' });
    expect(named(history, judgement.findings, 'missing', 'lake')).toEqual([2]);
    expect(named(history, judgement.findings, 'duplicate', 'lake')).toEqual([3]);
  });

  test('D26: an identity with the price in it keeps these two, and none at all keeps all', async () => {
    const { schedule } = defect('D26');
    for (const identity of ['symbol-ms-price', null] as const) {
      const build = buildFoil({ gold: false, identity });
      const run = await runSchedule(schedule, { build, everyFaultMustBite: true });
      expect(run.judgement.verdict).toBe('pass');
      expect([...bronzeCopies(run.history)]).toEqual(once([0, 1, 2]));
    }
  });

  test('D30: every candle that two blocks fed is wrong, in gold and in its cold copy', async () => {
    const { judgement } = await runFoil(defect('D30'));
    const [first, second] = [upTo(0, 2), upTo(3, 5)];
    expect(namedCandles(judgement.findings, 'candle-wrong')).toEqual(
      [
        ...windowsOfBoth('gold', first, second),
        ...windowsOfBoth('cold-gold', first, second),
      ].sort(),
    );
  });
});

describe('the same workloads and the same trouble on our pipeline', () => {
  test.each(defects.map((one) => [one.id, one] as const))(
    '%s leaves it clean',
    async (_id, one) => {
      const { settings } = one.schedule;
      const schedule = {
        ...one.schedule,
        settings: { ...settings, system: 'pipeline' as const },
        faults: one.faultsOfPipeline,
      };
      const run = await runSchedule(schedule, { build: buildPipeline(), everyFaultMustBite: true });
      expect(run.judgement.findings).toEqual([]);
      expect(run.judgement.verdict).toBe('pass');
      expect(run.bitten.size).toBe(one.faultsOfPipeline.length);
      const sent = one.schedule.workload.reduce((sum, item) => sum + item.trades, 0);
      expect([...coldCopies(run.history)]).toEqual(once(upTo(0, sent - 1)));
    },
  );
});
