import { checkCases } from './checker-cases.test-kit.ts';
import { cases } from './run-converged.cases.ts';
import { runConverged } from './run-converged.ts';

checkCases(runConverged, cases);
