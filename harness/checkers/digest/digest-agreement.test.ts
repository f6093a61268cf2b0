/**
 * The fast 32-bit arithmetic against the BigInt reference, and both against ClickHouse itself.
 *
 * The page docs/reference/digest.md is implemented three times: here twice, and in SQL. If any of
 * them slips, the layers would differ for a reason that lies in no layer.
 */
import { query } from 'chdb';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DecodedTrade } from '../decode/decoded-trade.ts';
import { SymbolTable } from '../decode/symbol-table.ts';
import { TradeFields } from '../decode/trade-fields.ts';
import { decimalText } from '../stores/decimal-text.ts';
import { halves, type KeyName, keyHex, keyOf } from './keys.ts';
import { mix } from './mix.ts';
import {
  type RecordIdentity,
  referenceDeadLetterHash,
  referenceMix,
  referenceTradeHash,
  referenceXxHash64,
} from './reference-digest.ts';
import { RowHasher } from './row-hash.ts';
import { Word64 } from './word64.ts';
import { xxHash64Into, xxHash64Text } from './xxhash64.ts';

const seed = 64;
const word = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const low64 = (value: bigint) => BigInt.asUintN(64, value);

const trade: fc.Arbitrary<DecodedTrade> = fc.record({
  kind: fc.constant('trade' as const),
  exchange: fc.constant('binance' as const),
  symbol: fc
    .string({ minLength: 1, maxLength: 20, unit: 'grapheme' })
    .filter((s) => s.isWellFormed()),
  tradeId: fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }),
  price: fc.bigInt({ min: 0n, max: 10n ** 28n - 1n }),
  quantity: fc.bigInt({ min: 0n, max: 10n ** 28n - 1n }),
  side: fc.constantFrom('BUY' as const, 'SELL' as const),
  eventTimeUs: fc.bigInt({ min: 0n, max: 9_999_999_999_999_000n }),
  tradeTimeUs: fc.bigInt({ min: 0n, max: 9_999_999_999_999_000n }),
});
const identity: fc.Arbitrary<RecordIdentity> = fc.record({
  topicId: fc.uuid(),
  partition: fc.nat({ max: 2 ** 31 - 1 }),
  offset: fc.bigInt({ min: 0n, max: 2n ** 53n - 1n }),
});

/** One row of ClickHouse's answer to a list of expressions. */
const ask = (expressions: readonly string[]) =>
  query(`SELECT ${expressions.join(', ')}`, 'TSV')
    .trim()
    .split('\t')
    .map(BigInt);
const hex = (bytes: Uint8Array) => `unhex('${Buffer.from(bytes).toString('hex')}')`;
const hexText = (text: string) => hex(new TextEncoder().encode(text));
const term = (key: KeyName, sql: string) => `${keyOf(key)} * ${sql}`;

describe(`64-bit arithmetic in halves (seed ${seed})`, () => {
  it('multiplies, adds and mixes as BigInt does', () => {
    const corners = fc.constantFrom(0n, 1n, 2n ** 32n - 1n, 2n ** 32n, 2n ** 63n, 2n ** 64n - 1n);
    const any = fc.oneof(word, word, corners);
    fc.assert(
      fc.property(any, any, any, (a, x, k) => {
        const register = Word64.from(a);
        const [xs, ks] = [Word64.from(x), Word64.from(k)];
        register.addProduct(xs.high, xs.low, ks.high, ks.low);
        expect(register.toBigInt()).toBe(low64(a + x * k));
        register.add(xs.high, xs.low);
        expect(register.toBigInt()).toBe(low64(a + x * k + x));
        mix(xs);
        expect(xs.toBigInt()).toBe(referenceMix(x));
      }),
      { seed, numRuns: 5_000 },
    );
  });

  it('hashes bytes of every length as the reference does, wherever they stand in a buffer', () => {
    const hash = new Word64();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat({ max: 9 }), (bytes, padding) => {
        const buffer = new Uint8Array(bytes.length + 2 * padding).fill(0xaa);
        buffer.set(bytes, padding);
        xxHash64Into(buffer, padding, padding + bytes.length, hash);
        expect(hash.toBigInt()).toBe(referenceXxHash64(bytes));
      }),
      { seed, numRuns: 3_000 },
    );
  });

  it('hashes trades and dead letters as the reference does', () => {
    const symbols = new SymbolTable();
    const fields = new TradeFields();
    fc.assert(
      fc.property(identity, trade, fc.uint8Array({ maxLength: 80 }), (id, row, value) => {
        const hasher = new RowHasher(id.topicId, id.partition);
        const offset = Number(id.offset);
        fields.setTrade(row, symbols.findText(row.symbol));
        hasher.hashTrade(offset, fields);
        expect(hasher.hash.toBigInt()).toBe(referenceTradeHash(id, row));
        hasher.hashDeadLetter(offset, value, 0, value.length);
        expect(hasher.hash.toBigInt()).toBe(referenceDeadLetterHash(id, value));
        hasher.hashDeadLetter(offset, value, -1, -1);
        expect(hasher.hash.toBigInt()).toBe(referenceDeadLetterHash(id, null));
      }),
      { seed, numRuns: 3_000 },
    );
  });
});

