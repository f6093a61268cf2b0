/**
 * Every fault that was armed was seen to bite (else nothing is known, not even good news).
 *
 * A fault that bites twice counts once. One finding for all that were not seen.
 */
import type { HistoryChecker } from './checker.ts';
import { runFacts, runFinding } from './run-facts.ts';

export const runFaults: HistoryChecker = {
  name: 'run-faults',
  guarantee: 'G12',
  title: 'Every armed fault bites',
  codes: ['fault-not-observed'],
  applies: ({ configuration }) => Boolean(configuration.faultsArmed),
  check(history) {
    const armed = history.configuration.faultsArmed;
    const bit = new Set<number>();
    for (const { fault, state } of runFacts(history).faults) if (state === 'bit') bit.add(fault);
    if (bit.size >= armed) return { findings: [], looked: armed };
    const message = `${armed} faults were armed and ${bit.size} were seen to bite`;
    return { findings: [runFinding('fault-not-observed', message)], looked: armed };
  },
};
