import { describe, expect, test } from 'vitest';
import { scheduleOf } from '../fake-run.test-kit.ts';
import type { Fault, FaultPoint, Schedule } from '../schedule/schedule.ts';
import { type EnumerationRun, enumerate, total } from './enumerate.ts';
import { crashAt, durableSteps, faultsAt, isDurable, pointsOfEffect } from './points.ts';
import { boundedWorkloads, missingPoints } from './workloads.ts';

const at = (step: string, point: FaultPoint['point'], process = 'writer'): FaultPoint => ({
  process,
  step,
  occurrence: 1,
  point,
});

/** A process that takes these points one after the other; each fault adds one point of recovery. */
const path = [
  at('ledger.open', 'before'),
  at('ledger.open', 'answered'),
  at('ledger.intent', 'before'),
  at('ledger.close', 'before', 'other'),
];
const recovery = at('ledger.reopen', 'before');
const nameOf = ({ process, step, occurrence, point }: FaultPoint) =>
  `${process} ${step} ${occurrence} ${point}`;

function toyRun({ faults }: Schedule): EnumerationRun {
  const points: FaultPoint[] = [];
  const bitten = new Set<number>();
  const pointsAtStrike = new Map<number, number>();
  const walk = [...path];
  for (let step = walk.shift(); step !== undefined; step = walk.shift()) {
    points.push(step);
    const here = faults.findIndex((f, i) => !bitten.has(i) && nameOf(f.at) === nameOf(step!));
    if (here < 0) continue;
    bitten.add(here);
    pointsAtStrike.set(here, points.length);
    walk.push({ ...recovery, occurrence: bitten.size });
  }
  return { verdict: 'pass', codes: [], bitten, trace: { points, pointsAtStrike } };
}

const options = {
  schedule: scheduleOf(),
  isSingle: isDurable,
  isPaired: isDurable,
  run: async (schedule: Schedule) => toyRun(schedule),
  breathe: async () => undefined,
};

const without = { ...options, isPaired: () => false };

