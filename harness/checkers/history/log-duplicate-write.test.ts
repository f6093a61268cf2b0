import { checkCases } from './checker-cases.test-kit.ts';
import { cases } from './log-duplicate-write.cases.ts';
import { logDuplicateWrite } from './log-duplicate-write.ts';

checkCases(logDuplicateWrite, cases);
