import { describe, expect, test } from 'vitest';
import { scheduleOf } from './fake-run.test-kit.ts';
import type { Life } from './kernel/process.ts';
import { runSchedule } from './run-schedule.ts';
import type { Fault, Schedule } from './schedule/schedule.ts';
import type { BuildSystem } from './system/system.ts';

interface Toy {
  /** Writes that have to arrive; each is one request. */
  readonly writes: number;
  readonly onWrite?: () => void;
  readonly main?: (life: Life) => Promise<void>;
}

/** A writer that repeats a write until it was answered. */
const toy =
  ({ writes, onWrite, main }: Toy): BuildSystem =>
  (parts) => {
    let written = 0;
    parts.supervisor.add('writer', async (life) => {
      await main?.(life);
      while (written < writes) {
        await life.clock.sleep(100);
        try {
          await parts.remote(life).call('store.insert-trades', () => {
            onWrite?.();
            written += 1;
          });
        } catch {
          await life.clock.sleep(1_000);
        }
      }
    });
    return {
      configuration: { name: 'toy', allowed: [], hasLedger: false },
      workloadDone: () => true,
      behind: () => (written < writes ? [`${written} of ${writes}`] : []),
      skewLedgerClock: () => undefined,
      onRestart: () => undefined,
      onHeal: () => undefined,
      environment: () => undefined,
    };
  };

const fault = (action: Fault['action'], occurrence = 1, process = 'writer'): Fault => ({
  at: { process, step: 'store.insert-trades', occurrence, point: 'before' },
  action,
});

const run = (build: BuildSystem, schedule: Partial<Schedule> = {}, everyFaultMustBite = true) =>
  runSchedule(scheduleOf(schedule), { build, everyFaultMustBite });

const timeline = ({ history }: Awaited<ReturnType<typeof run>>) =>
  history.events.flatMap((event) => {
    if (event.type === 'phase') return [`${event.phase} ${Math.floor(event.atMs)}`];
    if (event.type === 'fault') return [`fault ${event.fault} ${Math.floor(event.atMs)}`];
    if (event.type === 'process') return [`${event.state} ${Math.floor(event.atMs)}`];
    return [];
  });

const codes = ({ judgement }: Awaited<ReturnType<typeof run>>) =>
  judgement.findings.map(({ code }) => code);

const healAfterDrain = { settings: { ...scheduleOf().settings, healAfterDrain: true } };

describe('the phases of a run', () => {
  test('the heal comes when every fault has struck and is over', async () => {
    const pause = fault({ do: 'pause', ms: 30_000 });
    expect(timeline(await run(toy({ writes: 2 }), { faults: [pause] }))).toEqual([
      'safety 0',
      'started 0',
      'fault 0 100',
      'paused 100',
      'woken 30100',
      'heal 30100',
      'liveness 30100',
      'stopped 30201',
      'end 30201',
    ]);
  });

  test('the heal wakes who stands still and starts who is dead, and the drain goes on from there', async () => {
    const long = { do: 'crash', restartMs: 500_000 } as const;
    const result = await run(toy({ writes: 1 }), { faults: [fault(long)] });
    expect(timeline(result)).toEqual([
      'safety 0',
      'started 0',
      'fault 0 100',
      'crashed 100',
      'heal 100',
      'started 100',
      'liveness 100',
      'stopped 200',
      'end 200',
    ]);
  });

  test('with the heal after the drain the system has to recover by itself', async () => {
    const crash = fault({ do: 'crash', restartMs: 5_000 });
    expect(timeline(await run(toy({ writes: 1 }), { ...healAfterDrain, faults: [crash] }))).toEqual(
      [
        'safety 0',
        'started 0',
        'fault 0 100',
        'crashed 100',
        'started 5100',
        'stopped 5200',
        'heal 6200',
        'started 6200',
        'liveness 6200',
        'stopped 6200',
        'end 6200',
      ],
    );
  });

  test('what was delayed on purpose is waited for, so that it can do its harm', async () => {
    const times: number[] = [];
    let now = () => 0;
    const late = fault({ do: 'duplicate', afterMs: 90_000 });
    const build: BuildSystem = (parts) => {
      now = () => parts.kernel.nowMs;
      return toy({ writes: 1, onWrite: () => times.push(Math.floor(now())) })(parts);
    };
    const result = await run(build, { faults: [late] });
    expect(times).toEqual([100, 90_100]);
    expect(timeline(result).at(-1)).toBe('end 90300');
  });

  test.each([
    ['in time', 290_000, 'nothing'],
    ['too slowly', 310_000, 'recovery-too-slow'],
    ['never', 1_000_000, 'did-not-converge'],
  ])('a system that drains %s is told so', async (_how, ms, code) => {
    const slow = toy({ writes: 1, main: (life) => life.clock.sleep(3_000 + ms) });
    const found = codes(await run(slow)).filter((one) => one !== 'nothing-checked');
    expect(found).toEqual(code === 'nothing' ? [] : [code]);
  });

  test('the time in which a late message is waited for is no part of the drain', async () => {
    const faults = [fault({ do: 'duplicate', afterMs: 400_000 })];
    const { history } = await run(toy({ writes: 1 }), { faults });
    const drained = history.events.find(({ type }) => type === 'drained');
    expect(drained).toMatchObject({ tookMs: 0, behind: [] });
  });
});

