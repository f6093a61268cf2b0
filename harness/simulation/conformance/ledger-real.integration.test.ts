/**
 * The real ledger and catalog on a real Postgres, asked by the suite that the simulated ones pass
 * in `ledger.test.ts`.
 */
import { afterAll, beforeAll } from 'vitest';
import { ledgerConformance } from './ledger.suite.test-kit.ts';
import { type PostgresGrounds, startPostgresGrounds } from './ledger-postgres.test-kit.ts';

let grounds: PostgresGrounds;

beforeAll(async () => {
  grounds = await startPostgresGrounds();
});
afterAll(() => grounds?.stop());

ledgerConformance('the real ledger and catalog', () => grounds.open());
