import { checkCases } from './checker-cases.test-kit.ts';
import { cases } from './log-poll-order.cases.ts';
import { logPollOrder } from './log-poll-order.ts';

checkCases(logPollOrder, cases);
