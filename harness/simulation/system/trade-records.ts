/**
 * The records that a simulated producer sends: small trades of two symbols, numbered in order, and
 * now and then bytes that are no trade.
 *
 * Everything about a record follows from its number, so a schedule needs to say only how many.
 * Prices move up and down so that the high and the low of a minute are not its ends.
 */

import { epochStartMs } from '../kernel/process.ts';
import { contentOf } from '../stores/row-decode.ts';
import { tradeContent, tradeValue } from '../stores/row-trade.ts';

/** What the broker is given and the history repeats. */
export interface ProducedRecord {
  readonly key: string;
  readonly value: Uint8Array | null;
  readonly content: string;
  readonly isTrade: boolean;
  readonly source: string | null;
}

const symbols = ['BTCUSDT', 'ETHUSDT'] as const;
/** Trades lie so far apart in exchange time that a few dozen span several minutes. */
export const tradeGapMs = 7_300;
/** So many neighbours share one millisecond, as real trades do (up to 735 were seen). */
const tradesPerInstant = 3;
const encoder = new TextEncoder();
const memory = new Map<string, ProducedRecord>();
const rememberedMax = 20_000;

/** The n-th record; `kind` tells whether it decodes. The same arguments give the same record. */
export function producedRecord(n: number, kind: 'trade' | 'malformed'): ProducedRecord {
  const key = `${kind}-${n}`;
  const known = memory.get(key);
  if (known !== undefined) return known;
  if (memory.size >= rememberedMax) memory.clear();
  const record = kind === 'trade' ? trade(n, key) : malformed(n, key);
  memory.set(key, record);
  return record;
}

function trade(n: number, key: string): ProducedRecord {
  const symbol = symbols[n % symbols.length]!;
  const cents = 6_000_000 + ((n * 7_919) % 1_000) - 500;
  const fields = {
    symbol,
    tradeId: n,
    price: `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}000001`,
    quantity: `0.${String(1 + ((n * 31) % 997)).padStart(8, '0')}`,
    timeMs: epochStartMs + Math.floor(n / tradesPerInstant) * tradesPerInstant * tradeGapMs,
  };
  return {
    key,
    value: tradeValue(fields),
    content: tradeContent(fields),
    isTrade: true,
    source: `binance|${symbol}|${n}`,
  };
}

function malformed(n: number, key: string): ProducedRecord {
  const value = n % 3 === 0 ? null : encoder.encode(`{"e":"trade","t":${n}`);
  return { key, value, content: contentOf(value), isTrade: false, source: null };
}
