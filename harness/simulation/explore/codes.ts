/**
 * What a run was judged by, in a few words: its codes, each once and in order, and its first
 * messages.
 *
 * A run can be inconclusive without a finding, when a check looked at nothing; that has a code too,
 * so that every run that is not `pass` can be told by its codes.
 */
import type { Judgement } from '../../checkers/history/judge.ts';

type Judged = { readonly judgement: Judgement };

const messagesMax = 5;

export function codesOf({ judgement }: Judged): string[] {
  const codes = new Set(judgement.findings.map(({ code }) => code));
  if (codes.size === 0 && judgement.verdict !== 'pass') codes.add('nothing-checked');
  return [...codes].sort();
}

export function messagesOf({ judgement }: Judged): string[] {
  const found = judgement.findings.map(({ code, message }) => `${code}: ${message}`);
  const idle = idleChecks(judgement).map((name) => `nothing-checked: ${name} looked at nothing`);
  return [...found, ...idle].slice(0, messagesMax);
}

const idleChecks = ({ checks }: Judgement): string[] =>
  checks
    .filter(({ verdict, looked }) => verdict === 'inconclusive' && looked === 0)
    .map(({ name }) => name);

/** True when two runs are not `pass` in the same way. */
export function failsAlike(a: Judged, b: Judged): boolean {
  if (a.judgement.verdict === 'pass' || a.judgement.verdict !== b.judgement.verdict) return false;
  return wayOf(a) === wayOf(b);
}

/** A run without a finding is told by the checks that looked at nothing. */
function wayOf(judged: Judged): string {
  const { findings } = judged.judgement;
  return (findings.length > 0 ? codesOf(judged) : idleChecks(judged.judgement)).join();
}
