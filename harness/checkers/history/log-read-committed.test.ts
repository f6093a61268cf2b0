import { checkCases } from './checker-cases.test-kit.ts';
import { cases } from './log-read-committed.cases.ts';
import { logReadCommitted } from './log-read-committed.ts';

checkCases(logReadCommitted, cases);
