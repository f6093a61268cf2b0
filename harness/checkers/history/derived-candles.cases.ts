/** Cases of `derived-candles`. */
import type { Case } from './case.ts';
import { healthy } from './case-builder.ts';
import { append, record } from './case-facts.ts';
import { anomaly, candle, done, traded, windowMs } from './derived-case-facts.ts';
import { aborted, drained, gone, log, poll } from './log-case-facts.ts';

/** Opens at 10, peaks at 12, falls to 9, closes at 11; 0.5 + 1 + 2 + 4 = 7.5. */
const trades = [
  traded(0, 0, '10.00', '0.5'),
  traded(1, 100, '12', '1'),
  traded(2, 30_000, '9', '2'),
  traded(3, 59_999, '11', '4'),
];
const prices = ['10', '12', '9', '11'] as const;

const trade = traded(0, 0, '10', '1');
const next = traded(1, 60_000, '10', '1');
const its = candle(['10', '10', '10', '10'], '1', 1);
const candles = [{ layer: 'gold', windowMs }] as const;

const noTrade = append(record(0, 1, { content: 'binance|BTCUSDT|1|10|1|0', isTrade: false }));
const abortedTrade = append(record(0, 1, { content: 'binance|BTCUSDT|1|10|1|1' }), 'tx');

