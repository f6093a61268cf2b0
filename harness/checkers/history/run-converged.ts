/**
 * After the heal everything arrives, and no service is left lying.
 *
 * `did-not-converge`: a drain ended with something behind, or a service ended with an error, was
 * not started again although there was time to, and nobody expected it. That a service fails and is
 * started again is ordinary. Whether the drain was quick enough is another checker's question.
 */
import type { Finding } from '../../experiment/journal-events.ts';
import type { HistoryChecker } from './checker.ts';
import { runFacts, runFinding } from './run-facts.ts';

/** A supervisor has started a dead service again after this time, or will not. */
export const restartMsMax = 60_000;

export const runConverged: HistoryChecker = {
  name: 'run-converged',
  guarantee: 'G8',
  title: 'After the faults everything arrives',
  codes: ['did-not-converge'],
  applies: ({ configuration }) => configuration.expectDrained,
  check(history) {
    const { drained, failures, startedSeq, endMs } = runFacts(history);
    const expected = history.configuration.expectedFailures ?? [];
    const findings: Finding[] = [];
    for (const { behind, tookMs } of drained) {
      if (behind.length === 0) continue;
      const message = `after ${tookMs} ms there was still behind: ${behind.join(', ')}`;
      findings.push(runFinding('did-not-converge', message));
    }
    for (const { process, code, message, seq, atMs } of failures) {
      const startedAgain = (startedSeq.get(process) ?? seq) > seq;
      if (startedAgain || endMs - atMs <= restartMsMax || expected.includes(code)) continue;
      const what = `${process} ended with ${code} and was not started again: ${message}`;
      findings.push(runFinding('did-not-converge', what, { process, code }));
    }
    return { findings, looked: drained.length + failures.length };
  },
};
