/**
 * The keys K of docs/reference/digest.md: one odd 64-bit number for each field of a row.
 *
 * They are the first outputs of SplitMix64 from seed 1 with the lowest bit set; a test derives them
 * again. Kept as text so that the page and this file can be compared by eye; `halves` makes them
 * ready for 32-bit arithmetic.
 */

export const keyHex = {
  topicId: '910A2DEC89025CC1',
  partition: 'BEEB8DA1658EEC67',
  offset: 'F893A2EEFB32555F',
  exchange: '71C18690EE42C90B',
  symbol: '71BB54D8D101B5B9',
  tradeId: 'C34D0BFF90150281',
  priceLow: 'E099EC6CD7363CA5',
  priceHigh: '85E7BB0F12278575',
  quantityLow: '491718DE357E3DA9',
  quantityHigh: 'CB435C8E74616797',
  side: '6775DC7701564F61',
  eventTime: '9AFCD44D14CF8BFF',
  tradeTime: '7476CF8A4BAA5DC1',
  deadLetterValue: '87B341D690D7A28B',
} as const;

export type KeyName = keyof typeof keyHex;

export function keyOf(name: KeyName): bigint {
  return BigInt(`0x${keyHex[name]}`);
}

/** [high, low] as int32. */
export function halves(name: KeyName): readonly [number, number] {
  const hex = keyHex[name];
  return [Number.parseInt(hex.slice(0, 8), 16) | 0, Number.parseInt(hex.slice(8), 16) | 0];
}
