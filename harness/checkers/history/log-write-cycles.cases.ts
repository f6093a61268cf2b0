/** Cases of `log-write-cycles`. */
import type { Case } from './case.ts';
import { healthy } from './case-builder.ts';
import { aborted, appended, appendedIn, committed, gone, log } from './log-case-facts.ts';

const all = (...names: string[]) => names.map(committed);
const cycle = [{ code: 'G0', at: null }];

export const cases: readonly Case[] = [
  { title: 'a healthy history', history: () => healthy().history(), expect: [], looked: 10 },
  {
    title: 'two transactions precede each other in two partitions',
    history: () =>
      log([
        appendedIn('a', 0, 0),
        appendedIn('b', 0, 1),
        appendedIn('b', 1, 0),
        appendedIn('a', 1, 1),
        all('a', 'b'),
      ]),
    expect: cycle,
    looked: 4,
  },
  {
    title: 'two transactions precede each other in one partition',
    history: () =>
      log([appendedIn('a', 0, 0), appendedIn('b', 0, 1), appendedIn('a', 0, 2), all('a', 'b')]),
    expect: cycle,
    looked: 3,
  },
  {
    title: 'three transactions form a ring over three partitions, with a fourth between',
    history: () =>
      log([
        appendedIn('a', 0, 0),
        appendedIn('d', 0, 1),
        appendedIn('b', 0, 2),
        appendedIn('b', 1, 0),
        appendedIn('c', 1, 1),
        appendedIn('c', 2, 0),
        appendedIn('a', 2, 1),
        all('a', 'b', 'c', 'd'),
      ]),
    expect: cycle,
    looked: 7,
  },
  {
    title: 'a cycle beside a line that leads into it and out of it',
    history: () =>
      log([
        appendedIn('x', 0, 0),
        appendedIn('a', 0, 1),
        appendedIn('b', 0, 2),
        appendedIn('a', 0, 3),
        appendedIn('y', 0, 4),
        all('a', 'b', 'x', 'y'),
      ]),
    expect: cycle,
    looked: 5,
  },
  {
    title: 'the same order in two partitions',
    history: () =>
      log([
        appendedIn('a', 0, 0),
        appendedIn('b', 0, 1),
        appendedIn('a', 1, 0),
        appendedIn('b', 1, 1),
        all('a', 'b'),
      ]),
    expect: [],
    looked: 4,
  },
  {
    title: 'a line that divides and meets again',
    history: () =>
      log([
        appendedIn('a', 0, 0),
        appendedIn('b', 0, 1),
        appendedIn('d', 0, 2),
        appendedIn('a', 1, 0),
        appendedIn('c', 1, 1),
        appendedIn('d', 1, 2),
        all('a', 'b', 'c', 'd'),
      ]),
    expect: [],
    looked: 6,
  },
  {
    title: 'the offsets decide, not the time of writing',
    history: () =>
      log([
        appendedIn('a', 0, 0),
        appendedIn('b', 0, 1),
        appendedIn('b', 1, 1),
        appendedIn('a', 1, 0),
        all('a', 'b'),
      ]),
    expect: [],
    looked: 4,
  },
  {
    title: 'records outside of transactions lie between',
    history: () =>
      log([appendedIn('a', 0, 0), appended(0, 1), appendedIn('a', 0, 2), all('a', 'b')]),
    expect: [],
    looked: 3,
  },
  {
    title: 'one of the two was aborted',
    history: () =>
      log([
        appendedIn('a', 0, 0),
        appendedIn('b', 0, 1),
        appendedIn('a', 0, 2),
        committed('a'),
        aborted('b'),
      ]),
    expect: [],
    looked: 3,
  },
  {
    title: 'what closed the ring was cut off',
    history: () =>
      log([
        appendedIn('a', 0, 0),
        appendedIn('b', 0, 1),
        appendedIn('a', 0, 2),
        gone('unclean-leader', 0, 2, 2),
        all('a', 'b'),
      ]),
    expect: [],
    looked: 3,
  },
  {
    title: 'the last record of one partition and the first of the next are no neighbours',
    history: () =>
      log([appendedIn('a', 0, 0), appendedIn('b', 0, 1), appendedIn('a', 1, 0), all('a', 'b')]),
    expect: [],
    looked: 3,
  },
];
