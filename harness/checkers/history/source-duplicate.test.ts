import { checkCases } from './checker-cases.test-kit.ts';
import { cases } from './source-duplicate.cases.ts';
import { sourceDuplicate } from './source-duplicate.ts';

checkCases(sourceDuplicate, cases);
