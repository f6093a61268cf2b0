/**
 * Prices and quantities keep every digit: from the text of an event to what is stored, and back.
 *
 * Whoever reads a decimal here (the checkers' two paths, the pipeline's SQL, the bounds of the
 * lake) is held against the plainest arithmetic on the text, never against another reader only.
 */
import { query } from 'chdb';
import fc from 'fast-check';
import { describe, expect } from 'vitest';
import { scanCanonicalTrade } from '../harness/checkers/decode/canonical-scan.ts';
import { decodeTrade } from '../harness/checkers/decode/decode-trade.ts';
import { decodeStrictly } from '../harness/checkers/decode/strict-decode.ts';
import { SymbolTable } from '../harness/checkers/decode/symbol-table.ts';
import { TradeFields } from '../harness/checkers/decode/trade-fields.ts';
import { decimalText } from '../harness/checkers/stores/decimal-text.ts';
import { TradeWriter } from '../harness/workload/trade-writer.ts';
import { seededTests } from './seeded.ts';
import { storedTrades } from './stored-trades.test-kit.ts';
import { bytesOf, decimalSource, eventText, manyOf, unscaledOf } from './trade-events.test-kit.ts';

const seededTest = seededTests(import.meta.filename);
const quoted = (text: string) => `"${text}"`;
const eventWith = (price: string, quantity: string) =>
  bytesOf(eventText({ p: quoted(price), q: quoted(quantity) }));

const decimalMax = 10n ** 38n - 1n;
/** Any Decimal(38, 8) as its unscaled integer. */
const unscaled = fc.oneof(
  fc.constantFrom(0n, 1n, -1n, 10n ** 8n, -(10n ** 8n), decimalMax, -decimalMax),
  fc.bigInt({ min: -decimalMax, max: decimalMax }),
);

describe('from the text of an event', () => {
  seededTest(
    'both paths of the decoder read the number that is written, to the last digit',
    fc.property(decimalSource, decimalSource, (price, quantity) => {
      const value = eventWith(price, quantity);
      const expected = { price: unscaledOf(price), quantity: unscaledOf(quantity) };
      expect(decodeStrictly(value)).toMatchObject({ kind: 'trade', ...expected });
      expect(decodeTrade(value)).toMatchObject({ kind: 'trade', ...expected });
    }),
    { runs: 1_500 },
  );

  seededTest(
    'the fast path takes every number of up to 15 digits before the point',
    fc.property(decimalSource, decimalSource, (price, quantity) => {
      const value = eventWith(price, quantity);
      const fields = new TradeFields();
      const taken = scanCanonicalTrade(value, 0, value.length, new SymbolTable(), fields);
      const short = [price, quantity].every((one) => one.split('.')[0]!.length <= 15);
      expect(taken).toBe(short);
      if (taken) expect(fields.toTrade().price).toBe(unscaledOf(price));
      if (taken) expect(fields.toTrade().quantity).toBe(unscaledOf(quantity));
    }),
    { runs: 500 },
  );

  seededTest(
    'the SQL of the pipeline stores the same number in a Decimal of 38 digits',
    fc.property(manyOf(decimalSource), (sources) => {
      const reversed = sources.toReversed();
      const stored = storedTrades(sources.map((one, i) => eventWith(one, reversed[i]!)));
      expect(stored.map((one) => one.reason)).toEqual(sources.map(() => ''));
      expect(stored.map((one) => BigInt(one.price))).toEqual(sources.map(unscaledOf));
      expect(stored.map((one) => BigInt(one.quantity))).toEqual(reversed.map(unscaledOf));
      const texts = sources.map((one) => decimalText(unscaledOf(one)));
      expect(stored.map((one) => one.priceText)).toEqual(texts);
    }),
    { runs: 4 },
  );
});

