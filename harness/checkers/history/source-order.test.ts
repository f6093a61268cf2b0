import { checkCases } from './checker-cases.test-kit.ts';
import { cases } from './source-order.cases.ts';
import { sourceOrder } from './source-order.ts';

checkCases(sourceOrder, cases);
