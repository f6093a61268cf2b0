/**
 * The rules of docs/reference/binance-trade.md, each with the value that just passes and the one
 * that just does not.
 */
import { describe, expect, it } from 'vitest';
import { decodeTrade } from './decode-trade.ts';

const usual = {
  e: '"trade"',
  E: '1723161255343',
  s: '"BTCUSDT"',
  t: '3735683259',
  p: '"61837.63000000"',
  q: '"0.02000000"',
  T: '1723161255342',
  m: 'true',
  M: 'true',
};

function text(changes: Partial<Record<keyof typeof usual | 'x', string | null>> = {}): string {
  const members = Object.entries({ ...usual, ...changes }).filter(([, source]) => source !== null);
  return `{${members.map(([key, source]) => `"${key}":${source}`).join(',')}}`;
}

const decode = (value: string) => decodeTrade(new TextEncoder().encode(value));
const reasonOf = (value: string) => {
  const decoded = decode(value);
  return decoded.kind === 'trade' ? 'trade' : decoded.reason;
};
const nested = (depth: number) => `${'['.repeat(depth)}0${']'.repeat(depth)}`;

it('a trade comes out exactly, down to the last decimal and millisecond', () => {
  expect(decode(text())).toEqual({
    kind: 'trade',
    exchange: 'binance',
    symbol: 'BTCUSDT',
    tradeId: 3_735_683_259n,
    price: 6_183_763_000_000n,
    quantity: 2_000_000n,
    side: 'SELL',
    eventTimeUs: 1_723_161_255_343_000n,
    tradeTimeUs: 1_723_161_255_342_000n,
  });
});

it('a record without a value is a dead letter of its own, an empty one is not JSON', () => {
  expect(decodeTrade(null)).toEqual({ kind: 'dead-letter', reason: 'null-value' });
  expect(reasonOf('')).toBe('not-json');
});

it.each([
  ['the largest id', text({ t: '9223372036854775807' }), { tradeId: 2n ** 63n - 1n }],
  ['the largest time', text({ E: '9999999999999' }), { eventTimeUs: 9_999_999_999_999_000n }],
  [
    'a price of 28 digits',
    text({ p: '"99999999999999999999.99999999"' }),
    { price: 10n ** 28n - 1n },
  ],
  ['a time written as -0', text({ E: '-0' }), { eventTimeUs: 0n }],
  ['a price without decimals', text({ p: '"7"' }), { price: 700_000_000n }],
  ['leading zeros in a price', text({ p: '"007.50"' }), { price: 750_000_000n }],
  [
    '15 digits before the point',
    text({ q: '"999999999999999.99999999"' }),
    { quantity: 10n ** 23n - 1n },
  ],
  ['a symbol that is not ASCII', text({ s: '"币安人生USDT"' }), { symbol: '币安人生USDT' }],
  ['an escaped symbol', text({ s: '"\\u0042TC"' }), { symbol: 'BTC' }],
  ['an escaped key', text().replace('"e"', '"\\u0065"'), { symbol: 'BTCUSDT' }],
  ['a maker on the buying side', text({ m: 'false' }), { side: 'BUY' }],
  ['white space', ` \r\n\t${text().replaceAll(',', ' ,\n')} `, { tradeId: 3_735_683_259n }],
  ['ids of buyer and seller', text().replace('"T"', '"b":88,"a":50,"T"'), { quantity: 2_000_000n }],
  ['nested keys of the same name', text({ x: '{"e":"x","p":"1","p":"2"}' }), { symbol: 'BTCUSDT' }],
  ['an exponent in a key that is not stored', text({ x: '1e-400' }), { symbol: 'BTCUSDT' }],
  ['1023 containers inside one another', text({ x: nested(1022) }), { symbol: 'BTCUSDT' }],
])('%s is taken', (_name, value, fields) => {
  expect(decode(value)).toMatchObject({ kind: 'trade', ...fields });
});

describe('the first reason in the order of the page wins', () => {
  it.each([
    ['not-json', `${text()}x`],
    ['not-json', text({ x: '01' })],
    ['not-json', `\ufeff${text()}`],
    ['not-json', text({ s: '"A\tB"' })],
    ['not-json', text({ x: '"\\ud800"' })],
    ['not-json', text({ x: '{"\\udc00":1}' })],
    ['not-json', text({ x: '[{"a":"\\ud800","a":1}]' })],
    ['not-json', text({ t: '18446744073709551616' })],
    ['not-json', text({ x: '-9223372036854775809' })],
    ['not-json', text({ x: '1e400' })],
    ['not-json', text({ x: nested(1023) })],
    ['not-json', nested(200_000)],
    ['not-an-object', '[1]'],
    ['not-an-object', ' "trade" '],
    ['not-an-object', '12'],
    ['duplicate-key', text().replace('{', '{"M":1,')],
    ['duplicate-key', text().replace('{', '{"\\u0065":"kline",')],
    ['unknown-event', '{}'],
    ['unknown-event', text({ e: '"kline"' })],
    ['unknown-event', text({ e: 'true', E: 'null' })],
    ['bad-field:E', text({ E: null, s: null })],
    ['bad-field:E', text({ E: '10000000000000' })],
    ['bad-field:E', text({ E: '-1' })],
    ['bad-field:E', text({ E: '1e3' })],
    ['bad-field:E', text({ E: '1.0' })],
    ['bad-field:E', text({ E: '"1723161255343"' })],
    ['bad-field:s', text({ s: '""' })],
    ['bad-field:s', text({ s: `"${'X'.repeat(65)}"` })],
    ['bad-field:s', text({ s: `"${'Ä'.repeat(33)}"` })],
    ['bad-field:s', text({ s: '"A\\u0000"' })],
    ['bad-field:s', text({ s: '"A\u007f"' })],
    ['bad-field:s', text({ s: '"A\u0085"' })],
    ['bad-field:t', text({ t: '9223372036854775808' })],
    ['bad-field:p', text({ p: '1.5' })],
    ['bad-field:p', text({ p: '"1."' })],
    ['bad-field:p', text({ p: '"-1.0"' })],
    ['bad-field:p', text({ p: '"123456789012345678901"' })],
    ['bad-field:p', text({ p: '"123456789012345678901.123456789"' })],
    ['too-many-decimals:p', text({ p: '"1.123456789"', q: '""' })],
    ['bad-field:p', text({ p: '"1.0\\n"', q: '"1.123456789"' })],
    ['too-many-decimals:q', text({ q: '"1.000000000"', T: 'null' })],
    ['bad-field:T', text({ T: null })],
    ['bad-field:m', text({ m: '1' })],
    ['bad-field:m', text({ m: null })],
  ])('%s', (reason, value) => {
    expect(reasonOf(value)).toBe(reason);
  });
});
