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
}

export interface CaseResult {
  /** `code at` of every finding, sorted. */
  readonly found: readonly string[];
  readonly looked: number | 'something' | 'nothing';
}

export function expectedOf({ expect, looked }: Case): CaseResult {
  return { found: sortedNames(expect), looked: looked ?? 'something' };
}

/** Compare it with `expectedOf`. */
export function resultOf(checker: HistoryChecker, { history, looked }: Case): CaseResult {
  const outcome = checker.check(history());
  const found = outcome.findings.map(({ code, identity }) => ({
    code,
    at: identity === null ? null : `${identity.topicId}/${identity.partition}:${identity.offset}`,
  }));
  const some = outcome.looked > 0 ? 'something' : 'nothing';
  return { found: sortedNames(found), looked: looked === undefined ? some : outcome.looked };
}

function sortedNames(findings: readonly ExpectedFinding[]): readonly string[] {
  return findings.map(({ code, at }) => `${code} ${at}`).sort();
}
