/**
 * The fast path: events written exactly as Binance writes them, scanned byte by byte.
 *
 *     {"e":"trade","E":<ms>,"s":"<symbol>","t":<id>,"p":"<decimal>","q":"<decimal>",
 *      ["b":<id>,"a":<id>,]"T":<ms>,"m":<bool>[,"M":<bool>]}
 *
 * No string and no object is made. The scanner only ever says "yes, and these are the fields" or
 * "not mine"; it never decides that something is a dead letter. So it may be as narrow as it likes:
 * printable ASCII symbols, at most 15 digits where a number has to stay exact in a double. Whatever
 * it does not take goes to `strict-decode.ts`.
 */
import type { SymbolTable } from './symbol-table.ts';
import {
  eventTimeAt,
  priceAt,
  quantityAt,
  type TradeFields,
  tradeIdAt,
  tradeTimeAt,
} from './trade-fields.ts';

const ascii = (text: string) => Uint8Array.from(text, (char) => char.charCodeAt(0));
const eventTimeKey = ascii('{"e":"trade","E":');
const symbolKey = ascii(',"s":"');
const tradeIdKey = ascii('","t":');
const priceKey = ascii(',"p":"');
const quantityKey = ascii('","q":"');
const buyerIdKey = ascii('","b":');
const sellerIdKey = ascii(',"a":');
const tradeTimeKeyAfterId = ascii(',"T":');
const tradeTimeKey = ascii('","T":');
const makerKey = ascii(',"m":');
const ignoredKey = ascii(',"M":');
const trueWord = ascii('true');
const falseWord = ascii('false');

const quote = 0x22;
const backslash = 0x5c;
const point = 0x2e;
const closingBrace = 0x7d;
const digitsMax = 15;
const timeDigitsMax = 13;
const decimalsMax = 8;
const symbolBytesMax = 64;
const powersOf10 = Float64Array.from([1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9]);
/** Digits that fit into a 32-bit integer whatever they are. */
const runDigits = 9;
/** Above this, whole x 10^8 + fraction is no longer exact in a double. */
const wholeMax = 90_000_000;

/** The number that `digits` read last; a typed array because that keeps it unboxed. */
const value = new Float64Array(1);
/** The number that `digitRun` read last. */
let run = 0;

/** The position behind `word` if it stands at `at`, else -1. */
function take(bytes: Uint8Array, at: number, end: number, word: Uint8Array): number {
  const next = at + word.length;
  if (at < 0 || next > end) return -1;
  for (let i = 0; i < word.length; i += 1) {
    if (bytes[at + i] !== word[i]) return -1;
  }
  return next;
}

/**
 * Reads up to 18 digits into `value`; the position behind them, which is `at` if there are none.
 * Two runs of nine keep the arithmetic in 32-bit integers, where it is several times faster than in
 * doubles.
 */
function digits(bytes: Uint8Array, at: number, end: number): number {
  const firstEnd = digitRun(bytes, at, end);
  if (firstEnd - at < runDigits) {
    value[0] = run;
    return firstEnd;
  }
  const first = run;
  const next = digitRun(bytes, firstEnd, end);
  value[0] = first * powersOf10[next - firstEnd]! + run;
  return next;
}

/** Reads up to nine digits into `run`; the position behind them. */
function digitRun(bytes: Uint8Array, at: number, end: number): number {
  const last = Math.min(at + runDigits, end);
  let sum = 0;
  let next = at;
  for (; next < last; next += 1) {
    const digit = bytes[next]! - 0x30;
    if (digit < 0 || digit > 9) break;
    sum = (Math.imul(sum, 10) + digit) | 0;
  }
  run = sum;
  return next;
}

/** Reads a JSON integer of up to `lengthMax` digits into `value`; the position behind it, or -1. */
function integer(bytes: Uint8Array, at: number, end: number, lengthMax: number): number {
  if (at < 0) return -1;
  const next = digits(bytes, at, end);
  const length = next - at;
  if (length === 0 || length > lengthMax || (length > 1 && bytes[at] === 0x30)) return -1;
  return next;
}

/** The end of a symbol of 1 to 64 printable ASCII characters that need no unescaping, or -1. */
function symbolEnd(bytes: Uint8Array, at: number, end: number): number {
  if (at < 0) return -1;
  let next = at;
  for (; next < end; next += 1) {
    const byte = bytes[next]!;
    if (byte === quote) break;
    if (byte < 0x20 || byte > 0x7e || byte === backslash) return -1;
  }
  const length = next - at;
  return length >= 1 && length <= symbolBytesMax ? next : -1;
}