describe('enumeration', () => {
  test('strikes every durable point by crash and, where something is on its way, by loss', async () => {
    const seen: string[] = [];
    const result = await enumerate({
      ...without,
      run: async (schedule) => {
        const names = schedule.faults.map((f) => `${f.at.step} ${f.at.point} ${f.action.do}`);
        seen.push(names.join(' + '));
        return toyRun(schedule);
      },
    });
    expect(seen).toEqual([
      '',
      'ledger.open before crash',
      'ledger.open before lose',
      'ledger.open answered crash',
      'ledger.close before crash',
      'ledger.close before lose',
    ]);
    expect(total(result.single)).toEqual({ points: 5, reached: 5, passed: 5 });
    expect(Object.fromEntries(result.single)).toEqual({
      'writer ledger.open': { points: 3, reached: 3, passed: 3 },
      'other ledger.close': { points: 2, reached: 2, passed: 2 },
    });
    expect(total(result.pairs).points).toBe(0);
    expect(result.runs).toBe(6);
  });

  test('strikes a second time at every point that comes after the first, the recovery among them', async () => {
    const result = await enumerate(options);
    // open before: crash and loss, then 3 points each; open answered: 2; close: crash and loss, 1.
    expect(total(result.pairs)).toEqual({ points: 10, reached: 10, passed: 10 });
    expect(result.pairs.get('writer ledger.reopen')?.points).toBe(5);
    expect([...result.struck].sort()).toEqual([
      'ledger.close before',
      'ledger.open answered',
      'ledger.open before',
      'ledger.reopen before',
    ]);
    expect(result.failures).toEqual([]);
  });

  test('what belongs to the workload stays, and counts as missed when it does not strike', async () => {
    const own: Fault = { ...crashAt(at('ledger.never', 'before')), action: { do: 'pause', ms: 1 } };
    const schedule = scheduleOf({ faults: [own] });
    const result = await enumerate({ ...without, schedule });
    expect(result.failuresTotal).toBe(6);
    expect(result.failures[1]).toMatchObject({ verdict: 'pass', unbitten: [0] });
    expect(total(result.single)).toEqual({ points: 5, reached: 0, passed: 5 });
  });

  test('a point that no run reaches is counted and named with its schedule', async () => {
    const result = await enumerate({
      ...options,
      run: async (schedule) => {
        const run = toyRun(schedule);
        const isPair = schedule.faults.length === 2;
        return isPair ? { ...run, bitten: new Set([0]) } : run;
      },
    });
    expect(total(result.pairs)).toEqual({ points: 10, reached: 0, passed: 10 });
    expect(result.failuresTotal).toBe(10);
    expect(result.failures[0]?.unbitten).toEqual([1]);
    expect(result.failures[0]?.schedule.faults).toHaveLength(2);
  });

  test('a run that is not pass is counted and kept with its codes', async () => {
    const result = await enumerate({
      ...without,
      run: async (schedule) => {
        const run = toyRun(schedule);
        const isBad = schedule.faults.some((f) => f.at.step === 'ledger.close');
        return isBad ? { ...run, verdict: 'violated', codes: ['missing'] } : run;
      },
    });
    expect(total(result.single)).toEqual({ points: 5, reached: 5, passed: 3 });
    expect(result).toMatchObject({ failuresTotal: 2, violated: 2 });
    expect(result.failures[0]).toMatchObject({ verdict: 'violated', codes: ['missing'] });
  });

  test('a workload that is not sound without faults is a failure too', async () => {
    const result = await enumerate({
      ...without,
      run: async (schedule) => ({
        ...toyRun(schedule),
        verdict: schedule.faults.length === 0 ? 'inconclusive' : 'pass',
      }),
    });
    expect(result.failuresTotal).toBe(1);
    expect(result.failures[0]?.schedule.faults).toEqual([]);
  });

  test('what was not run because somebody stopped it counts as not reached', async () => {
    let runs = 0;
    const result = await enumerate({
      ...options,
      run: async (schedule) => {
        runs += 1;
        return toyRun(schedule);
      },
      isStopped: () => runs >= 4,
    });
    expect(total(result.single)).toEqual({ points: 5, reached: 1, passed: 1 });
    expect(result.runs).toBe(4);
  });
});

describe('points', () => {
  test('a crash at each of the three, a loss where something is on its way', () => {
    const kinds = pointsOfEffect.map((point) =>
      faultsAt(at('ledger.open', point)).map(({ action }) => action.do),
    );
    expect(kinds).toEqual([['crash', 'lose'], ['crash', 'lose'], ['crash']]);
  });

  test('steps that only look are no points', () => {
    expect(isDurable(at('ledger.intent', 'before'))).toBe(false);
    expect(isDurable(at('broker.fetch', 'before'))).toBe(false);
    expect(isDurable(at('catalog.swing', 'before'))).toBe(true);
  });

  test('a step that no workload takes is missing by name, at each of its points', () => {
    const all = durableSteps.flatMap((step) => pointsOfEffect.map((point) => `${step} ${point}`));
    expect(missingPoints(new Set(all))).toEqual([]);
    const fewer = new Set(all.filter((name) => !name.startsWith('ledger.void')));
    expect(missingPoints(fewer)).toEqual(pointsOfEffect.map((point) => `ledger.void ${point}`));
    expect(missingPoints(new Set())).toHaveLength(all.length);
  });

  test('the bounded workloads have one of each service and two of each', () => {
    const sizes = boundedWorkloads.map(({ schedule: { settings } }) => [
      settings.ingesters,
      settings.offloaders,
      settings.healAfterDrain,
    ]);
    expect(sizes).toContainEqual([1, 1, true]);
    expect(sizes).toContainEqual([2, 2, true]);
  });
});