describe('the canonical text', () => {
  seededTest(
    'is read back as the same integer, also below zero and at 38 digits',
    fc.property(unscaled, (value) => {
      const text = decimalText(value);
      expect(text).toMatch(/^-?(0|[1-9]\d*)\.\d{8}$/);
      expect(BigInt(text.replace('.', ''))).toBe(value);
      expect(text.startsWith('-')).toBe(value < 0n);
    }),
    { runs: 2_000 },
  );

  seededTest(
    'is one text a value: however the event writes a number, its text is the same',
    fc.property(decimalSource, fc.nat({ max: 20 }), fc.nat({ max: 8 }), (source, zeros, more) => {
      const [whole, fraction = ''] = source.split('.');
      const longer = whole!.padStart(Math.min(20, whole!.length + zeros), '0');
      const wider = fraction.padEnd(Math.min(8, fraction.length + more), '0');
      const other = wider === '' ? longer : `${longer}.${wider}`;
      const [one, two] = [decodeTrade(eventWith(source, '1')), decodeTrade(eventWith(other, '1'))];
      expect(two).toEqual(one);
      const text = one.kind === 'trade' ? decimalText(one.price) : '';
      const again = decodeTrade(eventWith(text, '1'));
      // A number of 20 digits before the point has a canonical text that is an event's as well.
      expect(again).toEqual(one);
    }),
    { runs: 1_000 },
  );

  seededTest(
    'is what ClickHouse writes and reads for a Decimal of 38 digits',
    fc.property(manyOf(unscaled), (values) => {
      const texts = values.map(decimalText);
      const casts = texts.map((text) => `CAST('${text}' AS Decimal(38, 8))`);
      const sql = `SELECT d, toString(reinterpretAsInt128(d))
        FROM (SELECT arrayJoin([${casts.join(',')}]) AS d)
        SETTINGS output_format_decimal_trailing_zeros = 1`;
      const rows = query(sql, 'TSV').trim().split('\n');
      expect(rows).toEqual(texts.map((text, i) => `${text}\t${values[i]}`));
    }),
    { runs: 4 },
  );
});

seededTest(
  'what the generator of the workload writes is what the decoder reads',
  fc.property(
    fc.maxSafeNat(),
    fc.maxSafeNat(),
    fc.maxSafeNat(),
    fc.boolean(),
    (price, quantity, id, buyerIsMaker) => {
      const times = { eventTimeMs: 1_723_161_255_343, tradeTimeMs: 0 };
      const trade = { symbol: 'A', id, price, quantity, ...times, buyerIsMaker };
      expect(decodeTrade(new TradeWriter().write(trade, bytesOf('A')))).toEqual({
        kind: 'trade',
        exchange: 'binance',
        symbol: 'A',
        tradeId: BigInt(id),
        price: BigInt(price),
        quantity: BigInt(quantity),
        side: buyerIsMaker ? 'SELL' : 'BUY',
        eventTimeUs: 1_723_161_255_343_000n,
        tradeTimeUs: 0n,
      });
    },
  ),
  { runs: 1_000 },
);

/** Texts that look like numbers and are none here, with the reason that each deserves. */
const notDecimal = fc.oneof(
  decimalSource.map((text) => [`-${text}`, 'bad-field:p'] as const),
  decimalSource.map((text) => [`+${text}`, 'bad-field:p'] as const),
  decimalSource.map((text) => [`${text}e0`, 'bad-field:p'] as const),
  decimalSource.map((text) => [` ${text}`, 'bad-field:p'] as const),
  decimalSource.map((text) => [`.${text.replace('.', '')}`, 'bad-field:p'] as const),
  decimalSource.map((text) => [`${text.split('.')[0]}.`, 'bad-field:p'] as const),
  decimalSource.map((text) => [`${text.split('.')[0]},5`, 'bad-field:p'] as const),
  decimalSource.map((text) => [text.split('.')[0]!.padStart(21, '0'), 'bad-field:p'] as const),
  fc
    .tuple(decimalSource, fc.integer({ min: 9, max: 60 }))
    .map(([text, n]) => [`${text.split('.')[0]}.${'0'.repeat(n)}`, 'too-many-decimals:p'] as const),
  fc.constant(['-0', 'bad-field:p'] as const),
  fc
    .constantFrom('', 'NaN', 'Infinity', '0x10', '١٢', '1_000')
    .map((t) => [t, 'bad-field:p'] as const),
);

seededTest(
  'a text that is no plain decimal is a dead letter for SQL and TypeScript alike, never a number',
  fc.property(manyOf(notDecimal), (cases) => {
    const values = cases.map(([text]) => eventWith(text, '1.0'));
    const reasons = cases.map(([, reason]) => reason);
    expect(values.map((value) => decodeTrade(value))).toEqual(
      reasons.map((reason) => ({ kind: 'dead-letter', reason })),
    );
    expect(storedTrades(values).map((one) => one.reason)).toEqual(reasons);
  }),
  { runs: 4 },
);
