/** The canary: an anomaly at a random place of a sound history is heard, and only where it is. */
import { describe, expect, test } from 'vitest';
import { sendCanary } from './canary.ts';

describe('a canary', () => {
  test.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])('of seed %i is heard', async (seed) => {
    const canary = await sendCanary(seed);
    expect(canary.heard, JSON.stringify(canary)).toBe(true);
  });

  test('sings in every voice within a few seeds', async () => {
    const codes = new Set<string>();
    for (let seed = 1; seed <= 30; seed += 1) codes.add((await sendCanary(seed)).planted.code);
    expect([...codes].sort()).toEqual(['altered', 'duplicate', 'missing']);
  });

  test('is not heard where nothing was planted', async () => {
    const { planted, reported } = await sendCanary(1);
    const elsewhere = reported.filter((name) => name.startsWith(`${planted.code} `));
    expect(new Set(elsewhere)).toEqual(new Set([`${planted.code} ${planted.at}`]));
  });
});
