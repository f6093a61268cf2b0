import { checkCases } from './checker-cases.test-kit.ts';
import { cases } from './log-send-order.cases.ts';
import { logSendOrder } from './log-send-order.ts';

checkCases(logSendOrder, cases);
