/** Cases of `log-read-committed`. */
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
  polledKey,
  send,
  sent,
  untold,
} from './log-case-facts.ts';

const second = { process: 'ingest-2' };

export const cases: readonly Case[] = [
  { title: 'a healthy history', history: () => healthy().history(), expect: [], looked: 9 },
  {
    title: 'a poll gives the aborted record too',
    history: () =>
      healthy()
        .instead(
          is('poll', { span: { topicId: 't1', partition: 1, offsetFirst: 0, offsetLast: 3 } }),
          poll(1, 0, 3, [0, 1, 3]),
        )
        .history(),
    expect: [{ code: 'aborted-read', at: at(1, 1) }],
    looked: 10,
  },
  {
    title: 'a record is read and its transaction aborted afterwards',
    history: () => log([appendedIn('tx', 0, 0), poll(0, 0, 0, [0]), aborted('tx')]),
    expect: [found('aborted-read', 0, 0)],
    looked: 1,
  },
  {
    title: 'two readers are given two aborted records',
    history: () =>
      log([
        appendedIn('tx', 0, 0, 1),
        aborted('tx'),
        poll(0, 0, 1, [0, 1]),
        poll(0, 0, 1, [0, 1], second),
      ]),
    expect: [found('aborted-read', 0, 0), found('aborted-read', 0, 1)],
    looked: 4,
  },
  {
    title: 'a late record of an aborted transaction comes with the next one',
    history: () =>
      log([
        appendedIn('tx-1', 0, 0),
        aborted('tx-1'),
        appendedIn('tx-2', 0, 2),
        appendedIn('tx-1', 0, 3),
        committed('tx-2'),
        poll(0, 0, 4, [2, 3]),
      ]),
    expect: [found('aborted-read', 0, 3)],
    looked: 2,
  },
  {
    title: 'a send that was refused is read',
    history: () => log([send(1, 0, [0]), appended(0, 0), untold(1, 'failed'), poll(0, 0, 0, [0])]),
    expect: [found('aborted-read', 0, 0)],
    looked: 1,
  },
  {
    title: 'a send without an answer may be read',
    history: () => log([send(1, 0, [0]), appended(0, 0), untold(1, 'unknown'), poll(0, 0, 0, [0])]),
    expect: [],
    looked: 1,
  },
  {
    title: 'one of two sends of a record was refused, the other one went through',
    history: () => log([send(1, 0, [0]), untold(1, 'failed'), sent(2, 0, 0), poll(0, 0, 0, [0])]),
    expect: [],
    looked: 1,
  },
  {
    title: 'a record of nobody may be read',
    history: () => log([appended(0, 0), poll(0, 0, 0, [0])]),
    expect: [],
    looked: 1,
  },
  {
    title: 'a record is read before its transaction is committed',
    history: () => log([appendedIn('tx', 0, 0), poll(0, 0, 0, [0]), committed('tx')]),
    expect: [found('precommitted-read', 0, 0)],
    looked: 1,
  },
  {
    title: 'a record is read whose transaction is never decided',
    history: () => log([appendedIn('tx', 0, 0), poll(0, 0, 0, [0])]),
    expect: [found('precommitted-read', 0, 0)],
    looked: 1,
  },
  {
    title: 'a record is read right after the commit',
    history: () => log([appendedIn('tx', 0, 0), committed('tx'), poll(0, 0, 0, [0])]),
    expect: [],
    looked: 1,
  },
  {
    title: 'read too early once and in time by another',
    history: () =>
      log([
        appendedIn('tx', 0, 0),
        poll(0, 0, 0, [0]),
        poll(0, 0, 0, [0], { process: 'ingest-3' }),
        committed('tx'),
        poll(0, 0, 0, [0], second),
      ]),
    expect: [found('precommitted-read', 0, 0)],
    looked: 3,
  },
  {
    title: 'read in time first and too early by another: the early one counts',
    history: () =>
      log([
        appended(0, 0),
        appendedIn('tx', 0, 1),
        poll(0, 0, 1, [0, 1]),
        committed('tx'),
        poll(0, 0, 1, [0, 1], second),
      ]),
    expect: [found('precommitted-read', 0, 1)],
    looked: 4,
  },
  {
    title: 'a key that the log does not have there is another anomaly',
    history: () => log([appendedIn('tx', 0, 0), aborted('tx'), polledKey('x', 0, 0)]),
    expect: [],
    looked: 1,
  },
  {
    title: 'a refused key that the log does not have there is another anomaly',
    history: () => log([send(1, 0, [1]), untold(1, 'failed'), polledKey('k0-1', 0, 0)]),
    expect: [],
    looked: 1,
  },
  {
    title: 'of two records at one offset the one that was read was committed',
    history: () =>
      log([
        appendedIn('tx', 0, 0),
        aborted('tx'),
        gone('unclean-leader', 0, 0, 0),
        appendedKey('x', 0, 0),
        polledKey('x', 0, 0),
      ]),
    expect: [],
    looked: 1,
  },
  {
    title: 'a record was aborted, cut off, and appended again outside of transactions',
    history: () =>
      log([
        appendedIn('tx', 0, 0),
        aborted('tx'),
        gone('unclean-leader', 0, 0, 0),
        appended(0, 0),
        poll(0, 0, 0, [0]),
      ]),
    expect: [],
    looked: 1,
  },
];
