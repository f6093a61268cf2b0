/** The middle is the middle, and nothing measured is never a number. */
import { describe, expect, test } from 'vitest';
import { quantileOf, spreadOf } from './statistics.ts';

describe('statistics', () => {
  test('one disturbed round does not move the median', () => {
    expect(spreadOf([5, 900, 4])).toEqual({ min: 4, median: 5, max: 900 });
    expect(spreadOf([1, 3, 2, 10])).toEqual({ min: 1, median: 2.5, max: 10 });
  });

  test('nothing measured is an error, not zero', () => {
    expect(() => spreadOf([])).toThrow(RangeError);
    expect(() => quantileOf([{ value: 1, weight: 0 }], 0.5)).toThrow(RangeError);
  });

  test('a quantile counts records, not sends', () => {
    const sends = [
      { value: 300, weight: 1 },
      { value: 10, weight: 98 },
      { value: 20, weight: 1 },
    ];
    expect(quantileOf(sends, 0.5)).toBe(10);
    expect(quantileOf(sends, 0.99)).toBe(20);
    expect(quantileOf(sends, 1)).toBe(300);
  });
});
