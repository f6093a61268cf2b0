/** Cases of `source-duplicate`. */
import type { Case } from './case.ts';
import { healthy } from './case-builder.ts';
import { append, record } from './case-facts.ts';
import {
  aborted,
  appendedIn,
  appendedKey,
  found,
  gone,
  log,
  send,
  sent,
  told,
} from './log-case-facts.ts';
import { trade } from './source-case-facts.ts';

export const cases: readonly Case[] = [
  { title: 'a healthy history', history: () => healthy().history(), expect: [], looked: 10 },
  {
    title: 'a trade comes again in its partition, and a third time in another',
    history: () => log([trade(0, 0, 7), trade(0, 1, 8), trade(0, 2, 7), trade(1, 0, 7)]),
    expect: [found('source-duplicate', 0, 2), found('source-duplicate', 1, 0)],
    looked: 4,
  },
  {
    title: 'one record is sent twice on purpose',
    history: () => log([sent(1, 0, 0), send(2, 0, [0]), appendedAgain(0, 1), told(2, 1)]),
    expect: [found('source-duplicate', 0, 1)],
    looked: 2,
  },
  {
    title: 'a copy that the log made is another anomaly',
    history: () => log([sent(1, 0, 0), appendedAgain(0, 1)]),
    expect: [],
    looked: 2,
  },
  {
    title: 'other ids, symbols and exchanges are other trades',
    history: () =>
      log([
        trade(0, 0, 7),
        trade(0, 1, 8),
        trade(0, 2, 7, 'ETHUSDT'),
        trade(0, 3, 7, 'BTCUSDT', 'kraken'),
      ]),
    expect: [],
    looked: 4,
  },
  {
    title: 'ids that are no numbers are compared as they are',
    history: () => log([trade(0, 0, 'x-1'), trade(0, 1, 'x-2'), trade(0, 2, 'x-1')]),
    expect: [found('source-duplicate', 0, 2)],
    looked: 3,
  },
  {
    title: 'two records that are no trades are no duplicates',
    history: () =>
      log([append(record(0, 0, { isTrade: false })), append(record(0, 1, { isTrade: false }))]),
    expect: [],
    looked: 2,
  },
  {
    title: 'an aborted record and one that was cut off were never there',
    history: () =>
      log([
        appendedIn('tx', 0, 1),
        aborted('tx'),
        appendedKey('cut', 1, 0),
        gone('unclean-leader', 1, 0, 0),
        trade(0, 2, 1),
        trade(1, 0, 1_000),
      ]),
    expect: [],
    looked: 4,
  },
  {
    title: 'a topic that was made again begins anew',
    history: () =>
      log([trade(0, 0, 7), append(record(0, 0, { topicId: 't2', source: 'binance|BTCUSDT|7' }))]),
    expect: [],
    looked: 2,
  },
];

/** The record of offset 0 once more. */
function appendedAgain(partition: number, offset: number) {
  return append({ ...record(partition, offset), key: 'k0-0', source: record(0, 0).source });
}
