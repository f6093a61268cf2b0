/**
 * What a record's bytes are in the simulated hot store: a trade or a dead letter, with its content.
 *
 * Simulated runs are many and short, so the usual form is taken apart by one regular expression and
 * remembered by its text. Everything else goes to the checkers' strict decoder: here the question
 * is whether rows get where they belong, not how JSON is read (the decoders are compared with
 * ClickHouse on hostile bytes elsewhere), so a second strict decoder would prove nothing.
 */
import { decodeTrade } from '../../checkers/decode/decode-trade.ts';
import { decimalText } from '../../checkers/stores/decimal-text.ts';
import { type ContentHash, contentHash } from './row-hash.ts';
import { deadLetterContent, type TradeFields, tradeContent } from './row-trade.ts';

export interface DecodedValue {
  readonly isTrade: boolean;
  readonly content: string;
  /** `exchange|symbol|trade id`; null for a dead letter. */
  readonly source: string | null;
  /** Days since 1970 of the trade time: the lake's partition; 0 for a dead letter. */
  readonly day: number;
  readonly hash: ContentHash;
}

const dayMs = 86_400_000;
const usPerMs = 1000n;
/** Beyond this the memory starts anew; a run has far fewer values. */
const rememberedMax = 50_000;

const decimal = '(\\d{1,20}(?:\\.\\d{1,8})?)';
const usualForm = new RegExp(
  `^\\{"e":"trade","E":\\d{1,13},"s":"([A-Z0-9]{1,64})","t":(0|[1-9]\\d{0,17}),` +
    `"p":"${decimal}","q":"${decimal}","T":(0|[1-9]\\d{0,12}),"m":(true|false),"M":true\\}$`,
);

const remembered = new Map<string, DecodedValue>();
const noValue = deadLetterOf('null-value', null);

function tradeOf(fields: TradeFields): DecodedValue {
  const content = tradeContent(fields);
  const source = `binance|${fields.symbol}|${fields.tradeId}`;
  const day = Math.floor(fields.timeMs / dayMs);
  return { isTrade: true, content, source, day, hash: contentHash(content) };
}

function deadLetterOf(reason: string, value: Uint8Array | null): DecodedValue {
  const content = deadLetterContent(reason, value);
  return { isTrade: false, content, source: null, day: 0, hash: contentHash(content) };
}

function decode(text: string): DecodedValue {
  const usual = usualForm.exec(text);
  if (usual !== null) {
    const [, symbol, id, price, quantity, time, isMaker] = usual as unknown as readonly string[];
    const side = isMaker === 'true' ? 'SELL' : 'BUY';
    const numbers = { tradeId: BigInt(id!), timeMs: Number(time) };
    return tradeOf({ symbol: symbol!, price: price!, quantity: quantity!, side, ...numbers });
  }
  const value = Buffer.from(text, 'latin1');
  const decoded = decodeTrade(value);
  if (decoded.kind === 'dead-letter') return deadLetterOf(decoded.reason, value);
  const price = decimalText(decoded.price);
  const quantity = decimalText(decoded.quantity);
  return tradeOf({ ...decoded, price, quantity, timeMs: Number(decoded.tradeTimeUs / usPerMs) });
}

/** Takes the bytes as latin1 text. Never throws; null is a record without a value. */
export function decodeText(text: string | null): DecodedValue {
  if (text === null) return noValue;
  const known = remembered.get(text);
  if (known !== undefined) return known;
  if (remembered.size >= rememberedMax) remembered.clear();
  const decoded = decode(text);
  remembered.set(text, decoded);
  return decoded;
}

/** Never throws; null is a record without a value. */
export function decodeValue(value: Uint8Array | null): DecodedValue {
  if (value === null) return noValue;
  const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  return decodeText(bytes.toString('latin1'));
}

/** The content that the row of this value has in any layer. */
export function contentOf(value: Uint8Array | null): string {
  return decodeValue(value).content;
}
