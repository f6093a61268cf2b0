/** Cases of `run-substance`. */
import type { Case } from './case.ts';
import { healthy } from './case-builder.ts';
import { added, appendTrade, file, rows } from './case-facts.ts';
import { anomaly, phase, run } from './run-case-facts.ts';

export const cases: readonly Case[] = [
  { title: 'a healthy history', history: () => healthy().history(), expect: [], looked: 27 },
  {
    title: 'nothing happened at all',
    history: () => run([phase('safety'), phase('end')]),
    expect: [anomaly('nothing-checked'), anomaly('nothing-checked')],
    looked: 0,
  },
  {
    title: 'records that no layer ever had',
    history: () => run([appendTrade(0, 0), added('bronze', []), file('f1', [])]),
    expect: [anomaly('nothing-checked')],
    looked: 1,
  },
  {
    title: 'rows without a log',
    history: () => run([added('bronze', rows(0, 0, 1)), file('f1', rows(0, 0))]),
    expect: [anomaly('nothing-checked')],
    looked: 3,
  },
  {
    title: 'one record and one row of the hot store',
    history: () => run([appendTrade(0, 0), added('dead-letters', rows(0, 0))]),
    expect: [],
    looked: 2,
  },
  {
    title: 'one record and one row of the lake',
    history: () => run([appendTrade(0, 0), file('f1', rows(0, 0))]),
    expect: [],
    looked: 2,
  },
];
