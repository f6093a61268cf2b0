/** Cases of `log-send-inside`. */
import type { Case } from './case.ts';
import { healthy, is } from './case-builder.ts';
import { at } from './case-facts.ts';
import { appended, found, gone, log, send, sent, told, untold } from './log-case-facts.ts';

export const cases: readonly Case[] = [
  { title: 'a healthy history', history: () => healthy().history(), expect: [], looked: 4 },
  {
    title: 'two records of one send change places',
    history: () =>
      healthy()
        .instead(is('send-end', { send: 1 }), told(1, 0, 1, 2, 4, 3, 5))
        .history(),
    expect: [{ code: 'internal-send-nonmonotonic', at: at(0, 3) }],
    looked: 4,
  },
  {
    title: 'two records of one send have one offset',
    history: () => log([send(1, 0, [0, 1]), appended(0, 0, 1), told(1, 1, 1)]),
    expect: [found('internal-send-nonmonotonic', 0, 1)],
    looked: 1,
  },
  {
    title: 'two records of others stand between two of one send',
    history: () =>
      log([send(1, 0, [0, 3]), appended(0, 0), sent(2, 0, 1, 2), appended(0, 3), told(1, 0, 3)]),
    expect: [found('internal-send-skip', 0, 1), found('internal-send-skip', 0, 2)],
    looked: 2,
  },
  {
    title: 'before and behind a send others may stand',
    history: () => log([appended(0, 0), sent(1, 0, 1, 2), appended(0, 3)]),
    expect: [],
    looked: 1,
  },
  {
    title: 'between two records of a send lies no record',
    history: () => log([sent(1, 0, 1, 5)]),
    expect: [],
    looked: 1,
  },
  {
    title: 'in another partition others may stand between',
    history: () => log([appended(1, 1), sent(1, 0, 0, 2)]),
    expect: [],
    looked: 1,
  },
  {
    title: 'between stood what an unclean election cut off',
    history: () => log([appended(0, 1), gone('unclean-leader', 0, 1, 1), sent(1, 0, 0, 2)]),
    expect: [],
    looked: 1,
  },
  {
    title: 'between stands a record that retention took later',
    history: () => log([appended(0, 1), sent(1, 0, 0, 2), gone('retention', 0, 0, 1)]),
    expect: [found('internal-send-skip', 0, 1)],
    looked: 1,
  },
  {
    title: 'between stands a copy of the send itself',
    history: () => log([send(1, 0, [0, 1, 2]), appended(0, 0, 1, 2), told(1, 0, 2)]),
    expect: [],
    looked: 1,
  },
  {
    title: 'what was not acknowledged has no order',
    history: () => log([send(1, 0, [0, 1]), untold(1, 'unknown'), send(2, 0, [3]), sent(3, 0, 4)]),
    expect: [],
    looked: 1,
  },
  {
    title: 'the first two offsets of a partition stand together',
    history: () => log([sent(1, 0, 0, 1)]),
    expect: [],
    looked: 1,
  },
];
