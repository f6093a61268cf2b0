/**
 * The judgement of a history: what every checker found, and what follows from it.
 *
 * A finding weighs by its code. Honesty codes say that nothing is known; no configuration can allow
 * them. Information is listed and counted, and breaks nothing unless the run forbids its code. A
 * code that the configuration allows is listed apart. Whatever is left is a violation, which wins
 * over everything. A checker that looked at nothing is inconclusive, never green; one that does not
 * apply to the run is left out.
 */
import type { Finding, Verdict } from '../../experiment/journal-events.ts';
import { allCheckers } from './all-checkers.ts';
import type { HistoryChecker } from './checker.ts';
import type { History, HistoryConfiguration } from './history.ts';

/** Findings that a judgement carries of one code; `counts` has the true number. */
export const findingsMax = 100;

/** "Nothing is known" instead of "something is wrong". */
export const honestyCodes: ReadonlySet<string> = new Set([
  'fault-not-observed',
  'nothing-checked',
  'heal-failed',
  'run-incomplete',
]);

/** Worth to be told; nobody behind the log can undo them, or nobody ever promised otherwise. */
export const informationCodes: ReadonlySet<string> = new Set([
  'source-gap',
  'source-duplicate',
  'source-out-of-order',
  'orphan-file',
  'G0',
]);

export type Weight = 'violation' | 'unknown' | 'allowed' | 'information';

export interface HistoryCheck {
  readonly name: string;
  readonly guarantee: string;
  readonly title: string;
  readonly verdict: Verdict;
  /** How many things were looked at, and how many findings there were, of whatever weight. */
  readonly looked: number;
  readonly found: number;
}

export interface Judgement {
  readonly verdict: Verdict;
  readonly checks: readonly HistoryCheck[];
  /** What makes the verdict: at most `findingsMax` of a code, as in the two lists that follow. */
  readonly findings: readonly Finding[];
  /** What the configuration allows. */
  readonly allowed: readonly Finding[];
  readonly information: readonly Finding[];
  /** How many findings there were of each code, in all three lists. */
  readonly counts: Readonly<Record<string, number>>;
}

export function judge(
  history: History,
  checkers: readonly HistoryChecker[] = allCheckers,
): Judgement {
  const findings: Finding[] = [];
  const allowed: Finding[] = [];
  const information: Finding[] = [];
  const counts: Record<string, number> = {};
  const checks: HistoryCheck[] = [];
  let verdict: Verdict = checkers.length === 0 ? 'inconclusive' : 'pass';
  for (const checker of checkers) {
    const { findings: found, looked } = checker.check(history);
    const idle = looked === 0 && found.length === 0;
    if (idle && checker.applies?.(history) === false) continue;
    let own: Verdict = looked === 0 ? 'inconclusive' : 'pass';
    for (const finding of found) {
      const weight = weigh(finding.code, history.configuration);
      own = worse(own, verdictOf[weight]);
      const count = (counts[finding.code] ?? 0) + 1;
      counts[finding.code] = count;
      if (count > findingsMax) continue;
      if (weight === 'allowed') allowed.push(finding);
      else if (weight === 'information') information.push(finding);
      else findings.push(finding);
    }
    verdict = worse(verdict, own);
    const { name, guarantee, title } = checker;
    checks.push({ name, guarantee, title, verdict: own, looked, found: found.length });
  }
  return { verdict, checks, findings, allowed, information, counts };
}

export function weigh(code: string, { allowed, forbidden }: HistoryConfiguration): Weight {
  if (honestyCodes.has(code)) return 'unknown';
  if (forbidden?.includes(code)) return 'violation';
  if (informationCodes.has(code)) return 'information';
  return allowed.includes(code) ? 'allowed' : 'violation';
}

const verdictOf: Readonly<Record<Weight, Verdict>> = {
  violation: 'violated',
  unknown: 'inconclusive',
  allowed: 'pass',
  information: 'pass',
};

function worse(a: Verdict, b: Verdict): Verdict {
  if (a === 'violated' || b === 'violated') return 'violated';
  return a === 'inconclusive' || b === 'inconclusive' ? 'inconclusive' : 'pass';
}
