/**
 * The row digest as SQL (docs/reference/digest.md), generated from the table of keys.
 *
 * ClickHouse multiplies and adds UInt64 modulo 2^64, so the formula is written as it stands in the
 * specification. The checkers have an implementation of their own; nothing is shared with them but
 * the specification.
 */

const word = (key: string, expression: string) => `toUInt64(0x${key}) * ${expression}`;
const text = (column: string) => `xxHash64(toString(${column}))`;
const low = (column: string) =>
  `toUInt64(bitAnd(reinterpret(${column}, 'UInt128'), toUInt128(18446744073709551615)))`;
const high = (column: string) => `toUInt64(bitShiftRight(reinterpret(${column}, 'UInt128'), 64))`;
const micros = (column: string) => `toUInt64(toUnixTimestamp64Micro(${column}))`;

const identity = [
  word('910A2DEC89025CC1', text('topic_id')),
  word('BEEB8DA1658EEC67', 'toUInt64(partition)'),
  word('F893A2EEFB32555F', 'toUInt64(offset)'),
];

/** UInt64 hash of a row with the columns of bronze. */
export const tradeHashSql = `intHash64(${[
  ...identity,
  word('71C18690EE42C90B', text('exchange')),
  word('71BB54D8D101B5B9', text('symbol')),
  word('C34D0BFF90150281', 'toUInt64(trade_id)'),
  word('E099EC6CD7363CA5', low('price')),
  word('85E7BB0F12278575', high('price')),
  word('491718DE357E3DA9', low('quantity')),
  word('CB435C8E74616797', high('quantity')),
  word('6775DC7701564F61', text('side')),
  word('9AFCD44D14CF8BFF', micros('event_time')),
  word('7476CF8A4BAA5DC1', micros('trade_time')),
].join(' + ')})`;

/** UInt64 hash of a row of the dead-letter table. */
export const deadLetterHashSql = `intHash64(${[
  ...identity,
  word('87B341D690D7A28B', "if(isNull(value), 0, xxHash64(ifNull(value, '')))"),
].join(' + ')})`;
