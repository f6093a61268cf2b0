/**
 * A candle equals the candle recomputed from the log's trades of its window.
 *
 * `view-double-count`: its prices are right, and it has more trades and more volume by amounts that
 * counting records of the window again explains. `candle-frozen`: it has fewer trades, everything
 * it says can come from a part of the window's trades, and all is drained, so it will never be
 * completed; before that it is ordinary. `candle-missing`: all is drained, and there is none.
 * `candle-wrong`: whatever else differs.
 */
import type { HistoryChecker } from './checker.ts';
import { candleFinding } from './derived-finding.ts';
import { type CandleValues, type Recomputed, recompute, valuesOf } from './derived-recompute.ts';
import { type CandleWindow, candleWindows } from './derived-windows.ts';
import { isDrained } from './run-facts.ts';

const meanings = {
  'candle-missing': 'there is no candle',
  'candle-frozen': 'the candle misses trades and is not completed',
  'candle-wrong': 'the candle is not the one of these trades',
  'view-double-count': 'the candle counts trades more than once',
} as const;
type Difference = keyof typeof meanings;

export const derivedCandles: HistoryChecker = {
  name: 'derived-candles',
  guarantee: 'G7',
  title: 'A candle equals the candle recomputed from the trades',
  codes: Object.keys(meanings),
  applies: ({ configuration }) => Boolean(configuration.candles?.length),
  check(history) {
    const windows = candleWindows(history);
    const findings = windows.flatMap((window) =>
      differences(window, isDrained(history)).map((code) =>
        candleFinding(code, window, meanings[code]),
      ),
    );
    return { findings, looked: windows.length };
  },
};

function differences({ candle, trades }: CandleWindow, drained: boolean): readonly Difference[] {
  if (candle === null) return drained ? ['candle-missing'] : [];
  const due = recompute(trades);
  const has = valuesOf(candle);
  if (has.trades > due.trades) {
    const again = isVolumeOf(has.trades - due.trades, has.volume - due.volume, due);
    return again && samePrices(has, due) ? ['view-double-count'] : ['candle-wrong'];
  }
  if (has.trades < due.trades) {
    if (!isPart(has, due)) return ['candle-wrong'];
    return drained ? ['candle-frozen'] : [];
  }
  return samePrices(has, due) && has.volume === due.volume ? [] : ['candle-wrong'];
}

function samePrices(has: CandleValues, due: Recomputed): boolean {
  const ends = due.opens.has(has.open) && due.closes.has(has.close);
  return ends && has.high === due.high && has.low === due.low;
}

/** Whether the candle of some, but not all, of the trades can look like this. */
function isPart(has: CandleValues, due: Recomputed): boolean {
  const { open, high, low, close, trades, volume } = has;
  const ordered = low <= open && low <= close && open <= high && close <= high;
  const known = [open, high, low, close].every((price) => due.prices.includes(price));
  return (
    trades > 0 && ordered && known && isVolumeOf(due.trades - trades, due.volume - volume, due)
  );
}

/** Whether `count` of the window's trades, each once or more, can have this volume together. */
function isVolumeOf(count: number, volume: bigint, due: Recomputed): boolean {
  const trades = BigInt(count);
  return volume >= trades * due.quantityMin && volume <= trades * due.quantityMax;
}
