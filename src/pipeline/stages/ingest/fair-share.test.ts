/** Shares of a group: all partitions are given out, and no two members differ by more than one. */
import { describe, expect, test } from 'vitest';
import { fairShare } from './fair-share.ts';

const shares = (partitions: number, members: number) =>
  Array.from({ length: members }, (_, rank) => fairShare(partitions, { members, rank }));

describe('fair share', () => {
  test('a third ingester on four partitions gets one', () => {
    expect(shares(4, 3)).toEqual([2, 1, 1]);
  });

  test('more ingesters than partitions: some wait', () => {
    expect(shares(2, 4)).toEqual([1, 1, 0, 0]);
  });

  test('every partition is given out once, whatever the numbers', () => {
    for (let partitions = 1; partitions <= 40; partitions += 1) {
      for (let members = 1; members <= 12; members += 1) {
        const given = shares(partitions, members);
        expect(given.reduce((sum, share) => sum + share, 0)).toBe(partitions);
        expect(Math.max(...given) - Math.min(...given)).toBeLessThanOrEqual(1);
      }
    }
  });
});
