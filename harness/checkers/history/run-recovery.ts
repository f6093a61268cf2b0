/**
 * Everything has arrived within the time that the run promised.
 *
 * A drain that never finished is `did-not-converge` and has no time.
 */
import type { HistoryChecker } from './checker.ts';
import { runFacts, runFinding } from './run-facts.ts';

export const runRecovery: HistoryChecker = {
  name: 'run-recovery',
  guarantee: 'G8',
  title: 'Everything arrives within the bound',
  codes: ['recovery-too-slow'],
  applies: ({ configuration }) => configuration.expectDrained,
  check(history) {
    const { drained } = runFacts(history);
    const slow = drained.filter(
      ({ behind, tookMs, boundMs }) => behind.length === 0 && tookMs > boundMs,
    );
    const findings = slow.map(({ tookMs, boundMs }) => {
      const message = `everything arrived after ${tookMs} ms, ${boundMs} ms were allowed`;
      return runFinding('recovery-too-slow', message, { boundMs: `${boundMs}` });
    });
    return { findings, looked: drained.length };
  },
};
