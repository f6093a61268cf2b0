import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import {
  type Counterexample,
  CounterexampleError,
  counterexampleOf,
  readCounterexample,
  writeCounterexample,
} from './counterexample.ts';
import { fakeRun, scheduleOf } from './fake-run.test-kit.ts';
import { EndlessRunError } from './kernel/kernel.ts';
import { replay } from './replay.ts';
import { runSchedule } from './run-schedule.ts';
import type { Schedule } from './schedule/schedule.ts';
import { swarmSchedule } from './schedule/swarm.ts';
import { buildPipeline } from './system/pipeline-system.ts';

const folder = mkdtempSync(join(tmpdir(), 'tidemark-replay-'));
afterAll(() => rmSync(folder, { recursive: true }));

const runOf = (schedule: Schedule, everyFaultMustBite: boolean) =>
  runSchedule(schedule, { build: buildPipeline(), everyFaultMustBite });

const about = { origin: 'test', bug: null, everyFaultMustBite: false };
const recorded = (run: Parameters<typeof counterexampleOf>[0], schedule = scheduleOf()) =>
  counterexampleOf(run, { ...about, schedule });

describe('a replay', () => {
  test('of a file is the run that was recorded, byte for byte, on 20 seeds', async () => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const schedule = swarmSchedule(seed);
      const path = join(folder, `${seed}.json`);
      const run = await runOf(schedule, false);
      writeCounterexample(path, recorded(run, schedule));
      const again = await replay(path, readCounterexample(path), runOf);
      expect(again.sameHistory).toBe(true);
      expect(again.run.history).toEqual(run.history);
      expect(again.verdict).toBe(run.judgement.verdict);
    }
  });

  test('gives the verdict of the run', async () => {
    const run = fakeRun({ codes: ['missing'] });
    const result = await replay('f', recorded(run), async () => run);
    expect(result).toMatchObject({ verdict: 'violated', codes: ['missing'], sameHistory: true });
  });

  test('that gives another history knows nothing, whatever it shows', async () => {
    const counterexample = recorded(fakeRun({ codes: ['missing'] }));
    for (const codes of [[], ['missing']]) {
      const other = fakeRun({ codes, facts: [{ type: 'phase', phase: 'end' }] });
      const result = await replay('f', counterexample, async () => other);
      expect(result).toMatchObject({ verdict: 'inconclusive', sameHistory: false });
    }
  });

  test('hands on whether every fault has to strike', async () => {
    const seen: boolean[] = [];
    const run = fakeRun();
    for (const everyFaultMustBite of [true, false]) {
      const counterexample: Counterexample = { ...recorded(run), everyFaultMustBite };
      await replay('f', counterexample, async (_schedule, every) => {
        seen.push(every);
        return run;
      });
    }
    expect(seen).toEqual([true, false]);
  });

  test('of a schedule that never ends is refused, unless it was recorded like that', async () => {
    const endless = fakeRun({
      verdict: 'inconclusive',
      codes: ['run-incomplete'],
      facts: [{ type: 'phase', phase: 'safety' }],
      failure: new EndlessRunError('the run did not end within 9 events'),
    });
    const honest = await replay('f', recorded(endless), async () => endless);
    expect(honest.verdict).toBe('inconclusive');
    const lying = recorded(fakeRun());
    const refused = replay('evil.json', lying, async () => endless);
    await expect(refused).rejects.toThrow(CounterexampleError);
    await expect(refused).rejects.toThrow('evil.json cannot be replayed: the run did not end');
  });
});
