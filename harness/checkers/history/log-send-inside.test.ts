import { checkCases } from './checker-cases.test-kit.ts';
import { cases } from './log-send-inside.cases.ts';
import { logSendInside } from './log-send-inside.ts';

checkCases(logSendInside, cases);
