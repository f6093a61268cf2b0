import { describe, expect, test } from 'vitest';
import { runSchedule } from '../run-schedule.ts';
import { buildPipeline } from '../system/pipeline-system.ts';
import { faultKinds } from './draw-fault.ts';
import { scheduleSchema } from './schedule-schema.ts';
import { stepNames } from './steps.ts';
import { swarmSchedule } from './swarm.ts';

const seeds = Array.from({ length: 2_000 }, (_, index) => index + 1);

const kindOf = (action: ReturnType<typeof swarmSchedule>['faults'][number]['action']) =>
  action.do === 'environment' ? action.what : action.do;

describe('the schedules of seeds 1 to 2,000', () => {
  test('are the same for the same seed, and differ from seed to seed', () => {
    const texts = seeds.map((seed) => JSON.stringify(swarmSchedule(seed)));
    expect(seeds.map((seed) => JSON.stringify(swarmSchedule(seed)))).toEqual(texts);
    expect(new Set(texts).size).toBe(seeds.length);
  });

  test('draw every kind of fault', () => {
    const drawn = new Set(
      seeds.flatMap((seed) => swarmSchedule(seed).faults.map((f) => kindOf(f.action))),
    );
    expect(faultKinds.filter((kind) => !drawn.has(kind as never))).toEqual([]);
  });

  test('could all be read from a file', () => {
    const refused = seeds.flatMap((seed) => {
      const parsed = scheduleSchema.safeParse(JSON.parse(JSON.stringify(swarmSchedule(seed))));
      return parsed.success ? [] : [{ seed, issue: parsed.error.issues[0] }];
    });
    expect(refused).toEqual([]);
  });

  test('leave most kinds out in each run, so that the others are met more deeply', () => {
    const kinds = seeds.map(
      (seed) => new Set(swarmSchedule(seed).faults.map((f) => kindOf(f.action))).size,
    );
    expect(Math.max(...kinds)).toBeLessThanOrEqual(7);
    expect(kinds.filter((count) => count === 0).length).toBeLessThan(seeds.length / 4);
  });
});

test('a restore is never drawn without a backup before it', () => {
  for (const seed of seeds) {
    const kinds = swarmSchedule(seed).faults.map((f) => kindOf(f.action));
    if (kinds.includes('ledger-restore')) expect(kinds[0]).toBe('ledger-backup');
  }
});

test('a profile narrows what is drawn', () => {
  const profile = { kinds: ['crash'], faultsMax: 1, settings: { partitions: 3 } };
  for (const seed of seeds.slice(0, 200)) {
    const { faults, settings } = swarmSchedule(seed, profile);
    expect(settings.partitions).toBe(3);
    expect(faults.length).toBeLessThanOrEqual(1);
    for (const { action } of faults) expect(action.do).toBe('crash');
  }
  expect(() => swarmSchedule(3, { kinds: ['earthquake'] })).toThrow('earthquake');
});

test('every step that a process takes is one that a fault may name', async () => {
  const build = buildPipeline();
  const unknown = new Set<string>();
  for (const seed of seeds.slice(0, 150)) {
    const run = await runSchedule(swarmSchedule(seed), { build, everyFaultMustBite: false });
    for (const name of run.steps.keys()) {
      const step = name.split(' ')[1]!;
      if (!stepNames.has(step)) unknown.add(step);
    }
  }
  expect([...unknown]).toEqual([]);
});
