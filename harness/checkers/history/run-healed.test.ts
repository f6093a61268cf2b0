import { checkCases } from './checker-cases.test-kit.ts';
import { cases } from './run-healed.cases.ts';
import { runHealed } from './run-healed.ts';

checkCases(runHealed, cases);