describe('ClickHouse computes the same', () => {
  it('intHash64 and xxHash64', () => {
    const words = fc.sample(word, { seed, numRuns: 50 });
    expect(words.map(referenceMix)).toEqual(ask(words.map((w) => `intHash64(toUInt64('${w}'))`)));
    const texts = fc.sample(fc.uint8Array({ maxLength: 120 }), { seed, numRuns: 50 });
    expect(texts.map(referenceXxHash64)).toEqual(ask(texts.map((t) => `xxHash64(${hex(t)})`)));
    expect(xxHash64Text('BTCUSDT').toBigInt()).toBe(ask([`xxHash64('BTCUSDT')`])[0]);
  });

  it('whole trades, from columns of the types of bronze', () => {
    const rows = fc.sample(fc.tuple(identity, trade), { seed, numRuns: 20 });
    const expressions = rows.map(([id, row]) => {
      const micros = (us: bigint) =>
        `toUInt64(toUnixTimestamp64Micro(fromUnixTimestamp64Micro(toInt64(${us}), 'UTC')))`;
      const decimal = (unscaled: bigint) =>
        `reinterpretAsUInt128(CAST('${decimalText(unscaled)}' AS Decimal(38, 8)))`;
      const words = (unscaled: bigint) => [
        `toUInt64(bitAnd(${decimal(unscaled)}, toUInt128('18446744073709551615')))`,
        `toUInt64(bitShiftRight(${decimal(unscaled)}, 64))`,
      ];
      const [priceLow, priceHigh] = words(row.price);
      const [quantityLow, quantityHigh] = words(row.quantity);
      const terms = [
        term('topicId', `xxHash64('${id.topicId}')`),
        term('partition', `toUInt64(toInt32(${id.partition}))`),
        term('offset', `toUInt64(toInt64(${id.offset}))`),
        term('exchange', `xxHash64('binance')`),
        term('symbol', `xxHash64(${hexText(row.symbol)})`),
        term('tradeId', `toUInt64(toInt64(${row.tradeId}))`),
        term('priceLow', priceLow!),
        term('priceHigh', priceHigh!),
        term('quantityLow', quantityLow!),
        term('quantityHigh', quantityHigh!),
        term('side', `xxHash64('${row.side}')`),
        term('eventTime', micros(row.eventTimeUs)),
        term('tradeTime', micros(row.tradeTimeUs)),
      ];
      return `intHash64(${terms.join(' + ')})`;
    });
    expect(ask(expressions)).toEqual(rows.map(([id, row]) => referenceTradeHash(id, row)));
  });

  it('whole dead letters, with and without a value', () => {
    const id = { topicId: '00000000-0000-4000-8000-000000000001', partition: 3, offset: 41n };
    const value = new TextEncoder().encode('not json');
    const terms = (last: string) =>
      `intHash64(${[
        term('topicId', `xxHash64('${id.topicId}')`),
        term('partition', 'toUInt64(3)'),
        term('offset', 'toUInt64(41)'),
        term('deadLetterValue', last),
      ].join(' + ')})`;
    expect(ask([terms(`xxHash64('not json')`), terms('toUInt64(0)')])).toEqual([
      referenceDeadLetterHash(id, value),
      referenceDeadLetterHash(id, null),
    ]);
  });
});

it('the keys are the outputs of SplitMix64 from seed 1 with the lowest bit set', () => {
  let state = 1n;
  const next = () => {
    state = low64(state + 0x9e3779b97f4a7c15n);
    let z = state;
    z = low64((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n);
    z = low64((z ^ (z >> 27n)) * 0x94d049bb133111ebn);
    return (z ^ (z >> 31n)) | 1n;
  };
  const names = Object.keys(keyHex) as KeyName[];
  expect(names.map(keyOf)).toEqual(names.map(next));
  for (const name of names) {
    const [high, low] = halves(name);
    const register = new Word64();
    register.set(high, low);
    expect(register.toBigInt()).toBe(keyOf(name));
  }
});
