/**
 * What the pipeline's SQL makes of the values of records, asked from an embedded ClickHouse.
 *
 * The expressions are the production's own, and the columns have the types of bronze. Integers come
 * back as text, so that nothing is rounded on the way.
 */
import { query } from 'chdb';
import {
  eventOf,
  reasonSql,
  recognise,
  tradeColumnsSql,
} from '../src/pipeline/adapters/clickhouse/decode-sql.ts';

export interface StoredTrade {
  /** Empty for a trade. */
  readonly reason: string;
  readonly symbol: string;
  readonly tradeId: string;
  /** Unscaled 128-bit integers. */
  readonly price: string;
  readonly quantity: string;
  /** As ClickHouse writes a Decimal(38, 8) with all its decimals. */
  readonly priceText: string;
  readonly side: string;
  /** Microseconds since 1970. */
  readonly eventTimeUs: string;
  readonly tradeTimeUs: string;
  /** As the exporter asks for the day of the trade time. */
  readonly tradeDay: string;
}

const unscaled = (column: string) => `toString(reinterpretAsInt128(${column}))`;
const micros = (column: string) => `toString(toUnixTimestamp64Micro(${column}))`;
const fields = [
  'reason',
  'hex(symbol)',
  'toString(trade_id)',
  unscaled('price'),
  unscaled('quantity'),
  'price',
  'side',
  micros('event_time'),
  micros('trade_time'),
  `toString(toDate32(trade_time, 'UTC'))`,
];

/** One answer a value, in the same order; a value is at most some kilobytes. */
export function storedTrades(values: readonly Uint8Array[]): readonly StoredTrade[] {
  const rows = values.map((value, i) => `(${i}, unhex('${Buffer.from(value).toString('hex')}'))`);
  const sql = `SELECT ${fields.join(', ')} FROM (
      WITH ${recognise}, ${eventOf}
      SELECT row.1 AS number, ${reasonSql} AS reason, ${tradeColumnsSql.join(', ')}
      FROM (SELECT arrayJoin([${rows.join(',')}]) AS row, row.2 AS value))
    ORDER BY number
    SETTINGS output_format_decimal_trailing_zeros = 1, short_circuit_function_evaluation = 'enable'`;
  return query(sql, 'TSV').split('\n').slice(0, -1).map(storedTrade);
}

function storedTrade(line: string): StoredTrade {
  const [reason, symbol, tradeId, price, quantity, priceText, side, event, trade, day] =
    line.split('\t');
  return {
    reason: reason!,
    symbol: Buffer.from(symbol!, 'hex').toString('utf8'),
    tradeId: tradeId!,
    price: price!,
    quantity: quantity!,
    priceText: priceText!,
    side: side!,
    eventTimeUs: event!,
    tradeTimeUs: trade!,
    tradeDay: day!,
  };
}
