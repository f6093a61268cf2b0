/**
 * A case of a checker of histories: a small history and the anomalies that it holds, as data.
 *
 * Cases are run by the tests beside the checkers, and again by the mutation runs that lie about a
 * checker's code and want to see a case come out differently. So a case knows nothing of a test
 * runner: what was expected and what came out are plain values to be compared.
 */
import type { HistoryChecker } from './checker.ts';
import type { History } from './history.ts';

export interface ExpectedFinding {
  readonly code: string;
  /** `topicId/partition:offset`; null for a finding without a record. */
  readonly at: string | null;
}

export interface Case {
  readonly title: string;
  readonly history: () => History;
  /** In any order; empty for a near miss. */
  readonly expect: readonly ExpectedFinding[];
  /** Exactly how many things were to be looked at; without it, at least one. */
  readonly looked?: number;
  /** Whether the checker has to say that it applies; without it, it may say anything. */
  readonly applies?: boolean;
}

export interface CaseResult {
  /** `code at` of every finding, sorted. */
  readonly found: readonly string[];
  readonly looked: number | 'something' | 'nothing';
  readonly applies: boolean | 'anything';
}

export function expectedOf({ expect, looked, applies }: Case): CaseResult {
  return {
    found: sortedNames(expect),
    looked: looked ?? 'something',
    applies: applies ?? 'anything',
  };
}

/** Compare it with `expectedOf`. */
export function resultOf(checker: HistoryChecker, one: Case): CaseResult {
  const history = one.history();
  const outcome = checker.check(history);
  const found = outcome.findings.map(({ code, identity }) => ({
    code,
    at: identity === null ? null : `${identity.topicId}/${identity.partition}:${identity.offset}`,
  }));
  const some = outcome.looked > 0 ? 'something' : 'nothing';
  const applies = checker.applies?.(history) ?? true;
  return {
    found: sortedNames(found),
    looked: one.looked === undefined ? some : outcome.looked,
    applies: one.applies === undefined ? 'anything' : applies,
  };
}

function sortedNames(findings: readonly ExpectedFinding[]): readonly string[] {
  return findings.map(({ code, at }) => `${code} ${at}`).sort();
}
