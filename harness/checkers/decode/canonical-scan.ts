/**
 * The fast path: events written exactly as Binance writes them, scanned byte by byte.
 *
 *     {"e":"trade","E":<ms>,"s":"<symbol>","t":<id>,"p":"<decimal>","q":"<decimal>",
 *      ["b":<id>,"a":<id>,]"T":<ms>,"m":<bool>[,"M":<bool>]}
 *
 * No string and no object is made. The scanner only ever says "yes, and these are the fields" or "not mine"; it never
 * decides that something is a dead letter. So it may be as narrow as it likes: printable ASCII symbols, at most 15 digits
 * where a number has to stay exact in a double. Whatever it does not take goes to `strict-decode.ts`.
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
const scales = [1e8, 1e7, 1e6, 1e5, 1e4, 1e3, 1e2, 1e1, 1];
/** Above this, whole x 10^8 + fraction is no longer exact in a double. */
const wholeMax = 90_000_000;

/** Where the scan stands; -1 once something did not match. A module variable because a call never waits. */
let at = -1;

function take(bytes: Uint8Array, end: number, word: Uint8Array): boolean {
  const start = at;
  if (start + word.length > end) return false;
  for (let i = 0; i < word.length; i += 1) {
    if (bytes[start + i] !== word[i]) return false;
  }
  at = start + word.length;
  return true;
}

/** A JSON integer of up to `digits` digits, or -1. */
function integer(bytes: Uint8Array, end: number, digits: number): number {
  const start = at;
  let value = 0;
  let next = start;
  for (; next < end; next += 1) {
    const digit = bytes[next]! - 0x30;
    if (digit < 0 || digit > 9) break;
    value = value * 10 + digit;
  }
  const length = next - start;
  if (length === 0 || length > digits || (length > 1 && bytes[start] === 0x30)) return -1;
  at = next;
  return value;
}

/** The end of a symbol of 1 to 64 printable ASCII characters that need no unescaping, or -1. */
function symbolEnd(bytes: Uint8Array, end: number): number {
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

/** A plain decimal up to its closing quote, which stays; true if it was taken. */
function decimal(bytes: Uint8Array, end: number, fields: TradeFields, to: number): boolean {
  const start = at;
  let whole = 0;
  let next = start;
  for (; next < end; next += 1) {
    const digit = bytes[next]! - 0x30;
    if (digit < 0 || digit > 9) break;
    whole = whole * 10 + digit;
  }
  if (next === start || next - start > digitsMax) return false;
  let fraction = 0;
  if (next < end && bytes[next] === point) {
    const first = next + 1;
    for (next = first; next < end; next += 1) {
      const digit = bytes[next]! - 0x30;
      if (digit < 0 || digit > 9) break;
      fraction = fraction * 10 + digit;
    }
    const length = next - first;
    if (length === 0 || length > decimalsMax) return false;
    fraction *= scales[length]!;
  }
  at = next;
  if (whole < wholeMax) {
    fields.setNumber(to, whole * 1e8 + fraction);
    fields.words[to + 2] = 0;
    fields.words[to + 3] = 0;
  } else setWideDecimal(fields.words, to, whole, fraction);
  return true;
}

/** `true` is 1, `false` is 0, anything else is -1. */
function boolean(bytes: Uint8Array, end: number): number {
  if (take(bytes, end, trueWord)) return 1;
  return take(bytes, end, falseWord) ? 0 : -1;
}

/** From behind the quantity to behind `"T":`; the ids of buyer and seller may stand between. */
function takeTradeTimeKey(bytes: Uint8Array, end: number): boolean {
  if (take(bytes, end, tradeTimeKey)) return true;
  return (
    take(bytes, end, buyerIdKey) &&
    integer(bytes, end, digitsMax) >= 0 &&
    take(bytes, end, sellerIdKey) &&
    integer(bytes, end, digitsMax) >= 0 &&
    take(bytes, end, tradeTimeKeyAfterId)
  );
}

/** Fills `fields` and says true if bytes[start, end) is a canonical event; else `fields` is undefined. */
export function scanCanonicalTrade(
  bytes: Uint8Array,
  start: number,
  end: number,
  symbols: SymbolTable,
  fields: TradeFields,
): boolean {
  at = start;
  if (!take(bytes, end, eventTimeKey)) return false;
  const eventTime = integer(bytes, end, timeDigitsMax);
  if (eventTime < 0 || !take(bytes, end, symbolKey)) return false;
  const symbolStart = at;
  at = symbolEnd(bytes, end);
  if (at < 0) return false;
  fields.symbol = symbols.find(bytes, symbolStart, at);
  if (!take(bytes, end, tradeIdKey)) return false;
  const tradeId = integer(bytes, end, digitsMax);
  if (tradeId < 0 || !take(bytes, end, priceKey)) return false;
  if (!decimal(bytes, end, fields, priceAt) || !take(bytes, end, quantityKey)) return false;
  if (!decimal(bytes, end, fields, quantityAt) || !takeTradeTimeKey(bytes, end)) return false;
  const tradeTime = integer(bytes, end, timeDigitsMax);
  if (tradeTime < 0 || !take(bytes, end, makerKey)) return false;
  const maker = boolean(bytes, end);
  if (maker < 0) return false;
  if (take(bytes, end, ignoredKey) && boolean(bytes, end) < 0) return false;
  if (at !== end - 1 || bytes[at] !== closingBrace) return false;
  fields.setNumber(eventTimeAt, eventTime * 1000);
  fields.setNumber(tradeIdAt, tradeId);
  fields.setNumber(tradeTimeAt, tradeTime * 1000);
  fields.sell = maker === 1;
  return true;
}
