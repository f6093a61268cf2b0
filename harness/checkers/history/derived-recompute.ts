/**
 * A candle from its trades, and what a candle says, as numbers.
 *
 * Trades of one millisecond have no order, so any of their prices may open or close a window. What
 * cannot be read, or is not there, is `unreadable`.
 */
import { decimal, unreadable } from './derived-decimal.ts';
import type { WindowTrade } from './derived-windows.ts';
import type { DerivedEvent } from './history.ts';

export interface Recomputed {
  /** Prices of the trades of the first and of the last millisecond. */
  readonly opens: ReadonlySet<bigint>;
  readonly closes: ReadonlySet<bigint>;
  /** From the least to the greatest. */
  readonly prices: readonly bigint[];
  readonly high: bigint;
  readonly low: bigint;
  readonly volume: bigint;
  readonly quantityMin: bigint;
  readonly quantityMax: bigint;
  readonly trades: number;
}

export interface CandleValues {
  readonly open: bigint;
  readonly high: bigint;
  readonly low: bigint;
  readonly close: bigint;
  readonly volume: bigint;
  readonly trades: number;
}

export function recompute(trades: readonly WindowTrade[]): Recomputed {
  const prices = sorted(trades.map(({ price }) => price));
  const quantities = sorted(trades.map(({ quantity }) => quantity));
  const times = trades.map(({ timeMs }) => timeMs);
  const pricesAt = (at: number) =>
    new Set(trades.filter(({ timeMs }) => timeMs === at).map(({ price }) => price));
  return {
    opens: pricesAt(Math.min(...times)),
    closes: pricesAt(Math.max(...times)),
    prices,
    low: prices[0] ?? unreadable,
    high: prices.at(-1) ?? unreadable,
    volume: quantities.reduce((a, b) => a + b, 0n),
    quantityMin: quantities[0] ?? unreadable,
    quantityMax: quantities.at(-1) ?? unreadable,
    trades: trades.length,
  };
}

export function valuesOf(candle: DerivedEvent): CandleValues {
  return {
    open: decimal(candle.open),
    high: decimal(candle.high),
    low: decimal(candle.low),
    close: decimal(candle.close),
    volume: decimal(candle.volume),
    trades: candle.trades,
  };
}

function sorted(values: readonly bigint[]): readonly bigint[] {
  return values.toSorted((a, b) => Number(a - b));
}
