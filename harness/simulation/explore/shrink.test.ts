import { describe, expect, test } from 'vitest';
import { scheduleOf } from '../fake-run.test-kit.ts';
import type { Fault, Schedule, WorkloadItem } from '../schedule/schedule.ts';
import { swarmSchedule } from '../schedule/swarm.ts';
import { shrink, shrinkRunsMax } from './shrink.ts';

const send = (trades: number, afterMs = 70): WorkloadItem => ({
  do: 'send',
  afterMs,
  partition: 1,
  trades,
  malformed: 2,
});
const at = (step: string, occurrence: number): Fault => ({
  at: { process: 'ingest-1', step, occurrence, point: 'before' },
  action: { do: 'crash', restartMs: 500 },
});

const large: Schedule = scheduleOf({
  settings: { ...scheduleOf().settings, partitions: 3, ingesters: 2, offloaders: 2 },
  workload: [send(1), send(9), { do: 'transaction', afterMs: 5, trades: 4, end: 'abort' }, send(5)],
  choices: [1, 0, 7, 7, 3, 0, 2],
  faults: [at('ledger.open', 1), at('ledger.close', 3), at('store.fence', 1), at('ledger.head', 2)],
});

describe('shrink', () => {
  test('finds the smallest schedule: fewer elements, lower numbers, fewer processes', async () => {
    const fails = async ({ workload, choices, faults, settings }: Schedule) =>
      workload.some((item) => item.do === 'send' && item.trades >= 3) &&
      choices.some((choice) => choice >= 5) &&
      faults.some((fault) => fault.at.step === 'ledger.close' && fault.at.occurrence >= 2) &&
      settings.offloaders === 2;
    const { schedule, runs } = await shrink(large, fails);
    expect(schedule).toEqual({
      version: 1,
      settings: { ...large.settings, partitions: 1, ingesters: 1, offloaders: 2 },
      workload: [{ do: 'send', afterMs: 0, partition: 0, trades: 3, malformed: 0 }],
      choices: [5],
      faults: [at('ledger.close', 2)],
    });
    expect(runs).toBeLessThan(200);
  });

  test('keeps elements that are only needed together, and their order', async () => {
    const fails = async ({ faults }: Schedule) => {
      const steps = faults.map(({ at }) => at.step);
      const [first, second] = [steps.indexOf('ledger.open'), steps.indexOf('store.fence')];
      return first >= 0 && second > first;
    };
    const { schedule } = await shrink(large, fails);
    expect(schedule.faults).toEqual([at('ledger.open', 1), at('store.fence', 1)]);
    expect(schedule.workload).toEqual([]);
  });

  test('a choice keeps its place; those that do not matter become 0 or go', async () => {
    const drawn = Array.from({ length: 240 }, (_, index) => 1 + (index % 7));
    const choices = drawn.with(60, 7).with(199, 7);
    const fails = async ({ choices: left }: Schedule) =>
      (left[60] ?? 0) >= 3 && (left[199] ?? 0) >= 6;
    const { schedule, runs } = await shrink({ ...large, choices }, fails);
    expect(schedule.choices).toHaveLength(200);
    expect(schedule.choices.flatMap((choice, at) => (choice > 0 ? [[at, choice]] : []))).toEqual([
      [60, 3],
      [199, 6],
    ]);
    expect(runs).toBeLessThan(shrinkRunsMax);
  });

  test('the same schedule and failure shrink to the same', async () => {
    const drawn = swarmSchedule(34);
    const fails = async ({ workload }: Schedule) => workload.length >= 2;
    expect(await shrink(drawn, fails)).toEqual(await shrink(drawn, fails));
  });

  test('a schedule that does not fail, or cannot get smaller, comes back as it is', async () => {
    expect((await shrink(large, async () => false)).schedule).toEqual(large);
    const smallest = scheduleOf({
      settings: { ...large.settings, partitions: 1, ingesters: 1, offloaders: 1 },
    });
    expect((await shrink(smallest, async () => true)).schedule).toEqual(smallest);
  });

  test('costs a bounded number of runs whatever fails', async () => {
    let runs = 0;
    const workload = Array.from({ length: 200 }, (_, index) => send(500 + index, 30_000 + index));
    const huge = scheduleOf({ workload, choices: Array.from({ length: 200 }, () => 6) });
    await shrink(huge, async ({ workload: items }) => {
      runs += 1;
      return items.length >= 150 && items.every((item) => item.trades > 400);
    });
    expect(runs).toBeLessThanOrEqual(shrinkRunsMax);
  });
});
