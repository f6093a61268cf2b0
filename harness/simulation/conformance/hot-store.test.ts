/**
 * The simulated hot store keeps the promises of the real one.
 */
import type { HistoryFact } from '../../checkers/history/history.ts';
import { createSimulatedHotStore } from '../adapters/hot-store.ts';
import type { Remote } from '../remote.ts';
import { HotStoreMachine } from '../stores/hot-store-machine.ts';
import { hotStoreSuite } from './hot-store.suite.test-kit.ts';

/** Statements of callers that do not wait for one another overlap. */
const overlapping: Remote = {
  call: async (_step, effect) => effect(),
  run: async (_step, begin, finish) => {
    const started = begin();
    await Promise.resolve();
    return finish(started);
  },
};

hotStoreSuite('simulated', {
  open: async (tokensMax) => {
    const facts: HistoryFact[] = [];
    const observe = (fact: HistoryFact) => void facts.push(fact);
    const machine = new HotStoreMachine({ observe, deduplicationWindow: tokensMax });
    const store = createSimulatedHotStore(machine, overlapping, 'one');
    await store.prepare();
    const deadLetters = async (topicId: string) =>
      facts
        .flatMap((fact) =>
          fact.type === 'rows-added' && fact.layer === 'dead-letters' ? fact.rows : [],
        )
        .filter((row) => row.topicId === topicId)
        .map((row) => {
          const [, reason, hex] = row.content.split('|');
          return [row.offset, reason!, hex === 'null' ? null : hex!] as const;
        });
    return { store, deadLetters };
  },
});
