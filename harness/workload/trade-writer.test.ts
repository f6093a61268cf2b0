import { expect, test } from 'vitest';
import { TradeWriter } from './trade-writer.ts';

const trade = {
  symbol: 'BTCUSDT',
  id: 3_735_683_259,
  price: 6_183_763_000_000,
  quantity: 2_000_000,
  eventTimeMs: 1_723_161_255_343,
  tradeTimeMs: 1_723_161_255_342,
  buyerIsMaker: true,
};
const symbol = Buffer.from('BTCUSDT');
const write = (more: object) => new TradeWriter().write({ ...trade, ...more }, symbol).toString();

test('the first trade of the recording comes out byte for byte', () => {
  expect(write({})).toBe(
    '{"e":"trade","E":1723161255343,"s":"BTCUSDT","t":3735683259,"p":"61837.63000000",' +
      '"q":"0.02000000","T":1723161255342,"m":true,"M":true}',
  );
});

test('numbers of every length are exact', () => {
  for (const id of [0, 9, 10, 999_999_999, 1e9, 123_456_789_012, Number.MAX_SAFE_INTEGER]) {
    expect(write({ id })).toContain(`"t":${id},`);
  }
  const decimals = { 0: '0.00000000', 1: '0.00000001', 99999999: '0.99999999' };
  for (const [price, text] of Object.entries(decimals)) {
    expect(write({ price: Number(price) })).toContain(`"p":"${text}"`);
  }
  expect(write({ quantity: 4e15 })).toContain('"q":"40000000.00000000"');
  expect(write({ buyerIsMaker: false })).toContain('"m":false,"M":true}');
});

test('a number that is none is refused, not written as something else', () => {
  expect(() => write({ eventTimeMs: Number.NaN })).toThrow(RangeError);
  expect(() => write({ price: -1 })).toThrow(RangeError);
});

test('a value stays as it is when the next chunks are written', () => {
  const writer = new TradeWriter();
  const first = writer.write(trade, symbol);
  const text = first.toString();
  for (let id = 0; id < 10_000; id += 1) writer.write({ ...trade, id }, symbol);
  expect(first.toString()).toBe(text);
});
