/**
 * The windows of a history: the trades that the log has for each, and the candle that stands for
 * it.
 *
 * A trade is a record whose content reads `exchange|symbol|tradeId|price|quantity|timeMs`; whatever
 * else stands there belongs to no window. Counted are committed trades that are in the log or that
 * somebody was given before they were removed, because nobody can have counted the others. The last
 * candle of a window is the one that counts; earlier ones were replaced.
 */
import { decimal } from './derived-decimal.ts';
import type { DerivedEvent, History } from './history.ts';
import { logFacts } from './log-facts.ts';
import { isCommitted, isThere, type LogEntry, type Place } from './log-places.ts';
import { perHistory } from './per-history.ts';

type Series = Pick<DerivedEvent, 'layer' | 'windowMs'>;

export interface WindowTrade {
  readonly entry: LogEntry;
  readonly symbol: string;
  readonly price: bigint;
  readonly quantity: bigint;
  readonly timeMs: number;
}

export interface CandleWindow extends Series {
  readonly symbol: string;
  readonly windowStart: number;
  readonly trades: WindowTrade[];
  candle: DerivedEvent | null;
}

/** Of all series that the run promises or has a candle of; empty when there is none. */
export const candleWindows = perHistory((history: History): readonly CandleWindow[] => {
  const windows = new Map<string, CandleWindow>();
  const series = new Map<string, Series>();
  for (const one of history.configuration.candles ?? []) series.set(seriesName(one), one);
  for (const event of history.events) {
    if (event.type !== 'candle') continue;
    series.set(seriesName(event), event);
    windowOf(windows, event, event.symbol, event.windowStart).candle = event;
  }
  for (const one of series.values()) {
    for (const trade of tradesOf(history)) {
      const start = trade.timeMs - (trade.timeMs % one.windowMs);
      windowOf(windows, one, trade.symbol, start).trades.push(trade);
    }
  }
  return [...windows.values()];
});

const seriesName = ({ layer, windowMs }: Series) => `${layer} ${windowMs}`;

function windowOf(
  windows: Map<string, CandleWindow>,
  { layer, windowMs }: Series,
  symbol: string,
  windowStart: number,
): CandleWindow {
  const name = `${layer} ${windowMs} ${windowStart} ${symbol}`;
  const made = { layer, windowMs, symbol, windowStart, trades: [], candle: null };
  const window = windows.get(name) ?? made;
  windows.set(name, window);
  return window;
}

const tradesOf = perHistory((history: History): readonly WindowTrade[] => {
  const trades: WindowTrade[] = [];
  for (const partition of logFacts(history).partitions) {
    for (const place of partition.all()) {
      for (const entry of place.entries) {
        if (!entry.record.isTrade || !mayBeCounted(entry, place)) continue;
        const trade = tradeOf(entry);
        if (trade.price >= 0n && trade.quantity >= 0n && trade.timeMs >= 0) trades.push(trade);
      }
    }
  }
  return trades;
});

function mayBeCounted(entry: LogEntry, { polled }: Place): boolean {
  return isCommitted(entry) && (isThere(entry) || polled.length > 0);
}

const contentForm = /^[^|]*\|([^|]*)\|[^|]*\|([^|]*)\|([^|]*)\|(\d{1,15})$/;

/** What cannot be read is less than zero. */
function tradeOf(entry: LogEntry): WindowTrade {
  const [, symbol = '', price = '', quantity = '', timeMs = '-1'] =
    contentForm.exec(entry.record.content) ?? [];
  return {
    entry,
    symbol,
    price: decimal(price),
    quantity: decimal(quantity),
    timeMs: Number(timeMs),
  };
}
