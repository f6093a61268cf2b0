/**
 * The simulated hot store keeps the promises of the real one.
 */
import { setImmediate } from 'node:timers/promises';
import type { HistoryFact } from '../../checkers/history/history.ts';
import { createSimulatedHotStore } from '../adapters/hot-store.ts';
import type { Remote } from '../remote.ts';
import { HotStoreMachine } from '../stores/hot-store-machine.ts';
import { hotStoreSuite } from './hot-store.suite.test-kit.ts';

/** Statements take a turn of the event loop, so that callers who do not wait overlap. */
function overlapping() {
  const running = { count: 0 };
  const remote: Remote = {
    call: async (_step, effect) => effect(),
    run: async (_step, begin, finish) => {
      const started = begin();
      running.count += 1;
      await setImmediate();
      running.count -= 1;
      return finish(started);
    },
  };
  return { running, remote };
}

hotStoreSuite('simulated', {
  slowRows: 20,
  open: async (tokensMax) => {
    const facts: HistoryFact[] = [];
    const observe = (fact: HistoryFact) => void facts.push(fact);
    const machine = new HotStoreMachine({ observe, deduplicationWindow: tokensMax });
    const { running, remote } = overlapping();
    const store = createSimulatedHotStore(machine, remote, 'one');
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
    return { store, deadLetters, inserting: async () => running.count };
  },
});
