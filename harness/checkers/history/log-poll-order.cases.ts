/** Cases of `log-poll-order`. */
import type { Case } from './case.ts';
import { healthy, is } from './case-builder.ts';
import { at } from './case-facts.ts';
import {
  aborted,
  appended,
  appendedIn,
  committed,
  found,
  gone,
  log,
  poll,
  started,
} from './log-case-facts.ts';

export const cases: readonly Case[] = [
  { title: 'a healthy history', history: () => healthy().history(), expect: [], looked: 4 },
  {
    title: 'the second poll begins two records later',
    history: () =>
      healthy()
        .instead(
          is('poll', { span: { topicId: 't1', partition: 0, offsetFirst: 3, offsetLast: 5 } }),
          poll(0, 5, 5, [5], { reader: 0 }),
        )
        .history(),
    expect: [
      { code: 'poll-skip', at: at(0, 3) },
      { code: 'poll-skip', at: at(0, 4) },
    ],
    looked: 4,
  },
  {
    title: 'one record lies between two polls',
    history: () => log([appended(0, 0, 1, 2), poll(0, 0, 0, [0]), poll(0, 2, 2, [2])]),
    expect: [found('poll-skip', 0, 1)],
    looked: 2,
  },
  {
    title: 'a reader may begin anywhere',
    history: () => log([appended(0, 0, 1, 2), poll(0, 2, 2, [2])]),
    expect: [],
    looked: 1,
  },
  {
    title: 'the second poll goes on right behind the first',
    history: () => log([appended(0, 0, 1), poll(0, 0, 0, [0]), poll(0, 1, 1, [1])]),
    expect: [],
    looked: 2,
  },
  {
    title: 'the last offset is given again',
    history: () => log([appended(0, 0, 1), poll(0, 0, 1, [0, 1]), poll(0, 1, 1, [1])]),
    expect: [found('poll-nonmonotonic', 0, 1)],
    looked: 2,
  },
  {
    title: 'a reader begins again at the beginning',
    history: () => log([appended(0, 0, 1), poll(0, 0, 1, [0, 1]), poll(0, 0, 1, [0, 1])]),
    expect: [found('poll-nonmonotonic', 0, 0)],
    looked: 2,
  },
  {
    title: 'a record from before its span is given again',
    history: () => log([appended(0, 0, 1), poll(0, 0, 0, [0]), poll(0, 1, 1, [0, 1])]),
    expect: [found('poll-nonmonotonic', 0, 0)],
    looked: 2,
  },
  {
    title: 'a record from behind its span was given, and the next poll gives it again',
    history: () => log([appended(0, 0, 1), poll(0, 0, 0, [0, 1]), poll(0, 1, 1, [1])]),
    expect: [found('poll-nonmonotonic', 0, 1)],
    looked: 2,
  },
  {
    title: 'the span counts, not its records: holes at the end are passed',
    history: () => log([appended(0, 0, 3), poll(0, 0, 2, [0]), poll(0, 3, 3, [3])]),
    expect: [],
    looked: 2,
  },
  {
    title: 'between two polls lies no record',
    history: () => log([appended(0, 0, 5), poll(0, 0, 0, [0]), poll(0, 5, 5, [5])]),
    expect: [],
    looked: 2,
  },
  {
    title: 'between two polls lie an aborted and an undecided record',
    history: () =>
      log([
        appended(0, 0),
        appendedIn('tx-1', 0, 1),
        appendedIn('tx-2', 0, 2),
        aborted('tx-1'),
        appended(0, 3),
        poll(0, 0, 0, [0]),
        poll(0, 3, 3, [3]),
      ]),
    expect: [],
    looked: 2,
  },
  {
    title: 'a reader passes a record that is committed later',
    history: () =>
      log([
        appended(0, 0),
        appendedIn('tx', 0, 1),
        appended(0, 2),
        poll(0, 0, 0, [0]),
        poll(0, 2, 2, [2]),
        committed('tx'),
      ]),
    expect: [found('poll-skip', 0, 1)],
    looked: 2,
  },
  {
    title: 'what lay between was removed before the second poll',
    history: () =>
      log([
        appended(0, 0, 1, 2),
        poll(0, 0, 0, [0]),
        gone('compaction', 0, 1, 1, [1]),
        poll(0, 2, 2, [2]),
      ]),
    expect: [],
    looked: 2,
  },
  {
    title: 'what lay between was removed after the second poll',
    history: () =>
      log([
        appended(0, 0, 1, 2),
        poll(0, 0, 0, [0]),
        poll(0, 2, 2, [2]),
        gone('compaction', 0, 0, 2, [1]),
      ]),
    expect: [found('poll-skip', 0, 1)],
    looked: 2,
  },
  {
    title: 'what lies between was appended after the second poll',
    history: () => log([appended(0, 0, 2), poll(0, 0, 0, [0]), poll(0, 2, 2, [2]), appended(0, 1)]),
    expect: [],
    looked: 2,
  },
  {
    title: 'readers, partitions, processes and lives of a process go their own ways',
    history: () =>
      log([
        appended(0, 0, 1, 2),
        appended(1, 0, 1, 2),
        poll(0, 0, 2, [0, 1, 2]),
        poll(0, 0, 2, [0, 1, 2], { reader: 2 }),
        poll(1, 0, 2, [0, 1, 2]),
        poll(0, 0, 0, [0], { process: 'ingest-2' }),
        started('ingest-1'),
        poll(0, 0, 2, [0, 1, 2]),
      ]),
    expect: [],
    looked: 5,
  },
  {
    title: 'the start of another process is no new life of this one',
    history: () =>
      log([appended(0, 0), poll(0, 0, 0, [0]), started('ingest-2'), poll(0, 0, 0, [0])]),
    expect: [found('poll-nonmonotonic', 0, 0)],
    looked: 2,
  },
  {
    title: 'a process that is woken is in the same life',
    history: () =>
      log([
        appended(0, 0),
        poll(0, 0, 0, [0]),
        { type: 'process', process: 'ingest-1', state: 'woken' },
        poll(0, 0, 0, [0]),
      ]),
    expect: [found('poll-nonmonotonic', 0, 0)],
    looked: 2,
  },
];
