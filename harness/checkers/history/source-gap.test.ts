import { checkCases } from './checker-cases.test-kit.ts';
import { cases } from './source-gap.cases.ts';
import { sourceGap } from './source-gap.ts';

checkCases(sourceGap, cases);
