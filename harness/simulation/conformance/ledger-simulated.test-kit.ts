/**
 * The simulated database as ground for the conformance suite: time is a number, nothing is lost.
 */
import type { HistoryFact } from '../../checkers/history/history.ts';
import { createSimulatedCatalog } from '../adapters/catalog.ts';
import { createSimulatedLedger } from '../adapters/ledger.ts';
import { directRemote } from '../remote.ts';
import type { Guards } from '../stores/ledger-guards.ts';
import { LedgerStore } from '../stores/ledger-store.ts';
import type { LedgerGround } from './ledger-ground.test-kit.ts';

export interface SimulatedGround extends LedgerGround {
  readonly store: LedgerStore;
  readonly facts: HistoryFact[];
}

export const beganMs = 1_723_161_600_000;

export function openSimulated(guards: Partial<Guards> = {}): SimulatedGround {
  const facts: HistoryFact[] = [];
  let nowMs = beganMs;
  const store = new LedgerStore({
    nowMs: () => nowMs,
    observe: (fact) => facts.push(fact),
    describeVersion: () => ({ snapshot: null, expired: [] }),
    guards,
    historySeq: () => facts.length,
  });
  return {
    store,
    facts,
    ledger: createSimulatedLedger(store, directRemote, 'process-1'),
    catalog: createSimulatedCatalog(store, directRemote, 'process-1'),
    outsider: {
      swing: async (table, from, to, epoch) =>
        store.foreignSwing('stock', table, from, to, epoch === null ? null : Number(epoch)),
      create: async (table, location) => store.foreignCreate('stock', table, location),
      drop: async (table) => store.foreignDrop(table),
      setHead: async (layer, key, offsetNext) => store.setHead(layer, key, offsetNext),
      retireTopic: async (topicId) => store.retireTopic(topicId),
    },
    wait: async (ms) => {
      nowMs += ms;
    },
    backup: async () => {
      const backup = store.backup();
      return async () => store.restore(backup);
    },
    close: async () => undefined,
  };
}
