/**
 * Runs the cases of a checker of histories, and asks whether they are worth their name: every code
 * is planted by some case, and some near miss stays silent.
 */
import { describe, expect, test } from 'vitest';
import { type Case, expectedOf, resultOf } from './case.ts';
import type { HistoryChecker } from './checker.ts';

export function checkCases(checker: HistoryChecker, cases: readonly Case[]): void {
  describe(checker.title, () => {
    test.each(cases.map((one) => [one.title, one] as const))('%s', (_title, one) => {
      expect(resultOf(checker, one)).toEqual(expectedOf(one));
    });

    test('every code is planted, no other is returned, and near misses stay silent', () => {
      const planted = new Set(cases.flatMap(({ expect: found }) => found.map(({ code }) => code)));
      expect([...planted].sort()).toEqual([...checker.codes].sort());
      expect(cases.some(({ expect: found }) => found.length === 0)).toBe(true);
    });
  });
}
