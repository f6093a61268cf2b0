import { checkCases } from './checker-cases.test-kit.ts';
import { cases } from './run-recovery.cases.ts';
import { runRecovery } from './run-recovery.ts';

checkCases(runRecovery, cases);
