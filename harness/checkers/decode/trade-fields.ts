/**
 * The fields of one trade as 32-bit words, in a buffer that is used again for every record.
 *
 * The readers of the log decode millions of records and only want their hashes, so the hot path
 * makes no object a record. Each field stands at a fixed position, low word first, in the order in
 * which the row hash takes them. Prices and quantities are 128 bits wide (four words), as in the
 * digest.
 */
import type { DecodedTrade } from './decoded-trade.ts';
import type { SymbolEntry } from './symbol-table.ts';

/** Position of a field's lowest word in `TradeFields.words`. */
export const tradeIdAt = 0;
export const priceAt = 2;
export const quantityAt = 6;
export const eventTimeAt = 10;
export const tradeTimeAt = 12;
const wordCount = 14;

export class TradeFields {
  readonly words = new Int32Array(wordCount);
  symbol: SymbolEntry | null = null;
  /** The buyer is the maker, hence `SELL`. */
  sell = false;

  /** Puts a non-negative integer that a double holds exactly at `at`, 64 bits wide. */
  setNumber(at: number, value: number): void {
    this.words[at] = value | 0;
    this.words[at + 1] = Math.floor(value / 0x1_0000_0000);
  }

  /** Puts a non-negative value at `at`, `wordsWide` words wide. */
  setBigInt(at: number, value: bigint, wordsWide: number): void {
    for (let i = 0; i < wordsWide; i += 1) {
      this.words[at + i] = Number(BigInt.asIntN(32, value >> BigInt(32 * i)));
    }
  }

  getBigInt(at: number, wordsWide: number): bigint {
    let value = 0n;
    for (let i = wordsWide - 1; i >= 0; i -= 1) {
      value = (value << 32n) | BigInt(this.words[at + i]! >>> 0);
    }
    return value;
  }

  setTrade(trade: DecodedTrade, symbol: SymbolEntry): void {
    this.symbol = symbol;
    this.sell = trade.side === 'SELL';
    this.setBigInt(tradeIdAt, trade.tradeId, 2);
    this.setBigInt(priceAt, trade.price, 4);
    this.setBigInt(quantityAt, trade.quantity, 4);
    this.setBigInt(eventTimeAt, trade.eventTimeUs, 2);
    this.setBigInt(tradeTimeAt, trade.tradeTimeUs, 2);
  }

  toTrade(): DecodedTrade {
    return {
      kind: 'trade',
      exchange: 'binance',
      symbol: this.symbol!.text,
      tradeId: this.getBigInt(tradeIdAt, 2),
      price: this.getBigInt(priceAt, 4),
      quantity: this.getBigInt(quantityAt, 4),
      side: this.sell ? 'SELL' : 'BUY',
      eventTimeUs: this.getBigInt(eventTimeAt, 2),
      tradeTimeUs: this.getBigInt(tradeTimeAt, 2),
    };
  }
}
