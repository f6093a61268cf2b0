/**
 * Trades as a simulated workload makes them, and the one text that a row's fields become.
 *
 * A history compares rows by text. So that a run can predict what has to stand in every layer, the
 * value of a record and the content of its row are made here from the same fields: `tradeValue` is
 * the JSON that Binance sends, `tradeContent` is what the hot store and the lake hold of it.
 * Decimals are written without needless zeros, so that `1.50` and `1.5` are the same price in text
 * as they are in a Decimal column.
 */

export interface TradeFields {
  readonly symbol: string;
  readonly tradeId: number | bigint;
  /** Plain decimals with at most 8 places. */
  readonly price: string;
  readonly quantity: string;
  /** Trade time, milliseconds since 1970. */
  readonly timeMs: number;
  readonly side?: 'BUY' | 'SELL';
}

/** The bytes of a record: a `@trade` event in the form in which Binance writes it. */
export function tradeValue(fields: TradeFields): Uint8Array {
  const { symbol, tradeId, price, quantity, timeMs, side } = fields;
  const isMaker = side === 'SELL';
  return Buffer.from(
    `{"e":"trade","E":${timeMs},"s":"${symbol}","t":${tradeId},"p":"${price}","q":"${quantity}",` +
      `"T":${timeMs},"m":${isMaker},"M":true}`,
  );
}

/** `0060.1200` is `60.12`; `5.00` is `5`. */
export function plainDecimal(text: string): string {
  const whole = text.replace(/^0+(?=\d)/, '');
  return whole.includes('.') ? whole.replace(/\.?0+$/, '') : whole;
}

/** The content of a trade's row: `binance|SYMBOL|tradeId|price|quantity|timeMs`, a sale `|SELL`. */
export function tradeContent(fields: TradeFields): string {
  const { symbol, tradeId, timeMs, side } = fields;
  const price = plainDecimal(fields.price);
  const quantity = plainDecimal(fields.quantity);
  const content = `binance|${symbol}|${tradeId}|${price}|${quantity}|${timeMs}`;
  return side === 'SELL' ? `${content}|SELL` : content;
}

/** The content of a dead letter's row: why it is one, and its bytes; `null` when it has none. */
export function deadLetterContent(reason: string, value: Uint8Array | null): string {
  return `dead|${reason}|${value === null ? 'null' : Buffer.from(value).toString('hex')}`;
}
