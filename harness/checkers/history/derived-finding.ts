/** A finding about a candle: both sides of it, and the records of its window as witness. */
import type { Finding } from '../../experiment/journal-events.ts';
import { decimalText } from './derived-decimal.ts';
import { recompute } from './derived-recompute.ts';
import type { CandleWindow, WindowTrade } from './derived-windows.ts';
import type { DerivedEvent } from './history.ts';
import { placeName } from './log-finding.ts';

/** More would make a message that nobody reads. */
const witnessesMax = 50;

export function candleFinding(code: string, window: CandleWindow, what: string): Finding {
  const { layer, symbol, windowStart, windowMs, trades, candle } = window;
  const places = trades.slice(0, witnessesMax).map(({ entry }) => placeName(entry.record));
  const more = trades.length > witnessesMax ? `, and ${trades.length - witnessesMax} more` : '';
  const name = `${symbol} window ${windowStart}+${windowMs} ms`;
  return {
    code,
    layer,
    message: `${name}: ${what}; trades of the log: ${places.join(', ') || 'none'}${more}`,
    identity: null,
    expected: trades.length === 0 ? null : recomputedFields(trades),
    actual: candle === null ? [] : [candleFields(candle)],
  };
}

function recomputedFields(trades: readonly WindowTrade[]): Readonly<Record<string, string>> {
  const { opens, closes, high, low, volume } = recompute(trades);
  const either = (values: ReadonlySet<bigint>) => [...values].map(decimalText).join(' or ');
  return {
    open: either(opens),
    high: decimalText(high),
    low: decimalText(low),
    close: either(closes),
    volume: decimalText(volume),
    trades: `${trades.length}`,
  };
}

function candleFields({ open, high, low, close, volume, trades }: DerivedEvent) {
  return { open, high, low, close, volume, trades: `${trades}` };
}
