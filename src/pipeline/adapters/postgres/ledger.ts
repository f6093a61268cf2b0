/** The whole ledger on one Postgres database, put together from its three parts. */
import type { Ledger } from '../../ports/ledger.ts';
import { createOffloadLedger } from './batches.ts';
import type { Database } from './connection.ts';
import { createLeaseLedger } from './leases.ts';
import { checkGuards, migrate } from './migrate.ts';
import { createIngestLedger } from './ranges.ts';

export function createLedger(database: Database): Ledger {
  return {
    ...createLeaseLedger(database),
    ...createIngestLedger(database),
    ...createOffloadLedger(database),
    migrate: () => migrate(database),
    checkGuards: () => checkGuards(database),
    close: () => database.close(),
  };
}
