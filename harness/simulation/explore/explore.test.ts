import { describe, expect, test } from 'vitest';
import { fakeRun } from '../fake-run.test-kit.ts';
import type { Run } from '../run-schedule.ts';
import type { Schedule } from '../schedule/schedule.ts';
import { swarmSchedule } from '../schedule/swarm.ts';
import { type ExploreOptions, explore, findingsKeptMax } from './explore.ts';
import { expectedMarks, type Marks } from './marks.ts';
import { explorationVerdict, seedsThatMeetEverything } from './verdict.ts';

const allMarks = (): Marks => new Map(expectedMarks.map((name) => [name, 1]));
const text = (schedule: Schedule) => JSON.stringify(schedule);

function exploring(options: Partial<ExploreOptions> = {}) {
  let now = 0;
  return explore({
    seedFirst: 1,
    seeds: 100,
    msMax: null,
    marks: allMarks(),
    run: async () => fakeRun(),
    monotonicMs: () => {
      now += 10;
      return now;
    },
    breathe: async () => undefined,
    ...options,
  });
}

describe('an exploration', () => {
  test('runs each seed once and counts what was done', async () => {
    const seen: string[] = [];
    const result = await exploring({
      seedFirst: 7,
      seeds: 3,
      run: async (schedule) => {
        seen.push(text(schedule));
        return fakeRun();
      },
    });
    expect(seen).toEqual([7, 8, 9].map((seed) => text(swarmSchedule(seed))));
    expect(result).toMatchObject({ seedFirst: 7, seeds: 3, end: 'complete', steps: 180 });
    expect(result).toMatchObject({ virtualMs: 15_000, violated: 0, inconclusive: 0 });
    expect(explorationVerdict(result)).toEqual({ verdict: 'pass', reasons: [] });
  });

  test('reports a finding with its seed, codes, messages and schedule, and goes on', async () => {
    const bad = text(swarmSchedule(12));
    const odd = text(swarmSchedule(14));
    const result = await exploring({
      seeds: 20,
      run: async (schedule) => {
        if (text(schedule) === bad) return fakeRun({ codes: ['missing', 'duplicate', 'missing'] });
        if (text(schedule) === odd) return fakeRun({ verdict: 'inconclusive', idle: ['rows'] });
        return fakeRun();
      },
    });
    expect(result).toMatchObject({ seeds: 20, violated: 1, inconclusive: 1 });
    expect(result.findings.map(({ seed, verdict, codes }) => [seed, verdict, codes])).toEqual([
      [12, 'violated', ['duplicate', 'missing']],
      [14, 'inconclusive', ['nothing-checked']],
    ]);
    expect(result.findings[0]?.messages[0]).toBe('missing: missing was found');
    expect(result.findings[1]?.messages).toEqual(['nothing-checked: rows looked at nothing']);
    expect(result.findings[0]?.schedule).toEqual(swarmSchedule(12));
    expect(explorationVerdict(result)).toEqual({
      verdict: 'violated',
      reasons: ['1 run violated a guarantee', '1 run could not be judged'],
    });
  });

  test('keeps the first findings and counts all of them', async () => {
    const run = async () => fakeRun({ codes: ['missing'] });
    const result = await exploring({ seeds: 30, run });
    expect(result.findings).toHaveLength(findingsKeptMax);
    expect(result.violated).toBe(30);
  });

  test('its hash covers every field of every event in the order of the seeds', async () => {
    const withFact = (run: Run, offsetNext: number): Run => {
      const event = { seq: 1, atMs: 1, type: 'head', layer: 'bronze', topicId: 't' } as const;
      const events = [{ ...event, partition: 0, offsetNext }];
      return { ...run, history: { ...run.history, events } };
    };
    const hashes = async (offsets: readonly number[]) => {
      const left = [...offsets];
      const run = async () => withFact(fakeRun(), left.shift()!);
      return (await exploring({ seeds: offsets.length, run })).journalHash;
    };
    const hash = await hashes([1, 2, 3]);
    expect(await hashes([1, 2, 3])).toBe(hash);
    const others = await Promise.all(
      [
        [1, 2, 4],
        [2, 1, 3],
        [1, 2],
      ].map(hashes),
    );
    expect(new Set([hash, ...others]).size).toBe(4);
  });

  test('that is stopped tells how far it came and is inconclusive', async () => {
    let runs = 0;
    const result = await exploring({
      run: async () => {
        runs += 1;
        return fakeRun();
      },
      isStopped: () => runs === 40,
    });
    expect(result).toMatchObject({ seeds: 40, end: 'stopped' });
    expect(explorationVerdict(result)).toEqual({
      verdict: 'inconclusive',
      reasons: ['it was interrupted after 40 seeds'],
    });
    const none = await exploring({ isStopped: () => true });
    expect(explorationVerdict(none).reasons).toContain('no seed was run');
  });

  test('that was given minutes ends with them, and that is no reason against it', async () => {
    const result = await exploring({ msMax: 500 });
    expect(result.end).toBe('time');
    expect(result.seeds).toBeGreaterThan(10);
    expect(result.seeds).toBeLessThan(100);
    expect(explorationVerdict(result).verdict).toBe('pass');
  });

  test('lets others have their turn at its start and every 25 runs', async () => {
    let breaths = 0;
    const breathe = async () => {
      breaths += 1;
    };
    await exploring({ breathe });
    expect(breaths).toBe(4);
  });
});

describe('an exploration that saw nothing', () => {
  test('of a size at which everything is met is inconclusive, and what it missed is named', async () => {
    const marks = allMarks();
    marks.delete('log batch.doubt');
    marks.delete('log lease.lost');
    const profile = { faultsMax: 0 };
    const seeds = seedsThatMeetEverything;
    const result = await exploring({ seeds, marks, profile });
    expect(result.missingMarks).toEqual(['log lease.lost', 'log batch.doubt']);
    expect(explorationVerdict(result)).toEqual({
      verdict: 'inconclusive',
      reasons: [`${seeds} seeds never met log lease.lost, log batch.doubt: they did not explore`],
    });
  });

  test('that is smaller may miss some, and still names them', async () => {
    const result = await exploring({ seeds: 20, marks: new Map(), profile: { faultsMax: 0 } });
    expect(result.missingMarks).toEqual(expectedMarks);
    expect(explorationVerdict(result).verdict).toBe('pass');
  });

  test('a fault counts as met only when it struck', async () => {
    const marks: Marks = new Map();
    await exploring({ seeds: 200, marks, profile: { kinds: ['crash'] } });
    expect(marks.size).toBe(0);
    const run = async () => fakeRun({ bitten: [0] });
    const profile = { kinds: ['crash'], faultsMax: 6 };
    const struck = { ...profile, faultsMax: 0 };
    await exploring({ seeds: 1, marks, profile: struck });
    for (let seed = 1; seed <= 50; seed += 1) {
      if (swarmSchedule(seed, profile).faults.length === 0) continue;
      await exploring({ seedFirst: seed, seeds: 1, marks, profile, run });
    }
    expect([...marks.keys()].filter((name) => name.startsWith('fault '))).toEqual(['fault crash']);
  });
});
