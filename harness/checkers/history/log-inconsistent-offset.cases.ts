/** Cases of `log-inconsistent-offset`. */
import type { Case } from './case.ts';
import { healthy, is } from './case-builder.ts';
import { append, at, record } from './case-facts.ts';
import {
  appended,
  appendedKey,
  found,
  gone,
  log,
  poll,
  polledKey,
  send,
  sent,
  told,
} from './log-case-facts.ts';

export const cases: readonly Case[] = [
  { title: 'a healthy history', history: () => healthy().history(), expect: [], looked: 10 },
  {
    title: 'an acknowledgement names the next offset',
    history: () =>
      healthy()
        .instead(is('send-end', { send: 2 }), told(2, 7))
        .history(),
    expect: [{ code: 'inconsistent-offset', at: at(1, 7) }],
    looked: 11,
  },
  {
    title: 'all acknowledged offsets are one too high',
    history: () => log([send(1, 0, [0, 1]), appended(0, 0, 1), told(1, 1, 2)]),
    expect: [found('inconsistent-offset', 0, 1), found('inconsistent-offset', 0, 2)],
    looked: 3,
  },
  {
    title: 'a record stands in another partition than acknowledged',
    history: () => log([send(1, 0, [0]), appendedKey('k0-0', 1, 0), told(1, 0)]),
    expect: [found('inconsistent-offset', 0, 0)],
  },
  {
    title: 'an acknowledged record that is nowhere is another anomaly',
    history: () => log([send(1, 0, [0]), told(1, 0)]),
    expect: [],
    looked: 1,
  },
  {
    title: 'an acknowledgement without offsets says nothing',
    history: () => log([send(1, 0, [0]), appended(0, 0), told(1)]),
    expect: [],
    looked: 1,
  },
  {
    title: 'what was cut off stood where it was said',
    history: () => log([sent(1, 0, 0), gone('unclean-leader', 0, 0, 0), appendedKey('k0-0', 0, 1)]),
    expect: [],
    looked: 2,
  },
  {
    title: 'a record that was sent twice stands at both of its offsets',
    history: () =>
      log([
        sent(1, 0, 0),
        send(2, 0, [], { keys: ['k0-0'] }),
        appendedKey('k0-0', 0, 1),
        told(2, 1),
      ]),
    expect: [],
    looked: 2,
  },
  {
    title: 'a reader was given the neighbour’s key',
    history: () => log([sent(1, 0, 0, 1), polledKey('k0-1', 0, 0)]),
    expect: [found('inconsistent-offset', 0, 0)],
    looked: 2,
  },
  {
    title: 'a reader was given something where the log has nothing',
    history: () => log([sent(1, 0, 0), polledKey('k0-0', 0, 5)]),
    expect: [found('inconsistent-offset', 0, 5)],
    looked: 2,
  },
  {
    title: 'the second of two readers was given another key',
    history: () =>
      log([sent(1, 0, 0), poll(0, 0, 0, [0]), polledKey('x', 0, 0, { process: 'ingest-2' })]),
    expect: [found('inconsistent-offset', 0, 0)],
    looked: 1,
  },
  {
    title: 'an offset was given away again, and two readers saw two records there',
    history: () =>
      log([
        sent(1, 0, 0),
        poll(0, 0, 0, [0]),
        gone('unclean-leader', 0, 0, 0),
        appendedKey('x', 0, 0),
        polledKey('x', 0, 0, { reader: 2 }),
      ]),
    expect: [found('inconsistent-offset', 0, 0)],
    looked: 1,
  },
  {
    title: 'an offset was given away again before anybody read it',
    history: () =>
      log([
        sent(1, 0, 0),
        gone('unclean-leader', 0, 0, 0),
        appendedKey('x', 0, 0),
        polledKey('x', 0, 0),
        polledKey('x', 0, 0, { reader: 2 }),
      ]),
    expect: [],
    looked: 1,
  },
  {
    title: 'two records are at one offset at once',
    history: () => log([sent(1, 0, 0), appendedKey('x', 0, 0)]),
    expect: [found('inconsistent-offset', 0, 0)],
    looked: 1,
  },
  {
    title: 'the same offset of another topic is another place',
    history: () =>
      log([
        sent(1, 0, 0),
        { type: 'topic', topic: 'trades', topicId: 't2' },
        append(record(0, 0, { topicId: 't2', key: 'x' })),
        poll(0, 0, 0, [0]),
      ]),
    expect: [],
    looked: 2,
  },
  {
    title: 'an acknowledgement counts in the topic where its record stands',
    history: () =>
      log([
        send(1, 0, [0]),
        appended(0, 0),
        { type: 'topic', topic: 'b', topicId: 't2' },
        told(1, 0),
      ]),
    expect: [],
    looked: 1,
  },
];
