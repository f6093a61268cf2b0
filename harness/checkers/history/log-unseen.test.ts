import { checkCases } from './checker-cases.test-kit.ts';
import { cases } from './log-unseen.cases.ts';
import { logUnseen } from './log-unseen.ts';

checkCases(logUnseen, cases);
