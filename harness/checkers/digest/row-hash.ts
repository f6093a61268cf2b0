/**
 * The row hash of docs/reference/digest.md on the hot path: no BigInt, no object a record.
 *
 * All terms that do not change within a partition (topic, partition, exchange) are added up once; a
 * record then costs five to eight 64-bit products and one mix. Words that are zero, as the upper
 * halves of prices nearly always are, cost nothing. The hash of the last record stays in `hash`
 * until the next call.
 */
import {
  eventTimeAt,
  priceAt,
  quantityAt,
  type TradeFields,
  tradeIdAt,
  tradeTimeAt,
} from '../decode/trade-fields.ts';
import { halves, keyOf } from './keys.ts';
import { mix } from './mix.ts';
import { Word64 } from './word64.ts';
import { xxHash64Into, xxHash64Text } from './xxhash64.ts';

const [offsetKeyHigh, offsetKeyLow] = halves('offset');
const [symbolKeyHigh, symbolKeyLow] = halves('symbol');
const [deadLetterKeyHigh, deadLetterKeyLow] = halves('deadLetterValue');

/** Keys of the 64-bit words in TradeFields.words, in their order: [high, low, high, low, ...]. */
const wordKeys = Int32Array.from(
  (
    [
      [tradeIdAt, 'tradeId'],
      [priceAt, 'priceLow'],
      [priceAt + 2, 'priceHigh'],
      [quantityAt, 'quantityLow'],
      [quantityAt + 2, 'quantityHigh'],
      [eventTimeAt, 'eventTime'],
      [tradeTimeAt, 'tradeTime'],
    ] as const
  ).flatMap(([, key]) => halves(key)),
);

const sideTerm = (side: string) => Word64.from(keyOf('side') * xxHash64Text(side).toBigInt());
const sellTerm = sideTerm('SELL');
const buyTerm = sideTerm('BUY');

export class RowHasher {
  /** Hash of the last row. */
  readonly hash = new Word64();
  readonly #identity: Word64;
  readonly #trade: Word64;
  readonly #valueHash = new Word64();

  constructor(topicId: string, partition: number) {
    const identity =
      keyOf('topicId') * xxHash64Text(topicId).toBigInt() +
      keyOf('partition') * BigInt.asUintN(64, BigInt(partition));
    this.#identity = Word64.from(identity);
    this.#trade = Word64.from(identity + keyOf('exchange') * xxHash64Text('binance').toBigInt());
  }

  /** Hashes a trade into `hash`. `offset` is below 2^53. */
  hashTrade(offset: number, fields: TradeFields): void {
    const { hash } = this;
    const { words } = fields;
    const symbol = fields.symbol!.hash;
    const side = fields.sell ? sellTerm : buyTerm;
    this.#start(this.#trade, offset);
    hash.add(side.high, side.low);
    hash.addProduct(symbol.high, symbol.low, symbolKeyHigh, symbolKeyLow);
    for (let i = 0; i < words.length; i += 2) {
      const low = words[i]!;
      const high = words[i + 1]!;
      if ((low | high) !== 0) hash.addProduct(high, low, wordKeys[i]!, wordKeys[i + 1]!);
    }
    mix(hash);
  }

  /**
   * Hashes a dead letter with the value bytes[start, end) into `hash`; start < 0 is a null value.
   */
  hashDeadLetter(offset: number, bytes: Uint8Array, start: number, end: number): void {
    const value = this.#valueHash;
    if (start < 0) value.set(0, 0);
    else xxHash64Into(bytes, start, end, value);
    this.#start(this.#identity, offset);
    this.hash.addProduct(value.high, value.low, deadLetterKeyHigh, deadLetterKeyLow);
    mix(this.hash);
  }

  #start(base: Word64, offset: number): void {
    this.hash.set(base.high, base.low);
    const high = Math.floor(offset / 0x1_0000_0000);
    this.hash.addProduct(high, offset | 0, offsetKeyHigh, offsetKeyLow);
  }
}
