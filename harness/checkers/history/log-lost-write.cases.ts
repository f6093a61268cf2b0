/** Cases of `log-lost-write`. */
import type { Case } from './case.ts';
import { healthy, is, isAppend } from './case-builder.ts';
import { at } from './case-facts.ts';
import {
  aborted,
  appended,
  appendedIn,
  appendedKey,
  found,
  gone,
  log,
  send,
  sent,
  told,
  untold,
} from './log-case-facts.ts';

export const cases: readonly Case[] = [
  { title: 'a healthy history', history: () => healthy().history(), expect: [], looked: 9 },
  {
    title: 'a record that was acknowledged was never appended',
    history: () => healthy().without(isAppend(0, 3)).history(),
    expect: [{ code: 'lost-write', at: at(0, 3) }],
    looked: 9,
  },
  {
    title: 'an unclean election cuts off what was acknowledged',
    history: () => log([sent(1, 0, 0, 1, 2), gone('unclean-leader', 0, 1, 2)]),
    expect: [found('lost-write', 0, 1), found('lost-write', 0, 2)],
    looked: 3,
  },
  {
    title: 'what was cut off stays lost when the topic is deleted later',
    history: () =>
      log([sent(1, 0, 0), gone('unclean-leader', 0, 0, 0), gone('topic-deleted', 0, 0, 5)]),
    expect: [found('lost-write', 0, 0)],
    looked: 1,
  },
  {
    title: 'single offsets are removed, some of which never held anything',
    history: () => log([sent(1, 0, 0, 1), gone('unclean-leader', 0, 0, 7, [1, 7])]),
    expect: [found('lost-write', 0, 1)],
    looked: 2,
  },
  {
    title: 'both records of a send that never came',
    history: () => log([send(1, 1, [4, 5]), told(1, 4, 5)]),
    expect: [found('lost-write', 1, 4), found('lost-write', 1, 5)],
  },
  {
    title: 'retention, compaction and the deletion of a topic lose nothing',
    history: () =>
      log([
        sent(1, 0, 0, 1, 2),
        gone('retention', 0, 0, 0),
        gone('compaction', 0, 1, 1, [1]),
        gone('topic-deleted', 0, 2, 2),
      ]),
    expect: [],
    looked: 3,
  },
  {
    title: 'what was cut off and sent again is in the log',
    history: () =>
      log([
        sent(1, 0, 0),
        gone('unclean-leader', 0, 0, 0),
        appendedKey('other', 0, 0),
        appendedKey('k0-0', 0, 1),
      ]),
    expect: [],
    looked: 1,
  },
  {
    title: 'a record of an aborted transaction is nobody’s loss',
    history: () =>
      log([
        send(1, 0, [0], { transaction: 'tx' }),
        appendedIn('tx', 0, 0),
        told(1, 0),
        gone('unclean-leader', 0, 0, 0),
        aborted('tx'),
        sent(2, 0, 5),
      ]),
    expect: [],
    looked: 1,
  },
  {
    title: 'a record of a transaction that nobody decided is held to',
    history: () => log([send(1, 0, [0], { transaction: 'tx' }), told(1, 0)]),
    expect: [found('lost-write', 0, 0)],
    looked: 1,
  },
  {
    title: 'an acknowledgement without offsets is held to as well',
    history: () => log([send(1, 0, [0]), told(1)]),
    expect: [found('lost-write', 0, -1)],
    looked: 1,
  },
  {
    title: 'what failed, or has no answer, may be in the log or not',
    history: () =>
      log([
        send(1, 0, [0]),
        untold(1, 'failed'),
        send(2, 0, [1]),
        untold(2, 'unknown'),
        send(3, 0, [2]),
        appended(0, 2),
      ]),
    expect: [],
    looked: 0,
  },
  {
    title: 'an acknowledgement of records that were never sent counts for nothing',
    history: () => log([sent(1, 0, 0), told(9, 5)]),
    expect: [],
    looked: 1,
  },
  {
    title: 'a record that stands at another offset is there',
    history: () =>
      healthy()
        .instead(is('send-end', { send: 2 }), told(2, 7))
        .history(),
    expect: [],
    looked: 9,
  },
];
