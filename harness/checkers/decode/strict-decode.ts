/**
 * The strict decoder: docs/reference/binance-trade.md, rule by rule, for any bytes.
 *
 * It favours being plainly right over being fast: it makes strings, uses the platform's UTF-8 and
 * JSON parsers and works on the source text of each field. The fast scanner (`canonical-scan.ts`)
 * takes the events that look as Binance writes them and leaves everything else to this file; a
 * property test holds both to the same answers.
 */
import { type DeadLetter, type DecodedTrade, deadLetter } from './decoded-trade.ts';
import { type JsonMember, outlineJson } from './json-outline.ts';

const millisecondsPattern = /^(?:-?0|[1-9]\d{0,12})$/;
const tradeIdPattern = /^(?:-?0|[1-9]\d{0,18})$/;
const decimalPattern = /^(\d{1,20})(?:\.(\d{1,8}))?$/;
const tooManyDecimalsPattern = /^\d{1,20}\.\d{9,}$/;
const controlCharacter = /\p{Cc}/u;
const tradeIdMax = 9_223_372_036_854_775_807n;
const symbolBytesMax = 64;
const decimals = 8;

/** `ignoreBOM` keeps a byte order mark in the text, where JSON.parse refuses it. */
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The text of the bytes if it is JSON as the reference page means it, else null. */
function jsonText(value: Uint8Array): string | null {
  try {
    const text = utf8.decode(value);
    JSON.parse(text);
    return text;
  } catch {
    // Both throw on bytes that are not UTF-8 or not JSON: an answer here, not a failure.
    return null;
  }
}

/**
 * The string behind a JSON string's source; null if the source is missing or another kind of value.
 */
function stringOf(source: string | undefined): string | null {
  return source?.startsWith('"') ? (JSON.parse(source) as string) : null;
}

function millisecondsOf(source: string | undefined): bigint | null {
  return source !== undefined && millisecondsPattern.test(source) ? BigInt(source) : null;
}

function tradeIdOf(source: string | undefined): bigint | null {
  if (source === undefined || !tradeIdPattern.test(source)) return null;
  const id = BigInt(source);
  return id <= tradeIdMax ? id : null;
}

function symbolOf(source: string | undefined): string | null {
  const symbol = stringOf(source);
  if (symbol === null || symbol === '' || controlCharacter.test(symbol)) return null;
  return Buffer.byteLength(symbol, 'utf8') <= symbolBytesMax ? symbol : null;
}

/** Value x 10^8, or the reason why there is none. */
function decimalOf(source: string | undefined, key: string): bigint | DeadLetter {
  const text = stringOf(source);
  if (text === null) return deadLetter(`bad-field:${key}`);
  const match = decimalPattern.exec(text);
  if (match) return BigInt(match[1]! + (match[2] ?? '').padEnd(decimals, '0'));
  const tooMany = tooManyDecimalsPattern.test(text);
  return deadLetter(tooMany ? `too-many-decimals:${key}` : `bad-field:${key}`);
}

function decodeMembers(members: readonly JsonMember[]): DecodedTrade | DeadLetter {
  const sources = new Map(members.map(({ key, source }) => [key, source]));
  if (sources.size < members.length) return deadLetter('duplicate-key');
  if (stringOf(sources.get('e')) !== 'trade') return deadLetter('unknown-event');
  const eventTime = millisecondsOf(sources.get('E'));
  if (eventTime === null) return deadLetter('bad-field:E');
  const symbol = symbolOf(sources.get('s'));
  if (symbol === null) return deadLetter('bad-field:s');
  const tradeId = tradeIdOf(sources.get('t'));
  if (tradeId === null) return deadLetter('bad-field:t');
  const price = decimalOf(sources.get('p'), 'p');
  if (typeof price !== 'bigint') return price;
  const quantity = decimalOf(sources.get('q'), 'q');
  if (typeof quantity !== 'bigint') return quantity;
  const tradeTime = millisecondsOf(sources.get('T'));
  if (tradeTime === null) return deadLetter('bad-field:T');
  const maker = sources.get('m');
  if (maker !== 'true' && maker !== 'false') return deadLetter('bad-field:m');
  return {
    kind: 'trade',
    exchange: 'binance',
    symbol,
    tradeId,
    price,
    quantity,
    side: maker === 'true' ? 'SELL' : 'BUY',
    eventTimeUs: eventTime * 1000n,
    tradeTimeUs: tradeTime * 1000n,
  };
}

/** Decodes the value of a record; null is a record without a value. Never throws. */
export function decodeStrictly(value: Uint8Array | null): DecodedTrade | DeadLetter {
  if (value === null) return deadLetter('null-value');
  const text = jsonText(value);
  if (text === null) return deadLetter('not-json');
  const { members, fits } = outlineJson(text);
  if (!fits) return deadLetter('not-json');
  return members === null ? deadLetter('not-an-object') : decodeMembers(members);
}
