/** Contestants take turns, so that a drift of the machine hits all of them. */
import { expect, test } from 'vitest';
import { type Contestant, interleave } from './rounds.ts';

const contestant = (what: string, log: string[]): Contestant => ({
  what,
  unit: 'ms',
  records: null,
  run: async (round) => {
    log.push(`${what}${round}`);
    return { value: round, cpuUs: {} };
  },
});

test('every round has all contestants, and another one begins', async () => {
  const log: string[] = [];
  const all = ['a', 'b', 'c'].map((what) => contestant(what, log));
  const measured = await interleave(all, 3, () => undefined);
  expect(log).toEqual(['a1', 'b1', 'c1', 'b2', 'c2', 'a2', 'c3', 'a3', 'b3']);
  expect(measured.map(({ what }) => what)).toEqual(['a', 'b', 'c']);
  expect(measured[2]!.samples.map(({ value }) => value)).toEqual([1, 2, 3]);
});

test('a contestant that fails ends the lane with its error', async () => {
  const failing: Contestant = {
    ...contestant('b', []),
    run: () => Promise.reject(new Error('b: 9 rows of 10 records')),
  };
  await expect(interleave([failing], 3, () => undefined)).rejects.toThrow('9 rows of 10');
});
