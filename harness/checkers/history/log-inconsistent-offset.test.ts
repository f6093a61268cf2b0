import { checkCases } from './checker-cases.test-kit.ts';
import { cases } from './log-inconsistent-offset.cases.ts';
import { logInconsistentOffset } from './log-inconsistent-offset.ts';

checkCases(logInconsistentOffset, cases);
