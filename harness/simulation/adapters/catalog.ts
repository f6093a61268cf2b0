/**
 * The `Catalog` of a simulated process: pointer, creation and swing as requests to the simulated
 * database, which holds the ledger too.
 *
 * As in the real database a swing is one transaction with the batch and the heads; the store's
 * rules see to that.
 */
import type { Catalog } from '../../../src/pipeline/ports/lake.ts';
import type { Remote } from '../remote.ts';
import type { LedgerStore } from '../stores/ledger-store.ts';

/** Steps that change the catalog. */
export const catalogDurableSteps = ['catalog.create', 'catalog.swing'] as const;

export function createSimulatedCatalog(
  store: LedgerStore,
  remote: Remote,
  process: string,
): Catalog {
  return {
    pointer: (table) => remote.call('catalog.pointer', () => store.pointer(table)),
    create: (table, location) =>
      remote.call('catalog.create', () => store.create(process, table, location)),
    swing: (batch, location) =>
      remote.call('catalog.swing', () => store.swing(process, batch, location)),
  };
}
