/** Trades of a source, for the cases of the checkers of sources. */
import { append, record } from './case-facts.ts';
import type { HistoryFact } from './history.ts';

/** A record at an offset with the trade id of its source. */
export const trade = (
  partition: number,
  offset: number,
  id: number | string,
  symbol = 'BTCUSDT',
  exchange = 'binance',
): HistoryFact => append(record(partition, offset, { source: `${exchange}|${symbol}|${id}` }));