describe('faults that find no place', () => {
  test('are missed when they were promised, and not when they were drawn', async () => {
    const faults = [fault({ do: 'crash', restartMs: 1 }, 50)];
    expect(codes(await run(toy({ writes: 1 }), { faults }))).toContain('fault-not-observed');
    expect(codes(await run(toy({ writes: 1 }), { faults }, false))).not.toContain(
      'fault-not-observed',
    );
  });

  test('at a step that nobody takes do not keep the run from its end', async () => {
    const faults = [fault({ do: 'crash', restartMs: 1 }, 1, 'nobody')];
    const result = await run(toy({ writes: 3 }), { faults });
    expect(result.bitten.size).toBe(0);
    expect(timeline(result).at(-1)).toMatch(/^end 3/);
  });
});

describe('a run in which the simulation fails', () => {
  test('is judged up to there, says so, and never passes', async () => {
    const broken = toy({
      writes: 3,
      onWrite: () => {
        throw new TypeError('x is not a function');
      },
    });
    const result = await run(broken);
    expect(result.failure?.message).toBe('x is not a function');
    expect(result.judgement.verdict).toBe('inconclusive');
    expect(result.judgement.findings.at(-1)).toMatchObject({
      code: 'run-incomplete',
      message: 'the run ended before its end: x is not a function',
    });
    expect(result.history.events.at(-1)).toMatchObject({
      type: 'service-failed',
      process: 'simulation',
    });
  });

  test('a loop that waits for nothing but time is cut off', async () => {
    const build = toy({
      writes: 1,
      main: async (life) => {
        for (;;) await life.clock.sleep(0);
      },
    });
    const options = { build, everyFaultMustBite: true, eventsMax: 500 };
    const result = await runSchedule(scheduleOf(), options);
    expect(result.failure?.message).toBe('the run did not end within 500 events');
    expect(codes(result)).toContain('run-incomplete');
  });
});

test('a traced run is the same run, and keeps its points', async () => {
  const faults = [fault({ do: 'lose', afterMs: 10 }, 2)];
  const schedule = scheduleOf({ faults });
  const options = { build: toy({ writes: 3 }), everyFaultMustBite: true };
  const plain = await runSchedule(schedule, options);
  const traced = await runSchedule(schedule, { ...options, traced: true });
  expect(traced.history).toEqual(plain.history);
  expect(plain.trace).toBe(null);
  expect(traced.trace?.pointsAtStrike.get(0)).toBe(4);
});
