/**
 * The `Ledger` of a simulated process: every call is one request to the simulated database.
 *
 * The name of the request is a step of the protocol, so a fault can be tied to it. Nothing is
 * decided here; `Remote` decides whether the request and its answer arrive.
 */
import type { Ledger } from '../../../src/pipeline/ports/ledger.ts';
import type { Remote } from '../remote.ts';
import type { LedgerStore } from '../stores/ledger-store.ts';

/** Steps that change the ledger: a crash before, within or after one may matter. */
export const ledgerDurableSteps = [
  'ledger.acquire',
  'ledger.renew',
  'ledger.release',
  'ledger.fence',
  'ledger.heartbeat',
  'ledger.leave',
  'ledger.register-topic',
  'ledger.head',
  'ledger.open',
  'ledger.close',
  'ledger.close-open',
  'ledger.freeze',
  'ledger.freeze-maintenance',
  'ledger.reopen',
  'ledger.void',
] as const;

/** Steps that only look. */
export const ledgerLookSteps = [
  'ledger.migrate',
  'ledger.check-guards',
  'ledger.intent',
  'ledger.open-batch',
  'ledger.batch-state',
] as const;

export function createSimulatedLedger(store: LedgerStore, remote: Remote, process: string): Ledger {
  return {
    migrate: () => remote.call('ledger.migrate', () => undefined),
    checkGuards: () => remote.call('ledger.check-guards', () => undefined),
    acquire: (name, holder, ttlMs) =>
      remote.call('ledger.acquire', () => store.acquire(name, holder, ttlMs)),
    renew: (lease, ttlMs) => remote.call('ledger.renew', () => store.renew(lease, ttlMs)),
    release: (lease) => remote.call('ledger.release', () => store.release(lease)),
    fence: (lease) => remote.call('ledger.fence', () => store.fence(lease)),
    heartbeat: (service, holder, ttlMs) =>
      remote.call('ledger.heartbeat', () => store.heartbeat(service, holder, ttlMs)),
    leave: (service, holder) => remote.call('ledger.leave', () => store.leave(service, holder)),
    registerTopic: (topic) =>
      remote.call('ledger.register-topic', () => store.registerTopic(topic)),
    head: (key, offsetStart) => remote.call('ledger.head', () => store.head(key, offsetStart)),
    intent: (key) => remote.call('ledger.intent', () => store.intent(key)),
    advance: (lease, key, step) =>
      remote.call(advanceStep(step), () => store.advance(process, lease, key, step)),
    openBatch: (table) => remote.call('ledger.open-batch', () => store.openBatch(table)),
    freeze: (lease, table, base, rowsMax) =>
      remote.call('ledger.freeze', () => store.freeze(lease, table, base, rowsMax)),
    freezeMaintenance: (lease, table, base) =>
      remote.call('ledger.freeze-maintenance', () => store.freezeMaintenance(lease, table, base)),
    reopen: (lease, batch, base) =>
      remote.call('ledger.reopen', () => store.reopen(lease, batch, base)),
    voidBatch: (lease, batch) => remote.call('ledger.void', () => store.voidBatch(lease, batch)),
    batchState: (batch) => remote.call('ledger.batch-state', () => store.batchState(batch)),
    close: async () => undefined,
  };
}

function advanceStep(step: { readonly close?: unknown; readonly open?: unknown }): string {
  if (step.close === undefined) return 'ledger.open';
  return step.open === undefined ? 'ledger.close' : 'ledger.close-open';
}
