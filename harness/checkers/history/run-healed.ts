/**
 * The heal undoes the faults, and it holds (else the liveness phase proves nothing).
 *
 * `heal-failed`: a fault bites after it was healed or after the liveness phase began, or a heal
 * that began is not followed by a liveness phase. A fault that bit need not be healed by name: a
 * crash or a lost answer leaves nothing to undo.
 */
import type { Finding } from '../../experiment/journal-events.ts';
import type { HistoryChecker } from './checker.ts';
import { runFacts, runFinding } from './run-facts.ts';

export const runHealed: HistoryChecker = {
  name: 'run-healed',
  guarantee: 'G12',
  title: 'The heal undoes every fault',
  codes: ['heal-failed'],
  applies: ({ configuration }) => Boolean(configuration.faultsArmed),
  check(history) {
    const { faults, phases } = runFacts(history);
    const findings: Finding[] = [];
    const livenessSeq = phases.find(({ phase }) => phase === 'liveness')?.seq;
    if (livenessSeq === undefined && phases.some(({ phase }) => phase === 'heal')) {
      findings.push(runFinding('heal-failed', 'the heal began and did not come to its end'));
    }
    const healed = new Set<number>();
    for (const { fault, state, seq } of faults) {
      if (state === 'healed') healed.add(fault);
      else if (healed.has(fault) || seq > (livenessSeq ?? seq)) {
        const message = `fault ${fault} bit after the heal (event ${seq})`;
        findings.push(runFinding('heal-failed', message, { fault: `${fault}` }));
      }
    }
    return { findings, looked: faults.length };
  },
};
