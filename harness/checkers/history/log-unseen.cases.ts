/** Cases of `log-unseen`. */
import type { Case } from './case.ts';
import { healthy, is } from './case-builder.ts';
import { at } from './case-facts.ts';
import {
  aborted,
  appended,
  appendedIn,
  appendedKey,
  committed,
  drained,
  found,
  gone,
  log,
  poll,
  polledKey,
  send,
  sent,
  told,
  untold,
} from './log-case-facts.ts';

const inTransaction = [
  send(1, 0, [0], { transaction: 'tx' }),
  ...appendedIn('tx', 0, 0),
  told(1, 0),
];

export const cases: readonly Case[] = [
  { title: 'a healthy history', history: () => healthy().history(), expect: [], looked: 9 },
  {
    title: 'the last poll of a partition did not happen',
    history: () =>
      healthy()
        .without(
          is('poll', { span: { topicId: 't1', partition: 1, offsetFirst: 4, offsetLast: 4 } }),
        )
        .history(),
    expect: [{ code: 'unseen', at: at(1, 4) }],
    looked: 9,
  },
  {
    title: 'of three records one was polled',
    history: () => log([sent(1, 0, 0, 1, 2), poll(0, 1, 1, [1]), drained()]),
    expect: [found('unseen', 0, 0), found('unseen', 0, 2)],
    looked: 3,
  },
  {
    title: 'a committed transaction was polled by nobody',
    history: () => log([inTransaction, committed('tx'), drained()]),
    expect: [found('unseen', 0, 0)],
    looked: 1,
  },
  {
    title: 'a record that was sent twice and polled once',
    history: () =>
      log([
        sent(1, 0, 0),
        send(2, 0, [], { keys: ['k0-0'] }),
        appendedKey('k0-0', 0, 1),
        told(2, 1),
        poll(0, 0, 0, [0]),
        drained(),
      ]),
    expect: [found('unseen', 0, 1)],
    looked: 2,
  },
  {
    title: 'nothing is said without a drain',
    history: () => log([sent(1, 0, 0)]),
    expect: [],
    looked: 0,
  },
  {
    title: 'nothing is said when the drain did not finish',
    history: () => log([sent(1, 0, 0), drained(), drained(100, 'bronze')]),
    expect: [],
    looked: 0,
  },
  {
    title: 'a drain that was done in the end counts',
    history: () => log([sent(1, 0, 0), drained(100, 'bronze'), drained()]),
    expect: [found('unseen', 0, 0)],
    looked: 1,
  },
  {
    title: 'nothing is said when nobody asked for a drain',
    history: () => log([sent(1, 0, 0), drained()], { expectDrained: false }),
    expect: [],
    looked: 0,
  },
  {
    title: 'an acknowledgement after the drain is not held to it',
    history: () => log([send(1, 0, [0]), appended(0, 0), drained(), told(1, 0)]),
    expect: [],
    looked: 0,
  },
  {
    title: 'a commit after the drain is not held to it',
    history: () => log([inTransaction, drained(), committed('tx')]),
    expect: [],
    looked: 0,
  },
  {
    title: 'aborted and undecided records are polled by nobody',
    history: () =>
      log([
        inTransaction,
        aborted('tx'),
        send(2, 0, [2], { transaction: 'tx-2' }),
        appendedIn('tx-2', 0, 2),
        told(2, 2),
        drained(),
      ]),
    expect: [],
    looked: 0,
  },
  {
    title: 'what was removed cannot be polled any more',
    history: () => log([sent(1, 0, 0), gone('retention', 0, 0, 0), drained()]),
    expect: [],
    looked: 0,
  },
  {
    title: 'compaction takes single offsets out of its span',
    history: () => log([sent(1, 0, 0, 1, 2), gone('compaction', 0, 0, 2, [1]), drained()]),
    expect: [found('unseen', 0, 0), found('unseen', 0, 2)],
    looked: 2,
  },
  {
    title: 'what was never acknowledged is promised to nobody',
    history: () => log([send(1, 0, [0]), appended(0, 0), untold(1, 'unknown'), drained()]),
    expect: [],
    looked: 0,
  },
  {
    title: 'one of two sends was acknowledged',
    history: () =>
      log([
        send(1, 0, [0]),
        appended(0, 0),
        untold(1, 'unknown'),
        send(2, 0, [0]),
        told(2, 0),
        drained(),
      ]),
    expect: [found('unseen', 0, 0)],
    looked: 1,
  },
  {
    title: 'whoever was given another record at that offset has seen it',
    history: () => log([sent(1, 0, 0), polledKey('x', 0, 0), drained()]),
    expect: [],
    looked: 1,
  },
];
