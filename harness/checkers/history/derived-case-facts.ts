/**
 * Short names for trades and candles, for the cases of the checkers of derived tables.
 *
 * Windows are of one minute; the window of a trade follows from its time.
 */
import { append, record } from './case-facts.ts';
import type { DerivedEvent, HistoryFact } from './history.ts';
import { drained, log } from './log-case-facts.ts';

export const windowMs = 60_000;

/** A trade of partition 0; `price` and `quantity` as texts. */
export const traded = (
  offset: number,
  timeMs: number | string,
  price: string,
  quantity: string,
  symbol = 'BTCUSDT',
): HistoryFact =>
  append(
    record(0, offset, {
      content: `binance|${symbol}|${offset}|${price}|${quantity}|${timeMs}`,
    }),
  );

export const candle = (
  [open, high, low, close]: readonly [string, string, string, string],
  volume: string,
  trades: number,
  more: Partial<DerivedEvent> = {},
): HistoryFact => ({
  type: 'candle',
  layer: 'gold',
  symbol: 'BTCUSDT',
  windowStart: 0,
  windowMs,
  open,
  high,
  low,
  close,
  volume,
  trades,
  ...more,
});

/** Trades and candles, and then a drain that left nothing behind. */
export const done = (...facts: readonly HistoryFact[]) => log([...facts, drained()]);

export const anomaly = (code: string) => ({ code, at: null });
