import { describe, expect, test } from 'vitest';
import { TidemarkError } from '../../src/pipeline/errors.ts';
import { Kernel } from '../simulation/kernel/kernel.ts';
import type { Life } from '../simulation/kernel/process.ts';
import { Supervisor } from '../simulation/kernel/supervisor.ts';
import { ScriptRuns } from './script-runs.ts';

function make() {
  const kernel = new Kernel([]);
  const supervisor = new Supervisor(kernel, () => undefined);
  const scripts = new ScriptRuns(supervisor, 'job');
  const until = (ms: number) => kernel.run(ms, () => false);
  return { scripts, supervisor, until };
}

const sleeps =
  (ms: number, done: string[] = []) =>
  async (life: Life) => {
    await life.clock.sleep(ms);
    done.push(life.process);
  };

describe('scripts as processes of their own', () => {
  test('a script runs until it ends, well or with an error', async () => {
    const { scripts, until } = make();
    const good = scripts.start(sleeps(10));
    const bad = scripts.start(async () => {
      throw new TidemarkError('refused', 'no');
    });
    await until(5);
    expect([scripts.state(good), scripts.state(bad), scripts.running]).toEqual([
      'running',
      'failed',
      1,
    ]);
    await until(20);
    expect([scripts.state(good), scripts.running]).toEqual(['succeeded', 0]);
  });

  test('one that was killed has failed and does not come back, however often it is started', async () => {
    const { scripts, supervisor, until } = make();
    const done: string[] = [];
    const number = scripts.start(sleeps(10, done));
    await until(5);
    scripts.kill(number);
    expect(scripts.state(number)).toBe('failed');
    supervisor.heal();
    await until(100);
    expect([scripts.state(number), done]).toEqual(['failed', []]);
  });

  test('one that has ended keeps its outcome when a supervisor starts it again', async () => {
    const { scripts, supervisor, until } = make();
    const done: string[] = [];
    const number = scripts.start(sleeps(10, done));
    await until(20);
    scripts.kill(number);
    supervisor.heal();
    await until(100);
    expect([scripts.state(number), done]).toEqual(['succeeded', ['job-1']]);
  });

  test('a defect of the simulation is no outcome of a script', async () => {
    const { scripts, until } = make();
    scripts.start(async (life) => {
      await life.clock.sleep(1);
      throw new TypeError('a bug');
    });
    await expect(until(10)).rejects.toThrow('a bug');
  });
});
