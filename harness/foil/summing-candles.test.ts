import { describe, expect, test } from 'vitest';
import type { Row } from '../checkers/history/history.ts';
import {
  type Candle,
  candlesOfBlock,
  mergedCandle,
  SummingCandles,
  units,
} from './summing-candles.ts';

const minuteMs = 60_000;

function trades(...of: ReadonlyArray<readonly [price: string, timeMs: number]>): Row[] {
  return of.map(([price, timeMs], offset) => ({
    topicId: 't1',
    partition: 0,
    offset,
    content: `binance|BTCUSDT|${offset}|${price}|0.5|${timeMs}`,
  }));
}

const first = trades(['10', 0], ['12', 5], ['9', 7], ['11', 9]);
const second = trades(['20', 20], ['5', 25]);

describe('SummingMergeTree candles', () => {
  test('a candle of one block is right, for nothing was merged yet', () => {
    expect(candlesOfBlock(first, minuteMs)).toEqual([
      {
        ...{ symbol: 'BTCUSDT', windowStart: 0, windowMs: minuteMs },
        ...{ open: '10', high: '12', low: '9', close: '11', volume: units('2'), trades: 4 },
      },
    ]);
  });

  test('prices are compared as numbers and not as texts', () => {
    const [candle] = candlesOfBlock(trades(['9.5', 0], ['10.25', 1]), minuteMs);
    expect(candle).toMatchObject({ high: '10.25', low: '9.5' });
  });

  test('a merge adds up volume and count and keeps the prices of one part, whichever', () => {
    const [older] = candlesOfBlock(first, minuteMs);
    const [newer] = candlesOfBlock(second, minuteMs);
    const sums = { volume: units('3'), trades: 6 };
    expect(mergedCandle(older!, newer!, true)).toEqual({ ...older, ...sums });
    expect(mergedCandle(older!, newer!, false)).toEqual({ ...newer, ...sums });
  });

  test('the run chooses the part that survives', () => {
    const opens = [0, 1].map((choice) => {
      const seen: Candle[] = [];
      const candles = new SummingCandles(
        () => choice,
        (candle) => seen.push(candle),
      );
      candles.insert(first);
      candles.insert(second);
      return seen.filter(({ windowMs }) => windowMs === minuteMs).map(({ open }) => open);
    });
    expect(opens).toEqual([
      ['10', '10'],
      ['10', '20'],
    ]);
  });

  test('an offload reads windows that start after its watermark, up to its end', () => {
    const candles = new SummingCandles(
      () => 0,
      () => undefined,
    );
    candles.insert(trades(['1', 0], ['1', minuteMs], ['1', 2 * minuteMs]));
    const starts = candles.between(minuteMs, 0, minuteMs).map(({ windowStart }) => windowStart);
    expect(starts).toEqual([minuteMs]);
    expect(candles.latest(minuteMs)).toBe(2 * minuteMs);
    expect(candles.latest(3 * minuteMs)).toBeNull();
  });
});
