/**
 * The one conformance suite of ledger and catalog: what the real Postgres answers, the simulated
 * database answers too, rule by rule and code by code.
 *
 * It knows only the ports and what an outsider may do, so it cannot tell which of the two it asks.
 * A rule that one of them does not keep makes the simulation a different world, and what was proven
 * there worthless.
 */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { swingSuite } from './catalog-swings.suite.test-kit.ts';
import { batchSuite } from './ledger-batches.suite.test-kit.ts';
import type { LedgerGround, OpenGround } from './ledger-ground.test-kit.ts';
import { outcome } from './ledger-ground.test-kit.ts';
import { leaseSuite } from './ledger-leases.suite.test-kit.ts';
import { rangeSuite } from './ledger-ranges.suite.test-kit.ts';
import { restoreSuite } from './ledger-restore.suite.test-kit.ts';

export function ledgerConformance(title: string, open: OpenGround): void {
  describe(title, () => {
    let current: LedgerGround;
    beforeEach(async () => {
      current = await open();
    });
    afterEach(() => current.close());
    const ground = () => current;

    test('migrations can be applied again, and the guards are there', async () => {
      expect(await outcome(ground().ledger.migrate())).toBe('done');
      expect(await outcome(ground().ledger.checkGuards())).toBe('done');
    });
    leaseSuite(ground);
    rangeSuite(ground);
    batchSuite(ground);
    swingSuite(ground);
    restoreSuite(ground);
  });
}
