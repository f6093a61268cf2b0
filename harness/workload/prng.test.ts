import { expect, test } from 'vitest';
import { Prng } from './prng.ts';

test('the same seed gives the same numbers for ever', () => {
  const prng = new Prng(1);
  expect(Array.from({ length: 4 }, () => prng.next32())).toEqual([
    573063952, 3268221502, 703077755, 2308299391,
  ]);
});

test('near seeds and the halves of a large seed give other numbers', () => {
  const firsts = [0, 1, 2, 2 ** 32, 2 ** 32 + 1, -1].map((seed) => new Prng(seed).next32());
  expect(new Set(firsts).size).toBe(firsts.length);
  expect(() => new Prng(0.5)).toThrow(RangeError);
});

test('numbers are spread evenly', () => {
  const prng = new Prng(9);
  const counts = new Array<number>(16).fill(0);
  for (let i = 0; i < 160_000; i += 1) counts[prng.below(16)]! += 1;
  expect(Math.min(...counts)).toBeGreaterThan(9500);
  expect(Math.max(...counts)).toBeLessThan(10_500);
  for (let i = 0; i < 1000; i += 1) {
    const drawn = prng.logUniform(16, 16_384);
    expect(drawn >= 16 && drawn < 16_384).toBe(true);
  }
});
