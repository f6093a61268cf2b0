/**
 * The foil's gold: six candle tables that a materialized view feeds block by block.
 *
 * Each inserted block becomes a part with one row a symbol and window. A merge adds up volume and
 * count, for these are SummingMergeTree's listed columns; open, high, low and close are in no list,
 * so an arbitrary part's values survive. Which part that is, is a choice of the run. Parts are
 * merged as soon as there are two, so the reader here sees one row a window; the real table shows
 * several until its background merge has run.
 */
import type { DerivedEvent, Row } from '../checkers/history/history.ts';

export const candleTables: ReadonlyArray<{ readonly table: string; readonly windowMs: number }> = [
  { table: 'ohlcv_1m', windowMs: 60_000 },
  { table: 'ohlcv_5m', windowMs: 300_000 },
  { table: 'ohlcv_15m', windowMs: 900_000 },
  { table: 'ohlcv_30m', windowMs: 1_800_000 },
  { table: 'ohlcv_1h', windowMs: 3_600_000 },
  { table: 'ohlcv_1d', windowMs: 86_400_000 },
];

/** One row of a candle table. Prices are texts as the trades have them. */
export interface Candle {
  readonly symbol: string;
  readonly windowStart: number;
  readonly windowMs: number;
  readonly open: string;
  readonly high: string;
  readonly low: string;
  readonly close: string;
  /** In units of 10^-8. */
  readonly volume: bigint;
  readonly trades: number;
}

interface Trade {
  readonly symbol: string;
  readonly price: string;
  readonly priceUnits: bigint;
  readonly quantityUnits: bigint;
  readonly timeMs: number;
}

const decimals = 8;

/** `12.5` as 12.5 * 10^8. */
export function units(text: string): bigint {
  const [whole, fraction = ''] = text.split('.');
  return BigInt(`${whole}${fraction.padEnd(decimals, '0')}`);
}

function unitsText(value: bigint): string {
  const digits = `${value}`.padStart(decimals + 1, '0');
  const fraction = digits.slice(-decimals).replace(/0+$/, '');
  const whole = digits.slice(0, -decimals);
  return fraction === '' ? whole : `${whole}.${fraction}`;
}

function tradeOf({ content }: Row): Trade {
  const [, symbol, , price, quantity, timeMs] = content.split('|');
  return {
    symbol: symbol!,
    price: price!,
    priceUnits: units(price!),
    quantityUnits: units(quantity!),
    timeMs: Number(timeMs),
  };
}

/** What the view makes of one block: argMin, max, min, argMax, sum and count of it alone. */
export function candlesOfBlock(rows: readonly Row[], windowMs: number): Candle[] {
  return candlesOfTrades(rows.map(tradeOf), windowMs);
}

function candlesOfTrades(trades: readonly Trade[], windowMs: number): Candle[] {
  const groups = new Map<string, Trade[]>();
  for (const trade of trades) {
    const name = `${trade.symbol} ${trade.timeMs - (trade.timeMs % windowMs)}`;
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [trade]);
    else group.push(trade);
  }
  return [...groups.values()].map((group) => candleOfGroup(group, windowMs));
}

function candleOfGroup(group: readonly Trade[], windowMs: number): Candle {
  const best = (isBetter: (a: Trade, b: Trade) => boolean) =>
    group.reduce((found, one) => (isBetter(one, found) ? one : found)).price;
  const { symbol, timeMs } = group[0]!;
  return {
    symbol,
    windowStart: timeMs - (timeMs % windowMs),
    windowMs,
    open: best((a, b) => a.timeMs < b.timeMs),
    high: best((a, b) => a.priceUnits > b.priceUnits),
    low: best((a, b) => a.priceUnits < b.priceUnits),
    close: best((a, b) => a.timeMs > b.timeMs),
    volume: group.reduce((sum, { quantityUnits }) => sum + quantityUnits, 0n),
    trades: group.length,
  };
}

/** Merges two parts' rows; `keepsOlder` says whose values the columns without a sum keep. */
export function mergedCandle(older: Candle, newer: Candle, keepsOlder: boolean): Candle {
  const kept = keepsOlder ? older : newer;
  return { ...kept, volume: older.volume + newer.volume, trades: older.trades + newer.trades };
}

export function candleFact(layer: DerivedEvent['layer'], candle: Candle): DerivedEvent {
  return { type: 'candle', layer, ...candle, volume: unitsText(candle.volume) };
}

export class SummingCandles {
  readonly #onCandle: (candle: Candle) => void;
  readonly #choose: (bound: number) => number;
  readonly #rows = new Map<number, Map<string, Candle>>(
    candleTables.map(({ windowMs }) => [windowMs, new Map()]),
  );

  /** `choose` decides which part survives a merge; `onCandle` hears of every row that changed. */
  constructor(choose: (bound: number) => number, onCandle: (candle: Candle) => void) {
    this.#choose = choose;
    this.#onCandle = onCandle;
  }

  /** A block was inserted into bronze. */
  insert(rows: readonly Row[]): void {
    const trades = rows.map(tradeOf);
    for (const [windowMs, table] of this.#rows) {
      for (const part of candlesOfTrades(trades, windowMs)) {
        const name = `${part.symbol} ${part.windowStart}`;
        const older = table.get(name);
        const row = older === undefined ? part : mergedCandle(older, part, this.#choose(2) === 0);
        table.set(name, row);
        this.#onCandle(row);
      }
    }
  }

  /** Rows with `fromMs < window_start <= toMs`: what an offload run reads. */
  between(windowMs: number, fromMs: number, toMs: number): readonly Candle[] {
    const rows = [...(this.#rows.get(windowMs)?.values() ?? [])];
    return rows.filter(({ windowStart }) => windowStart > fromMs && windowStart <= toMs);
  }

  /** The latest window of a table; null while it is empty. */
  latest(windowMs: number): number | null {
    let latest: number | null = null;
    for (const { windowStart } of this.#rows.get(windowMs)?.values() ?? []) {
      if (latest === null || windowStart > latest) latest = windowStart;
    }
    return latest;
  }
}
