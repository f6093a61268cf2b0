/** Cases of `source-order`. */
import type { Case } from './case.ts';
import { healthy } from './case-builder.ts';
import { append, record } from './case-facts.ts';
import { aborted, appendedIn, found, log } from './log-case-facts.ts';
import { trade } from './source-case-facts.ts';

export const cases: readonly Case[] = [
  { title: 'a healthy history', history: () => healthy().history(), expect: [], looked: 10 },
  {
    title: 'a trade comes late',
    history: () => log([trade(0, 0, 7), trade(0, 1, 9), trade(0, 2, 8)]),
    expect: [found('source-out-of-order', 0, 2)],
    looked: 3,
  },
  {
    title: 'two late trades behind the greatest, in their own order',
    history: () => log([trade(0, 0, 9), trade(0, 1, 7), trade(0, 2, 8), trade(0, 3, 10)]),
    expect: [found('source-out-of-order', 0, 1), found('source-out-of-order', 0, 2)],
    looked: 4,
  },
  {
    title: 'the same trade again is another matter',
    history: () =>
      log([
        trade(0, 0, 7),
        trade(0, 1, 8),
        trade(0, 2, 8),
        trade(0, 3, 7),
        trade(1, 0, 9),
        trade(1, 1, 7),
      ]),
    expect: [],
    looked: 6,
  },
  {
    title: 'a late trade that comes twice is late once',
    history: () => log([trade(0, 0, 9), trade(0, 1, 8), trade(0, 2, 8)]),
    expect: [found('source-out-of-order', 0, 1)],
    looked: 3,
  },
  {
    title: 'partitions, symbols and exchanges have their own order',
    history: () =>
      log([
        trade(0, 0, 9),
        trade(1, 0, 8),
        trade(0, 1, 7, 'ETHUSDT'),
        trade(0, 2, 6, 'BTCUSDT', 'finance'),
        trade(0, 3, 5, 'BTCUSDT', 'minance'),
      ]),
    expect: [],
    looked: 5,
  },
  {
    title: 'in the second partition a trade comes late too',
    history: () => log([trade(0, 0, 1), trade(1, 0, 8), trade(1, 1, 7)]),
    expect: [found('source-out-of-order', 1, 1)],
    looked: 3,
  },
  {
    title: 'ids that are no numbers have no order',
    history: () => log([trade(0, 0, 'x-9'), trade(0, 1, 'x-8'), trade(0, 2, 3), trade(0, 3, 4)]),
    expect: [],
    looked: 4,
  },
  {
    title: 'an aborted record is before nothing',
    history: () => log([appendedIn('tx', 0, 5), aborted('tx'), trade(0, 6, 1)]),
    expect: [],
    looked: 2,
  },
  {
    title: 'a topic that was made again begins anew',
    history: () =>
      log([trade(0, 0, 7), append(record(0, 0, { topicId: 't2', source: 'binance|BTCUSDT|5' }))]),
    expect: [],
    looked: 2,
  },
];
