/**
 * The row digest of docs/reference/digest.md as ClickHouse expressions, and the columns of a row as
 * canonical text.
 *
 * The checkers have their own copy of the formula and of the column names, so that a slip in the
 * pipeline's copy cannot hide itself. ClickHouse multiplies and adds UInt64 modulo 2^64, which is
 * what the digest asks for. `toUInt64` of a signed integer is its two's complement; a Decimal(38,
 * 8) is reinterpreted as its unscaled 128-bit integer and cut into two words. A NULL anywhere in a
 * row that must have none gives the hash 0, so that it is counted and seen as different.
 */
import { type KeyName, keyOf } from '../digest/keys.ts';
import type { RowKind } from '../layer.ts';

const text = (column: string) => `xxHash64(${column})`;
const integer = (column: string) => `toUInt64(${column})`;
const micros = (column: string) => `toUInt64(toUnixTimestamp64Micro(${column}))`;
const low = (column: string) => `toUInt64(reinterpretAsUInt128(${column}))`;
const high = (column: string) => `toUInt64(bitShiftRight(reinterpretAsUInt128(${column}), 64))`;

type Term = readonly [key: KeyName, sql: string];

const identityTerms: readonly Term[] = [
  ['topicId', text('topic_id')],
  ['partition', integer('partition')],
  ['offset', integer('offset')],
];

const tradeTerms: readonly Term[] = [
  ...identityTerms,
  ['exchange', text('exchange')],
  ['symbol', text('symbol')],
  ['tradeId', integer('trade_id')],
  ['priceLow', low('price')],
  ['priceHigh', high('price')],
  ['quantityLow', low('quantity')],
  ['quantityHigh', high('quantity')],
  ['side', text('side')],
  ['eventTime', micros('event_time')],
  ['tradeTime', micros('trade_time')],
];

const deadLetterTerms: readonly Term[] = [
  ...identityTerms,
  ['deadLetterValue', 'if(isNull(value), 0, xxHash64(assumeNotNull(value)))'],
];

/** The hash of one row as a UInt64 expression over the table's columns. */
export function rowHashSql(kind: RowKind): string {
  const terms = kind === 'trade' ? tradeTerms : deadLetterTerms;
  return `ifNull(intHash64(${terms.map(([k, x]) => `${keyOf(k)} * ${x}`).join(' + ')}), 0)`;
}

/** A field of a row: its canonical name and the String expression of its canonical text. */
export interface FieldSql {
  readonly name: string;
  readonly sql: string;
}

const unscaled = (column: string) => `toString(reinterpretAsInt128(${column}))`;

const tradeFields: readonly FieldSql[] = [
  { name: 'exchange', sql: 'toString(exchange)' },
  { name: 'symbol', sql: 'toString(symbol)' },
  { name: 'trade_id', sql: 'toString(trade_id)' },
  { name: 'price', sql: unscaled('price') },
  { name: 'quantity', sql: unscaled('quantity') },
  { name: 'side', sql: 'toString(side)' },
  { name: 'event_time', sql: 'toString(toUnixTimestamp64Micro(event_time))' },
  { name: 'trade_time', sql: 'toString(toUnixTimestamp64Micro(trade_time))' },
];

const deadLetterFields: readonly FieldSql[] = [
  { name: 'reason', sql: 'toString(reason)' },
  { name: 'value', sql: `if(isNull(value), '', lower(hex(assumeNotNull(value))))` },
  { name: 'has_value', sql: `if(isNull(value), 'false', 'true')` },
];

export function fieldsSql(kind: RowKind): readonly FieldSql[] {
  return kind === 'trade' ? tradeFields : deadLetterFields;
}

/** Fields that come as unscaled integers and are written with 8 decimals. */
export const decimalFields: ReadonlySet<string> = new Set(['price', 'quantity']);
