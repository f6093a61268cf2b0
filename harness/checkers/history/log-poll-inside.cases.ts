/** Cases of `log-poll-inside`. */
import type { Case } from './case.ts';
import { healthy, is } from './case-builder.ts';
import { at } from './case-facts.ts';
import {
  aborted,
  appended,
  appendedIn,
  appendedKey,
  committed,
  found,
  gone,
  log,
  poll,
} from './log-case-facts.ts';

export const cases: readonly Case[] = [
  { title: 'a healthy history', history: () => healthy().history(), expect: [], looked: 4 },
  {
    title: 'a poll leaves out its second record',
    history: () =>
      healthy()
        .instead(
          is('poll', { span: { topicId: 't1', partition: 0, offsetFirst: 3, offsetLast: 5 } }),
          poll(0, 3, 5, [3, 5], { reader: 0 }),
        )
        .history(),
    expect: [{ code: 'internal-poll-skip', at: at(0, 4) }],
    looked: 4,
  },
  {
    title: 'a poll leaves out the first and the last record of its span',
    history: () => log([appended(0, 4, 5, 6, 7, 8), poll(0, 5, 7, [6])]),
    expect: [found('internal-poll-skip', 0, 5), found('internal-poll-skip', 0, 7)],
    looked: 1,
  },
  {
    title: 'an empty poll passes a record',
    history: () => log([appended(0, 0), poll(0, 0, 0, [])]),
    expect: [found('internal-poll-skip', 0, 0)],
    looked: 1,
  },
  {
    title: 'a record is given behind the span: what lies between was left out',
    history: () => log([appended(0, 0, 1, 2), poll(0, 0, 0, [0, 2])]),
    expect: [found('internal-poll-skip', 0, 1)],
    looked: 1,
  },
  {
    title: 'a record is given before the span: what lies between was left out',
    history: () => log([appended(0, 0, 1, 2), poll(0, 2, 2, [0, 2])]),
    expect: [found('internal-poll-skip', 0, 1)],
    looked: 1,
  },
  {
    title: 'two records change places',
    history: () => log([appended(0, 0, 1, 2), poll(0, 0, 2, [0, 2, 1])]),
    expect: [found('internal-poll-nonmonotonic', 0, 1)],
    looked: 1,
  },
  {
    title: 'a record is given twice in a row',
    history: () => log([appended(0, 0, 1), poll(0, 0, 1, [0, 0, 1])]),
    expect: [found('internal-poll-nonmonotonic', 0, 0)],
    looked: 1,
  },
  {
    title: 'a poll goes backwards all the way',
    history: () => log([appended(0, 0, 1, 2), poll(0, 0, 2, [2, 1, 0])]),
    expect: [found('internal-poll-nonmonotonic', 0, 0), found('internal-poll-nonmonotonic', 0, 1)],
    looked: 1,
  },
  {
    title: 'holes are no skips: aborted, undecided, removed, a marker',
    history: () =>
      log([
        appended(0, 0, 1),
        appendedIn('tx-1', 0, 2),
        aborted('tx-1'),
        appendedIn('tx-2', 0, 4),
        gone('compaction', 0, 1, 1, [1]),
        poll(0, 0, 5, [0]),
      ]),
    expect: [],
    looked: 1,
  },
  {
    title: 'a record of a transaction that is committed later was left out',
    history: () => log([appendedIn('tx', 0, 0), poll(0, 0, 0, []), committed('tx')]),
    expect: [found('internal-poll-skip', 0, 0)],
    looked: 1,
  },
  {
    title: 'what is appended or removed after the poll: only the latter was there',
    history: () =>
      log([appended(0, 0), poll(0, 0, 1, []), appended(0, 1), gone('retention', 0, 0, 1)]),
    expect: [found('internal-poll-skip', 0, 0)],
    looked: 1,
  },
  {
    title: 'the first of two records at one offset was there at the time of the poll',
    history: () =>
      log([
        appended(0, 0),
        poll(0, 0, 0, []),
        gone('unclean-leader', 0, 0, 0),
        appendedKey('x', 0, 0),
      ]),
    expect: [found('internal-poll-skip', 0, 0)],
    looked: 1,
  },
];
