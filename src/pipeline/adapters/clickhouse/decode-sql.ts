/**
 * Decoding Binance trade events inside ClickHouse (docs/reference/binance-trade.md).
 *
 * The bytes never become JavaScript values. One anchored regular expression recognises the form in
 * which Binance sends its events. Any other value takes the strict path, which decides the
 * dead-letter reason in the order of the specification, and a trade among them is written again in
 * that form. So there is one form to read columns from, and the cheap `simpleJSON*` functions are
 * exact on it, because the expression has fixed every key and every type. `if` evaluates the strict
 * path only for the rows that need it.
 */

const integer13 = '(?:0|[1-9][0-9]{0,12})';
const integer18 = '(?:0|[1-9][0-9]{0,17})';
const decimal = '[0-9]{1,20}(?:\\.[0-9]{1,8})?';

/** What Binance sends, order ids (`b`, `a`) included where older streams have them. */
const canonicalPattern =
  `^\\{"e":"trade","E":${integer13},"s":"[A-Z0-9]{1,64}","t":${integer18},` +
  `"p":"${decimal}","q":"${decimal}",(?:"b":${integer18},"a":${integer18},)?` +
  `"T":${integer13},"m":(?:true|false)(?:,"M":(?:true|false))?\\}$`;

/** A ClickHouse string literal. */
export function literal(value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

const isInteger = (key: string, maxDigits: number) =>
  `JSONType(value, '${key}') IN ('Int64', 'UInt64')
    AND match(JSONExtractRaw(value, '${key}'), '^(0|[1-9][0-9]{0,${maxDigits - 1}})$')`;

const tooManyDecimals = (key: string) =>
  `JSONType(value, '${key}') = 'String' AND match(JSONExtractString(value, '${key}'), '^[0-9]{1,20}\\\\.[0-9]{9,}$')`;

const isDecimal = (key: string) =>
  `JSONType(value, '${key}') = 'String' AND match(JSONExtractString(value, '${key}'), ${literal(`^${decimal}$`)})`;

const isSymbol = `JSONType(value, 's') = 'String'
  AND length(JSONExtractString(value, 's')) BETWEEN 1 AND 64
  AND NOT match(JSONExtractString(value, 's'), '\\\\p{Cc}')`;

const isTradeId = `${isInteger('t', 19)} AND JSONExtractUInt(value, 't') <= 9223372036854775807`;

/** simdjson passes over a byte order mark; RFC 8259 does not allow one. */
const isJson = `NOT startsWith(value, '\\xEF\\xBB\\xBF') AND isValidUTF8(value) AND isValidJSON(value)`;

/** The reason of a value that is not in canonical form; empty when it is a trade all the same. */
const strictReason = `multiIf(
  NOT (${isJson}), 'not-json',
  JSONType(value) != 'Object', 'not-an-object',
  length(JSONExtractKeys(value)) != length(arrayDistinct(JSONExtractKeys(value))), 'duplicate-key',
  NOT (JSONType(value, 'e') = 'String' AND JSONExtractString(value, 'e') = 'trade'), 'unknown-event',
  NOT (${isInteger('E', 13)}), 'bad-field:E',
  NOT (${isSymbol}), 'bad-field:s',
  NOT (${isTradeId}), 'bad-field:t',
  ${tooManyDecimals('p')}, 'too-many-decimals:p',
  NOT (${isDecimal('p')}), 'bad-field:p',
  ${tooManyDecimals('q')}, 'too-many-decimals:q',
  NOT (${isDecimal('q')}), 'bad-field:q',
  NOT (${isInteger('T', 13)}), 'bad-field:T',
  JSONType(value, 'm') != 'Bool', 'bad-field:m',
  '')`;

/** A trade that is not in canonical form, put into it. */
const canonicalText = `concat(
  '{"e":"trade","E":', JSONExtractRaw(value, 'E'),
  ',"s":', toJSONString(JSONExtractString(value, 's')),
  ',"t":', JSONExtractRaw(value, 't'),
  ',"p":"', JSONExtractString(value, 'p'),
  '","q":"', JSONExtractString(value, 'q'),
  '","T":', JSONExtractRaw(value, 'T'),
  ',"m":', JSONExtractRaw(value, 'm'), '}')`;

/** For a WITH clause over a non-null String column `value`. */
export const recognise = `match(value, ${literal(canonicalPattern)}) AS canonical`;

/** The dead-letter reason of a value, or the empty string for a trade. */
export const reasonSql = `if(canonical, '', ${strictReason})`;

/** For a WITH clause after `recognise`: the canonical text of a trade, empty for anything else. */
export const eventOf = `if(canonical, value, if(${strictReason} = '', ${canonicalText}, '')) AS event`;

const decimalOf = (key: string) =>
  `toDecimal128OrZero(simpleJSONExtractString(event, '${key}'), 8)`;
const microsOf = (key: string) =>
  `fromUnixTimestamp64Micro(simpleJSONExtractInt(event, '${key}') * 1000, 'UTC')`;

/** The decoded columns of bronze after the identity, in table order, out of `event`. */
export const tradeColumnsSql: readonly string[] = [
  "'binance' AS exchange",
  "simpleJSONExtractString(event, 's') AS symbol",
  "simpleJSONExtractInt(event, 't') AS trade_id",
  `${decimalOf('p')} AS price`,
  `${decimalOf('q')} AS quantity`,
  "if(simpleJSONExtractBool(event, 'm'), 'SELL', 'BUY') AS side",
  `${microsOf('E')} AS event_time`,
  `${microsOf('T')} AS trade_time`,
];
