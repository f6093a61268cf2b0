/**
 * The simulated ledger and catalog keep the rules of the real ones. The real ones are asked in
 * `ledger-real.integration.test.ts`, by the same suite.
 */
import { ledgerConformance } from './ledger.suite.test-kit.ts';
import { openSimulated } from './ledger-simulated.test-kit.ts';

ledgerConformance('the simulated ledger and catalog', async () => openSimulated());
