import { describe, expect, test } from 'vitest';
import type { Fault } from '../schedule/schedule.ts';
import { FaultBook } from './fault-book.ts';
import { fault, smallWorld } from './small-world.test-kit.ts';

const lose = { do: 'lose', afterMs: 1 } as const;

/** Which faults a process meets when it takes the step so many times. */
function met(book: FaultBook, times: number, process = 'client', step = 'store.write'): number[] {
  const found: number[] = [];
  for (let i = 0; i < times; i += 1) {
    const taken = book.take(process, step);
    for (const struck of book.pass(taken, taken.count, 'before', true)) {
      if (book.strike(struck.fault)) found.push(taken.count);
    }
  }
  return found;
}

describe('fault book', () => {
  test('a fault waits for its process, its step and its occurrence, and strikes once', () => {
    const book = new FaultBook([fault('before', lose, { occurrence: 3 })]);
    expect(met(book, 5, 'other')).toEqual([]);
    expect(met(book, 5, 'client', 'store.read')).toEqual([]);
    expect(book.allBitten).toBe(false);
    expect(met(book, 2)).toEqual([]);
    expect(met(book, 5)).toEqual([3]);
    expect([...book.bitten]).toEqual([0]);
    expect(book.allBitten).toBe(true);
    expect(Object.fromEntries(book.counts)).toEqual({
      'other store.write': 5,
      'client store.read': 5,
      'client store.write': 7,
    });
  });

  test('occurrences are counted over all lives of a process', async () => {
    const world = smallWorld([
      fault('before', { do: 'crash', restartMs: 10 }),
      fault('before', { do: 'crash', restartMs: 10 }, { occurrence: 2 }),
    ]);
    world.supervisor.add('client', world.write());
    await world.runFor(1_000);
    expect([...world.book.bitten]).toEqual([0, 1]);
    expect(world.states()).toEqual([
      'started',
      'crashed',
      'started',
      'crashed',
      'started',
      'stopped',
    ]);
    expect(world.told).toEqual(['written at 20.75']);
  });

  test('several faults at one point strike in their order', async () => {
    const world = smallWorld([
      fault('before', { do: 'environment', what: 'ledger-backup', n: 1 }),
      fault('before', { do: 'environment', what: 'ledger-restore', n: 2 }),
    ]);
    world.supervisor.add('client', world.write());
    await world.runFor(1);
    expect(world.happened.slice(0, 2)).toEqual(['ledger-backup 1 at 0', 'ledger-restore 2 at 0']);
  });

  test('after the heal nothing strikes any more', () => {
    const book = new FaultBook([fault('before', lose)]);
    book.heal();
    expect(met(book, 3)).toEqual([]);
    expect(book.strike(0)).toBe(false);
  });

  test('a trace has the points of the living up to the heal, and where each fault struck', async () => {
    const faults: Fault[] = [
      fault('applied-unanswered', { do: 'crash', restartMs: 10 }),
      fault('answered', { do: 'environment', what: 'ledger-backup', n: 0 }, { occurrence: 2 }),
    ];
    const world = smallWorld(faults, [], true);
    world.supervisor.add('client', world.write());
    world.supervisor.add('other', world.write('ledger.write'));
    await world.runFor(1_000);
    const { points, pointsAtStrike } = world.book.trace!;
    expect(
      points.map(({ process, occurrence, point }) => `${process} ${occurrence} ${point}`),
    ).toEqual([
      'client 1 before',
      'other 1 before',
      'client 1 applied-unanswered',
      'other 1 applied-unanswered',
      'other 1 answered',
      'client 2 before',
      'client 2 applied-unanswered',
      'client 2 answered',
    ]);
    expect([...pointsAtStrike]).toEqual([
      [0, 3],
      [1, 8],
    ]);
    world.book.heal();
    met(world.book, 3);
    expect(world.book.trace!.points).toHaveLength(8);
  });

  test('a run that is not traced keeps no points', () => {
    expect(new FaultBook([]).trace).toBe(null);
  });
});
