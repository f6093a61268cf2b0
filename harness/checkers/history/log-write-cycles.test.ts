import { checkCases } from './checker-cases.test-kit.ts';
import { cases } from './log-write-cycles.cases.ts';
import { logWriteCycles } from './log-write-cycles.ts';

checkCases(logWriteCycles, cases);
