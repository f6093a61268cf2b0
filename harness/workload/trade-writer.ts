/**
 * Writes a trade as the bytes Binance sends, digit by digit into a large buffer.
 *
 * A template literal and its encoding would cost more than everything else the generator does, so
 * the numbers are written in place and the values are slices of one chunk. A chunk is never written
 * again once full: whoever holds a slice holds the chunk, so memory is freed in pieces of
 * `chunkBytes` as the consumer lets go.
 */

export interface Trade {
  readonly symbol: string;
  readonly id: number;
  /** Units of 1e-8. */
  readonly price: number;
  readonly quantity: number;
  readonly eventTimeMs: number;
  readonly tradeTimeMs: number;
  readonly buyerIsMaker: boolean;
}

const chunkBytes = 256 * 1024;
/** The longest event: 20 bytes of symbol, 16 digits each for id, price and quantity. */
const eventBytesMax = 256;
const unit = 1e8;
const zero = 0x30;

const beforeEventTime = Buffer.from('{"e":"trade","E":');
const beforeSymbol = Buffer.from(',"s":"');
const beforeId = Buffer.from('","t":');
const beforePrice = Buffer.from(',"p":"');
const beforeQuantity = Buffer.from('","q":"');
const beforeTradeTime = Buffer.from('","T":');
const makerTrue = Buffer.from(',"m":true,"M":true}');
const makerFalse = Buffer.from(',"m":false,"M":true}');

export class TradeWriter {
  #chunk = Buffer.allocUnsafeSlow(chunkBytes);
  #at = 0;

  /** `symbol` as bytes, so that it is not encoded once a trade. */
  write(trade: Trade, symbol: Buffer): Buffer {
    if (this.#at + eventBytesMax > chunkBytes) {
      this.#chunk = Buffer.allocUnsafeSlow(chunkBytes);
      this.#at = 0;
    }
    const start = this.#at;
    this.#bytes(beforeEventTime);
    this.#natural(trade.eventTimeMs);
    this.#bytes(beforeSymbol);
    this.#bytes(symbol);
    this.#bytes(beforeId);
    this.#natural(trade.id);
    this.#bytes(beforePrice);
    this.#decimal(trade.price);
    this.#bytes(beforeQuantity);
    this.#decimal(trade.quantity);
    this.#bytes(beforeTradeTime);
    this.#natural(trade.tradeTimeMs);
    this.#bytes(trade.buyerIsMaker ? makerTrue : makerFalse);
    return this.#chunk.subarray(start, this.#at);
  }

  #bytes(bytes: Buffer): void {
    const chunk = this.#chunk;
    let at = this.#at;
    for (let i = 0; i < bytes.length; i += 1, at += 1) chunk[at] = bytes[i]!;
    this.#at = at;
  }

  #decimal(units: number): void {
    const whole = Math.floor(units / unit);
    this.#natural(whole);
    this.#chunk[this.#at] = 0x2e;
    this.#digits(units - whole * unit, this.#at + 1, 8);
    this.#at += 9;
  }

  #natural(value: number): void {
    if (!(value >= 0)) throw new RangeError(`${value} in a trade`);
    let digits = 1;
    for (let bound = 10; value >= bound; bound *= 10) digits += 1;
    const at = this.#at;
    // Integer division is fast below 2^31 only, so long numbers are written in two halves.
    if (digits <= 9) this.#digits(value, at, digits);
    else {
      const high = Math.floor(value / 1e9);
      const low = value - high * 1e9;
      if (digits <= 18) this.#digits(high, at, digits - 9);
      this.#digits(low, at + digits - 9, 9);
    }
    this.#at = at + digits;
  }

  #digits(value: number, at: number, count: number): void {
    const chunk = this.#chunk;
    let rest = value | 0;
    for (let i = at + count - 1; i >= at; i -= 1) {
      const next = (rest / 10) | 0;
      chunk[i] = zero + rest - next * 10;
      rest = next;
    }
  }
}
