/** Cases of `run-recovery`. */
import type { Case } from './case.ts';
import { healthy } from './case-builder.ts';
import { anomaly, drained, phase, run } from './run-case-facts.ts';

export const cases: readonly Case[] = [
  { title: 'a healthy history', history: () => healthy().history(), expect: [], looked: 1 },
  {
    title: 'a drain takes a millisecond too long',
    history: () => run([drained(101, 100)]),
    expect: [anomaly('recovery-too-slow')],
    looked: 1,
  },
  {
    title: 'the second of two drains takes too long',
    history: () => run([drained(1, 100), drained(200, 100)]),
    expect: [anomaly('recovery-too-slow')],
    looked: 2,
  },
  {
    title: 'a drain takes exactly as long as it may',
    history: () => run([drained(100, 100)]),
    expect: [],
    looked: 1,
  },
  {
    title: 'a drain that never finished has no time',
    history: () => run([drained(200, 100, ['bronze'])]),
    expect: [],
    looked: 1,
  },
  {
    title: 'no drain: nothing to look at',
    history: () => run([phase('end')]),
    expect: [],
    looked: 0,
  },
];
