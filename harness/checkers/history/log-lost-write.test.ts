import { checkCases } from './checker-cases.test-kit.ts';
import { cases } from './log-lost-write.cases.ts';
import { logLostWrite } from './log-lost-write.ts';

checkCases(logLostWrite, cases);
