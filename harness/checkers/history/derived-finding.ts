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
  const name = `${symbol} window ${windowStart}+${windowMs} ms`;
  return {
    code,
    layer,
    message: `${name}: ${what}; ${trades.length} trades in the log: ${places.join(', ')}`,
    identity: null,
    expected: recomputedFields(trades),
    actual: [candle ?? []].flat().map(candleFields),
  };
}

/** Empty where there is no trade; several prices where several may stand. */
function recomputedFields(trades: readonly WindowTrade[]): Readonly<Record<string, string>> {
  const { opens, closes, prices, volume } = recompute(trades);
  const texts = (values: Iterable<bigint>) => [...values].map(decimalText).join(' or ');
  return {
    open: texts(opens),
    high: texts(prices.slice(-1)),
    low: texts(prices.slice(0, 1)),
    close: texts(closes),
    volume: decimalText(volume),
    trades: `${trades.length}`,
  };
}

function candleFields({ open, high, low, close, volume, trades }: DerivedEvent) {
  return { open, high, low, close, volume, trades: `${trades}` };
}
