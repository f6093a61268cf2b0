/** Cases of `source-gap`. */
import type { Case } from './case.ts';
import { healthy } from './case-builder.ts';
import { append, at, record } from './case-facts.ts';
import { aborted, appendedIn, found, log } from './log-case-facts.ts';
import { trade } from './source-case-facts.ts';

export const cases: readonly Case[] = [
  {
    title: 'a healthy history, where a dead letter, an aborted record and a jump leave gaps',
    history: () => healthy().history(),
    expect: [
      { code: 'source-gap', at: at(0, 3) },
      { code: 'source-gap', at: at(1, 0) },
      { code: 'source-gap', at: at(1, 3) },
    ],
    looked: 10,
  },
  {
    title: 'one id is skipped',
    history: () => log([trade(0, 0, 7), trade(0, 1, 9)]),
    expect: [found('source-gap', 0, 1)],
    looked: 2,
  },
  {
    title: 'every hole counts once, wherever its neighbours stand',
    history: () => log([trade(0, 0, 30), trade(0, 1, 10), trade(1, 0, 20), trade(1, 1, 11)]),
    expect: [found('source-gap', 1, 0), found('source-gap', 0, 0)],
    looked: 4,
  },
  {
    title: 'neighbours in any order, over partitions, with one of them twice',
    history: () => log([trade(0, 0, 9), trade(0, 1, 7), trade(1, 0, 8), trade(1, 1, 8)]),
    expect: [],
    looked: 4,
  },
  {
    title: 'symbols and exchanges have ids of their own',
    history: () =>
      log([
        trade(0, 0, 1),
        trade(0, 1, 10, 'ETHUSDT'),
        trade(0, 2, 20, 'BTCUSDT', 'kraken'),
        trade(0, 3, 2),
      ]),
    expect: [],
    looked: 4,
  },
  {
    title: 'ids that are no whole numbers have no gaps',
    history: () =>
      log([
        trade(0, 0, 7),
        trade(0, 1, '1234567890123456'),
        trade(0, 2, '9.5'),
        trade(0, 3, 'x'),
        trade(0, 4, ''),
      ]),
    expect: [],
    looked: 5,
  },
  {
    title: 'the longest id that is exact is a number',
    history: () => log([trade(0, 0, '999999999999997'), trade(0, 1, '999999999999999')]),
    expect: [found('source-gap', 0, 1)],
    looked: 2,
  },
  {
    title: 'the trade of an aborted record is missing',
    history: () => log([trade(0, 0, 0), appendedIn('tx', 0, 1), aborted('tx'), trade(0, 2, 2)]),
    expect: [found('source-gap', 0, 2)],
    looked: 3,
  },
  {
    title: 'a topic that was made again begins anew',
    history: () =>
      log([trade(0, 0, 7), append(record(0, 0, { topicId: 't2', source: 'binance|BTCUSDT|9' }))]),
    expect: [],
    looked: 2,
  },
];