export const cases: readonly Case[] = [
  { title: 'a history without candles', history: () => healthy().history(), expect: [], looked: 0 },
  {
    title: 'a candle that is right, written in other digits',
    history: () =>
      done(...trades, candle(['10.0', '12.00', '9', '11.000000000000000000'], '7.50', 4)),
    expect: [],
    looked: 1,
  },
  ...(
    [
      ['open', ['12', '12', '9', '11'], '7.5'],
      ['high', ['10', '12.1', '9', '11'], '7.5'],
      ['low', ['10', '12', '8.9', '11'], '7.5'],
      ['close', ['10', '12', '9', '9'], '7.5'],
      ['volume, by the smallest unit there is,', prices, '7.500000000000000001'],
      ['volume', prices, '7.4'],
    ] as const
  ).map(
    ([what, values, volume]): Case => ({
      title: `the ${what} of a candle is wrong`,
      history: () => done(...trades, candle(values, volume, 4)),
      expect: [anomaly('candle-wrong')],
      looked: 1,
    }),
  ),
  {
    title: 'a candle of a window without trades',
    history: () => log([...trades, candle(prices, '7.5', 4, { windowStart: 60_000 })]),
    expect: [anomaly('candle-wrong')],
    looked: 2,
  },
  {
    title: 'a candle of a symbol that nobody trades',
    history: () => log([...trades, candle(prices, '7.5', 4, { symbol: 'ETHUSDT' })]),
    expect: [anomaly('candle-wrong')],
    looked: 2,
  },
  ...(
    [
      ['open', ['x', '12', '9', '11']],
      ['high', ['10', 'x', '9', '11']],
      ['low', ['10', '12', 'x', '11']],
      ['close', ['10', '12', '9', 'x']],
    ] as const
  ).map(
    ([what, values]): Case => ({
      title: `the ${what} of a candle is no number`,
      history: () => done(...trades, candle(values, '7.5', 4)),
      expect: [anomaly('candle-wrong')],
      looked: 1,
    }),
  ),
  ...['', '1,5', '-1', '1e3', '1.', '.5', '0.1234567890123456789', '9'.repeat(31)].map(
    (text): Case => ({
      title: `a volume that reads "${text}" is no volume`,
      history: () => done(...trades, candle(prices, text, 4)),
      expect: [anomaly('candle-wrong')],
      looked: 1,
    }),
  ),
  {
    title: 'a record is counted twice',
    history: () => done(...trades, candle(prices, '8.5', 5)),
    expect: [anomaly('view-double-count')],
    looked: 1,
  },
  {
    title: 'all records are counted twice',
    history: () => done(...trades, candle(prices, '15', 8)),
    expect: [anomaly('view-double-count')],
    looked: 1,
  },
  {
    title: 'the least and the greatest volume that one record more can make',
    history: () =>
      done(
        ...trades,
        candle(prices, '8', 5),
        traded(4, 60_000, '10', '1'),
        traded(5, 60_001, '10', '3'),
        candle(['10', '10', '10', '10'], '7', 3, { windowStart: 60_000 }),
      ),
    expect: [anomaly('view-double-count'), anomaly('view-double-count')],
    looked: 2,
  },
  {
    title: 'more volume, and less, than one record more can make',
    history: () =>
      done(
        ...trades,
        candle(prices, '7.999999999999999999', 5),
        traded(4, 60_000, '10', '1'),
        traded(5, 60_001, '10', '3'),
        candle(['10', '10', '10', '10'], '7.000000000000000001', 3, { windowStart: 60_000 }),
      ),
    expect: [anomaly('candle-wrong'), anomaly('candle-wrong')],
    looked: 2,
  },
  {
    title: 'one trade too many and a wrong price',
    history: () => done(...trades, candle(['10', '13', '9', '11'], '8.5', 5)),
    expect: [anomaly('candle-wrong')],
    looked: 1,
  },
  {
    title: 'a candle is double before the drain as well',
    history: () => log([...trades, candle(prices, '8.5', 5)]),
    expect: [anomaly('view-double-count')],
    looked: 1,
  },
  {
    title: 'the last trade came after the candle, which is never completed',
    history: () => done(...trades, candle(['10', '12', '9', '9'], '3.5', 3)),
    expect: [anomaly('candle-frozen')],
    looked: 1,
  },
  {
    title: 'an early trade came too late for the candle',
    history: () => done(...trades, candle(['12', '12', '9', '11'], '7', 3)),
    expect: [anomaly('candle-frozen')],
    looked: 1,
  },
  {
    title: 'a candle of one trade of four',
    history: () => done(...trades, candle(['9', '9', '9', '9'], '2', 1)),
    expect: [anomaly('candle-frozen')],
    looked: 1,
  },
  {
    title: 'a candle that is not complete before the drain is ordinary',
    history: () => log([...trades, candle(['10', '12', '9', '9'], '3.5', 3)]),
    expect: [],
    looked: 1,
  },
  {
    title: 'a candle that is not complete when the drain failed is ordinary',
    history: () => log([...trades, candle(['10', '12', '9', '9'], '3.5', 3), drained(1, 'gold')]),
    expect: [],
    looked: 1,
  },
  {
    title: 'a drain that is the first thing that happened is one',
    history: () => log([drained(), ...trades, candle(['10', '12', '9', '9'], '3.5', 3)]),
    expect: [anomaly('candle-frozen')],
    looked: 1,
  },
  {
    title: 'a candle was completed later',
    history: () =>
      done(...trades, candle(['10', '12', '9', '9'], '3.5', 3), candle(prices, '7.5', 4)),
    expect: [],
    looked: 1,
  },
  ...(
    [
      ['of no trade at all', ['10', '10', '10', '10'], '3.5', 0],
      ['whose open is no price of the window', ['10.5', '12', '9', '11'], '3.5', 3],
      ['whose high is no price of the window', ['10', '12.5', '9', '11'], '3.5', 3],
      ['whose low is no price of the window', ['10', '12', '8', '11'], '3.5', 3],
      ['whose close is no price of the window', ['10', '12', '9', '11.5'], '3.5', 3],
      ['that opens above its high', ['12', '11', '9', '11'], '3.5', 3],
      ['that opens below its low', ['9', '12', '10', '11'], '3.5', 3],
      ['that closes above its high', ['10', '11', '9', '12'], '3.5', 3],
      ['that closes below its low', ['10', '12', '10', '9'], '3.5', 3],
      ['that misses less than the least quantity', prices, '7.000000000000000001', 3],
      ['that misses more than the greatest quantity', prices, '3.499999999999999999', 3],
    ] as const
  ).map(
    ([what, values, volume, count]): Case => ({
      title: `a candle with fewer trades, ${what}`,
      history: () => done(...trades, candle(values, volume, count)),
      expect: [anomaly('candle-wrong')],
      looked: 1,
    }),
  ),
  {
    title: 'trades of one millisecond have no order',
    history: () =>
      done(
        traded(0, 5, '10', '1'),
        traded(1, 5, '11', '1'),
        traded(2, 5, '12', '1'),
        candle(['11', '12', '10', '11'], '3', 3),
      ),
    expect: [],
    looked: 1,
  },
  {
    title: 'of equal first and last times any price may open or close, another may not',
    history: () =>
      done(
        traded(0, 5, '10', '1'),
        traded(1, 5, '11', '1'),
        traded(2, 6, '12', '1'),
        traded(3, 7, '13', '1'),
        traded(4, 7, '14', '1'),
        candle(['11', '14', '10', '13'], '5', 5),
        candle(['12', '14', '10', '13'], '5', 5, { layer: 'cold-gold' }),
      ),
    expect: [anomaly('candle-wrong')],
    looked: 2,
  },
  {
    title: 'the times decide, not the offsets',
    history: () =>
      done(
        traded(0, 20, '11', '1'),
        traded(1, 10, '10', '1'),
        traded(2, 15, '12', '1'),
        candle(['10', '12', '10', '11'], '3', 3),
      ),
    expect: [],
    looked: 1,
  },
  {
    title: 'a trade of nothing for nothing is a trade',
    history: () => done(traded(0, 0, '0', '0'), candle(['0', '0', '0', '0'], '0', 1)),
    expect: [],
    looked: 1,
  },
  {
    title: 'each layer and length has candles of its own',
    history: () =>
      done(
        ...trades,
        candle(prices, '7.5', 4),
        candle(prices, '7.4', 4, { layer: 'cold-gold' }),
        candle(prices, '7.5', 4, { windowMs: 300_000 }),
        candle(prices, '7.3', 4, { windowMs: 300_000, layer: 'cold-gold' }),
      ),
    expect: [anomaly('candle-wrong'), anomaly('candle-wrong')],
    looked: 4,
  },
  {
    title: 'a trade at the border of two windows belongs to the second',
    history: () =>
      done(
        traded(0, 59_999, '10', '1'),
        traded(1, 60_000, '11', '2'),
        candle(['10', '10', '10', '10'], '1', 1),
        candle(['11', '11', '11', '11'], '2', 1, { windowStart: 60_000 }),
      ),
    expect: [],
    looked: 2,
  },
  {
    title: 'records that are no trades or of another shape are in no candle',
    history: () =>
      done(
        traded(0, 0, '10', '1'),
        noTrade,
        traded(3, 'x', '10', '1'),
        traded(4, 0, 'ten', '1'),
        traded(5, 0, '10', 'one'),
        traded(6, '0|more', '10', '1'),
        traded(7, '', '10', '1'),
        candle(['10', '10', '10', '10'], '1', 1),
      ),
    expect: [],
    looked: 1,
  },
  {
    title: 'a trade of an aborted transaction was counted',
    history: () =>
      done(
        traded(0, 0, '10', '1'),
        abortedTrade,
        aborted('tx'),
        candle(['10', '10', '10', '10'], '2', 2),
      ),
    expect: [anomaly('view-double-count')],
    looked: 1,
  },
  {
    title: 'what retention took after somebody read it is counted',
    history: () =>
      done(...trades, poll(0, 0, 0, [0]), gone('retention', 0, 0, 0), candle(prices, '7.5', 4)),
    expect: [],
    looked: 1,
  },
  {
    title: 'what retention took before anybody read it is not counted',
    history: () =>
      done(...trades, gone('retention', 0, 0, 0), candle(['12', '12', '9', '11'], '7', 3)),
    expect: [],
    looked: 1,
  },
  {
    title: 'the second window has no candle',
    history: () => done(trade, its, next),
    expect: [anomaly('candle-missing')],
    looked: 2,
  },
  {
    title: 'another symbol has no candle',
    history: () => done(trade, its, traded(1, 1, '10', '1', 'ETHUSDT')),
    expect: [anomaly('candle-missing')],
    looked: 2,
  },
  {
    title: 'no candle at all, though they were promised',
    history: () => log([trade, next, drained()], { candles }),
    expect: [anomaly('candle-missing'), anomaly('candle-missing')],
    looked: 2,
  },
  {
    title: 'one of two promised layers has no candle',
    history: () =>
      log([trade, its, drained()], { candles: [...candles, { layer: 'cold-gold', windowMs }] }),
    expect: [anomaly('candle-missing')],
    looked: 2,
  },
  {
    title: 'every window has its candle, and none is asked for where nobody traded',
    history: () =>
      done(trade, its, next, candle(['10', '10', '10', '10'], '1', 1, { windowStart: 60_000 })),
    expect: [],
    looked: 2,
  },
  {
    title: 'no candles were promised and there are none',
    history: () => done(trade, next),
    expect: [],
    looked: 0,
  },
  {
    title: 'before the drain a candle may be on its way',
    history: () => log([trade, its, next]),
    expect: [],
    looked: 2,
  },
  {
    title: 'when the drain failed a candle may be on its way',
    history: () => log([trade, its, next, drained(1, 'gold')]),
    expect: [],
    looked: 2,
  },
];
