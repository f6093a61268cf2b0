import { checkCases } from './checker-cases.test-kit.ts';
import { cases } from './log-poll-inside.cases.ts';
import { logPollInside } from './log-poll-inside.ts';

checkCases(logPollInside, cases);
