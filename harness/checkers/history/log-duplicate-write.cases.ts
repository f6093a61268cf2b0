/** Cases of `log-duplicate-write`. */
import type { Case } from './case.ts';
import { healthy } from './case-builder.ts';
import { appendedKey, found, gone, log, send, sent, told } from './log-case-facts.ts';

export const cases: readonly Case[] = [
  { title: 'a healthy history', history: () => healthy().history(), expect: [], looked: 10 },
  {
    title: 'a batch that was sent again is appended again',
    history: () => log([sent(1, 0, 0, 1), appendedKey('k0-0', 0, 2), appendedKey('k0-1', 0, 3)]),
    expect: [found('duplicate-write', 0, 2), found('duplicate-write', 0, 3)],
    looked: 4,
  },
  {
    title: 'three copies of what was sent once',
    history: () => log([sent(1, 0, 0), appendedKey('k0-0', 0, 1), appendedKey('k0-0', 1, 7)]),
    expect: [found('duplicate-write', 0, 1), found('duplicate-write', 1, 7)],
    looked: 3,
  },
  {
    title: 'three copies of what was sent twice',
    history: () =>
      log([
        sent(1, 0, 0),
        send(2, 0, [], { keys: ['k0-0'] }),
        appendedKey('k0-0', 0, 1),
        appendedKey('k0-0', 0, 2),
        told(2, 1),
      ]),
    expect: [found('duplicate-write', 0, 2)],
    looked: 3,
  },
  {
    title: 'two copies of what was sent twice are a matter of the source',
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
    title: 'a copy that was cut off does not count',
    history: () => log([sent(1, 0, 0), gone('unclean-leader', 0, 0, 0), appendedKey('k0-0', 0, 1)]),
    expect: [],
    looked: 2,
  },
  {
    title: 'a copy that retention took was there',
    history: () => log([sent(1, 0, 0), gone('retention', 0, 0, 0), appendedKey('k0-0', 0, 1)]),
    expect: [found('duplicate-write', 0, 1)],
    looked: 2,
  },
  {
    title: 'a record that nobody sent may stand once',
    history: () => log([appendedKey('x', 0, 0)]),
    expect: [],
    looked: 1,
  },
  {
    title: 'a record that nobody sent stands twice',
    history: () => log([appendedKey('x', 0, 0), appendedKey('x', 0, 1)]),
    expect: [found('duplicate-write', 0, 1)],
    looked: 2,
  },
];
