import { checkCases } from './checker-cases.test-kit.ts';
import { cases } from './run-substance.cases.ts';
import { runSubstance } from './run-substance.ts';

checkCases(runSubstance, cases);
