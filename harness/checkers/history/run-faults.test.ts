import { checkCases } from './checker-cases.test-kit.ts';
import { cases } from './run-faults.cases.ts';
import { runFaults } from './run-faults.ts';

checkCases(runFaults, cases);
