/** Cases of `log-send-order`. */
import type { Case } from './case.ts';
import { healthy, is } from './case-builder.ts';
import { at, topicId } from './case-facts.ts';
import { appended, appendedIn, found, log, send, sent, told, untold } from './log-case-facts.ts';

export const cases: readonly Case[] = [
  { title: 'a healthy history', history: () => healthy().history(), expect: [], looked: 4 },
  {
    title: 'the third send of a partition is acknowledged before the second',
    history: () =>
      healthy()
        .instead(is('send-end', { send: 4 }), told(4, 1, 4))
        .history(),
    expect: [{ code: 'send-nonmonotonic', at: at(1, 1) }],
    looked: 4,
  },
  {
    title: 'a send is acknowledged at the offset of the one before',
    history: () => log([sent(1, 0, 5), send(2, 0, [5]), told(2, 5)]),
    expect: [found('send-nonmonotonic', 0, 5)],
    looked: 2,
  },
  {
    title: 'a send is acknowledged right behind the one before',
    history: () => log([sent(1, 0, 5), sent(2, 0, 6)]),
    expect: [],
    looked: 2,
  },
  {
    title: 'the first two offsets of a partition are in order',
    history: () => log([sent(1, 0, 0), sent(2, 0, 1)]),
    expect: [],
    looked: 2,
  },
  {
    title: 'the second record of a send falls behind',
    history: () => log([sent(1, 0, 4, 5), send(2, 0, [6, 3]), told(2, 6, 3)]),
    expect: [found('send-nonmonotonic', 0, 3)],
    looked: 2,
  },
  {
    title: 'not the last, but an earlier send is the greatest',
    history: () =>
      log([
        sent(1, 0, 9),
        send(2, 0, [1], { process: 'producer-1', transaction: 'tx' }),
        appendedIn('tx', 0, 1),
        told(2, 1),
        send(3, 0, [5], { transaction: 'tx' }),
        appendedIn('tx', 0, 5),
        told(3, 5),
      ]),
    expect: [found('send-nonmonotonic', 0, 1), found('send-nonmonotonic', 0, 5)],
    looked: 3,
  },
  {
    title: 'of two sends under way the second overtook the first',
    history: () =>
      log([send(1, 0, [1]), send(2, 0, [0]), appended(0, 0, 1), told(2, 0), told(1, 1)]),
    expect: [found('send-nonmonotonic', 0, 0)],
    looked: 2,
  },
  {
    title: 'of two sends under way the second was answered first',
    history: () =>
      log([send(1, 0, [0]), send(2, 0, [1]), appended(0, 0, 1), told(2, 1), told(1, 0)]),
    expect: [],
    looked: 2,
  },
  {
    title: 'three sends under way, the last of them in front of the first',
    history: () =>
      log([send(1, 0, [5]), send(2, 0, [6]), send(3, 0, [4]), told(2, 6), told(3, 4), told(1, 5)]),
    expect: [found('send-nonmonotonic', 0, 4)],
    looked: 3,
  },
  {
    title: 'three sends under way, the greatest first',
    history: () =>
      log([send(1, 0, [6]), send(2, 0, [4]), send(3, 0, [5]), told(2, 4), told(3, 5), told(1, 6)]),
    expect: [found('send-nonmonotonic', 0, 4), found('send-nonmonotonic', 0, 5)],
    looked: 3,
  },
  {
    title: 'after a send was given up an old one may come late',
    history: () =>
      log([
        send(1, 0, [9]),
        send(2, 0, [5]),
        untold(2, 'unknown'),
        send(3, 0, [6]),
        told(3, 6),
        told(1, 9),
        send(4, 0, [7]),
        untold(4, 'failed'),
      ]),
    expect: [],
    looked: 2,
  },
  {
    title: 'after a send was given up the answered ones still count',
    history: () =>
      log([sent(1, 0, 5), send(2, 0, [6]), untold(2, 'failed'), send(3, 0, [4]), told(3, 4)]),
    expect: [found('send-nonmonotonic', 0, 4)],
    looked: 2,
  },
  {
    title: 'another process gave up a send, which is nothing to this one',
    history: () =>
      log([
        send(1, 0, [5]),
        send(2, 0, [6], { process: 'producer-2' }),
        untold(2, 'failed'),
        send(3, 0, [4]),
        told(3, 4),
        told(1, 5),
      ]),
    expect: [found('send-nonmonotonic', 0, 4)],
    looked: 2,
  },
  {
    title: 'two sends given up: what began between them goes its own way',
    history: () =>
      log([
        send(1, 0, [1]),
        untold(1, 'failed'),
        send(2, 0, [9]),
        send(3, 0, [2]),
        untold(3, 'failed'),
        send(4, 0, [5]),
        told(4, 5),
        told(2, 9),
      ]),
    expect: [],
    looked: 2,
  },
  {
    title: 'other processes, partitions and transactions under way go their own ways',
    history: () =>
      log([
        send(1, 0, [5]),
        send(2, 0, [4], { process: 'producer-2' }),
        send(3, 1, [3]),
        send(4, 0, [2], { transaction: 'tx' }),
        told(1, 5),
        told(2, 4),
        told(3, 3),
        told(4, 2),
        sent(5, 1, 4),
      ]),
    expect: [],
    looked: 5,
  },
  {
    title: 'a topic that was made again begins anew',
    history: () =>
      log([
        sent(1, 0, 5),
        { type: 'topic', topic: 'trades', topicId: 't2' },
        send(2, 0, [0]),
        told(2, 0),
      ]),
    expect: [],
    looked: 2,
  },
  {
    title: 'a send belongs to the topic where its record stands',
    history: () =>
      log([
        sent(1, 0, 5),
        { type: 'topic', topic: 'other', topicId: 't2' },
        sent(2, 0, 4),
        { type: 'topic', topic: 'trades', topicId },
      ]),
    expect: [found('send-nonmonotonic', 0, 4)],
    looked: 2,
  },
  {
    title: 'an acknowledgement without offsets says nothing',
    history: () => log([sent(1, 0, 5), send(2, 0, [6]), told(2), sent(3, 0, 7)]),
    expect: [],
    looked: 3,
  },
];
