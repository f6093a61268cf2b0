/**
 * The foil's ingest is at least once at best: what dies between insert and offsets is inserted
 * again, and what does not decode is nowhere.
 */
import { describe, expect, test } from 'vitest';
import { runSchedule } from '../simulation/run-schedule.ts';
import type { Fault } from '../simulation/schedule/schedule.ts';
import { buildFoil } from './foil.ts';
import { bronzeCopies, coldCopies, named, upTo } from './foil-history.test-kit.ts';
import { foilSchedule, paced } from './foil-schedule.ts';

const build = buildFoil({ gold: false });

const atInsert = (point: Fault['at']['point'], action: Fault['action']): Fault => ({
  at: { process: 'ingest-1', step: 'store.insert-trades', occurrence: 1, point },
  action,
});

async function runWith(fault: Fault) {
  return runSchedule(foilSchedule(paced([30]), [fault]), { build, everyFaultMustBite: true });
}

const all = upTo(0, 29);

describe('ingest of the foil', () => {
  test.each([
    ['a crash after the insert', atInsert('answered', { do: 'crash', restartMs: 1_000 })],
    ['a lost answer', atInsert('applied-unanswered', { do: 'lose', afterMs: 100 })],
  ])('%s doubles the block, in bronze and in the lake', async (_what, fault) => {
    const { history, judgement } = await runWith(fault);
    expect([...bronzeCopies(history)]).toEqual(all.map((n) => [n, 2]));
    expect([...coldCopies(history)]).toEqual(all.map((n) => [n, 2]));
    expect(named(history, judgement.findings, 'duplicate', 'bronze')).toEqual(all);
  });

  test('a crash before the insert costs nothing', async () => {
    const { history, judgement } = await runWith(
      atInsert('before', { do: 'crash', restartMs: 1_000 }),
    );
    expect([...bronzeCopies(history)]).toEqual(all.map((n) => [n, 1]));
    expect(judgement.verdict).toBe('pass');
  });

  test('a deleted group reads the topic again from its beginning', async () => {
    const { history } = await runSchedule(
      foilSchedule(paced([30, 30]), [
        {
          at: {
            process: 'ingest-1',
            step: 'broker.publish-progress',
            occurrence: 1,
            point: 'answered',
          },
          action: { do: 'environment', what: 'broker-forgets-group', n: 0 },
        },
        atInsert('answered', { do: 'crash', restartMs: 1_000 }),
      ]),
      { build, everyFaultMustBite: false },
    );
    expect([...bronzeCopies(history).keys()]).toEqual(upTo(0, 59));
    expect(bronzeCopies(history).get(0)).toBeGreaterThan(1);
  });

  test('what does not decode is in no table at all', async () => {
    const item = { do: 'send', afterMs: 30_000, partition: 0, trades: 3, malformed: 2 } as const;
    const schedule = foilSchedule([item, ...paced([30])]);
    const { history, judgement } = await runSchedule(schedule, { build, everyFaultMustBite: true });
    expect(named(history, judgement.findings, 'missing', 'dead-letters')).toEqual([3, 4]);
    expect([...bronzeCopies(history)].some(([n]) => n === 3 || n === 4)).toBe(false);
  });
});