/** words[to..to+3] = whole * 10^8 + fraction, for whole < 10^15 and fraction < 10^8. */
function setWideDecimal(words: Int32Array, to: number, whole: number, fraction: number): void {
  const chunk = 0x100_0000;
  const low = (whole % chunk) * 1e8 + fraction;
  const rest = Math.floor(whole / chunk);
  const middle = (rest % chunk) * 1e8 + Math.floor(low / chunk);
  const top = Math.floor(rest / chunk) * 1e8 + Math.floor(middle / chunk);
  const low24 = low % chunk;
  const middle24 = middle % chunk;
  words[to] = low24 | (middle24 << 24);
  words[to + 1] = (middle24 >>> 8) | (top << 16);
  words[to + 2] = Math.floor(top / 0x1_0000);
  words[to + 3] = 0;
}

/** Reads a plain decimal into words[to..to+3]; the position of its closing quote, or -1. */
function decimal(
  bytes: Uint8Array,
  at: number,
  end: number,
  fields: TradeFields,
  to: number,
): number {
  if (at < 0) return -1;
  let next = digits(bytes, at, end);
  if (next === at || next - at > digitsMax) return -1;
  const whole = value[0]!;
  let fraction = 0;
  if (next < end && bytes[next] === point) {
    const first = next + 1;
    next = digits(bytes, first, end);
    const length = next - first;
    if (length === 0 || length > decimalsMax) return -1;
    fraction = value[0]! * powersOf10[decimalsMax - length]!;
  }
  if (whole < wholeMax) {
    fields.setNumber(to, whole * 1e8 + fraction);
    fields.words[to + 2] = 0;
    fields.words[to + 3] = 0;
  } else setWideDecimal(fields.words, to, whole, fraction);
  return next;
}

/** The position behind `true` or `false`, or -1. */
function boolean(bytes: Uint8Array, at: number, end: number): number {
  const next = take(bytes, at, end, trueWord);
  return next < 0 ? take(bytes, at, end, falseWord) : next;
}

/**
 * From behind the quantity to behind `"T":`, or -1; the ids of buyer and seller may stand between.
 */
function tradeTimeKeyEnd(bytes: Uint8Array, at: number, end: number): number {
  const next = take(bytes, at, end, tradeTimeKey);
  if (next >= 0) return next;
  const buyerEnd = integer(bytes, take(bytes, at, end, buyerIdKey), end, digitsMax);
  const sellerEnd = integer(bytes, take(bytes, buyerEnd, end, sellerIdKey), end, digitsMax);
  return take(bytes, sellerEnd, end, tradeTimeKeyAfterId);
}

/** True if bytes[at, end) is `}` with or without the ignored `M` before it. */
function endsEvent(bytes: Uint8Array, at: number, end: number): boolean {
  if (at === end - 1) return bytes[at] === closingBrace;
  const next = boolean(bytes, take(bytes, at, end, ignoredKey), end);
  return next === end - 1 && bytes[next] === closingBrace;
}

/**
 * Fills `fields` and says true if bytes[start, end) is a canonical event; else `fields` is
 * undefined.
 */
export function scanCanonicalTrade(
  bytes: Uint8Array,
  start: number,
  end: number,
  symbols: SymbolTable,
  fields: TradeFields,
): boolean {
  let at = integer(bytes, take(bytes, start, end, eventTimeKey), end, timeDigitsMax);
  fields.setNumber(eventTimeAt, value[0]! * 1000);
  const symbolStart = take(bytes, at, end, symbolKey);
  at = symbolEnd(bytes, symbolStart, end);
  if (at < 0) return false;
  fields.symbol = symbols.find(bytes, symbolStart, at);
  at = integer(bytes, take(bytes, at, end, tradeIdKey), end, digitsMax);
  fields.setNumber(tradeIdAt, value[0]!);
  at = decimal(bytes, take(bytes, at, end, priceKey), end, fields, priceAt);
  at = decimal(bytes, take(bytes, at, end, quantityKey), end, fields, quantityAt);
  at = integer(bytes, tradeTimeKeyEnd(bytes, at, end), end, timeDigitsMax);
  fields.setNumber(tradeTimeAt, value[0]! * 1000);
  const makerStart = take(bytes, at, end, makerKey);
  at = boolean(bytes, makerStart, end);
  if (at < 0) return false;
  fields.sell = bytes[makerStart] === trueWord[0];
  return endsEvent(bytes, at, end);
}
