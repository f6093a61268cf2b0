/**
 * Hostile bytes: whatever a record holds, a decoder names it a trade or a dead letter, and never
 * throws. All decoders name it the same: the checkers' two paths, and the pipeline's SQL.
 *
 * What is expected comes from how a value was made, not from another decoder. The search for
 * disagreements by damage to real events is harness/checkers/decode/decoders-agree.test.ts.
 */
import fc from 'fast-check';
import { describe, expect } from 'vitest';
import { scanCanonicalTrade } from '../harness/checkers/decode/canonical-scan.ts';
import { decodeTrade, TradeDecoder } from '../harness/checkers/decode/decode-trade.ts';
import type { DeadLetter, DecodedTrade } from '../harness/checkers/decode/decoded-trade.ts';
import { hostileValue } from '../harness/checkers/decode/hostile-values.test-kit.ts';
import { decodeStrictly } from '../harness/checkers/decode/strict-decode.ts';
import { SymbolTable } from '../harness/checkers/decode/symbol-table.ts';
import { TradeFields } from '../harness/checkers/decode/trade-fields.ts';
import { judge, judgedEvent } from './judged-events.test-kit.ts';
import { seededTests } from './seeded.ts';
import { storedTrades } from './stored-trades.test-kit.ts';
import { bytesOf, eventText, manyOf } from './trade-events.test-kit.ts';

const seededTest = seededTests(import.meta.filename);

const fieldReasons = ['E', 's', 't', 'p', 'q', 'T', 'm'].map((key) => `bad-field:${key}`);
const reasons = new Set([
  ...['null-value', 'not-json', 'not-an-object', 'duplicate-key', 'unknown-event'],
  ...['too-many-decimals:p', 'too-many-decimals:q', ...fieldReasons],
]);

const reasonOf = (decoded: DecodedTrade | DeadLetter) =>
  decoded.kind === 'trade' ? null : decoded.reason;

/** Both are made once, for their tables are large; that they remember nothing is tested below. */
const symbols = new SymbolTable();
const decoder = new TradeDecoder();

/** Says yes or no to a value that stands in the middle of a buffer which would go on as JSON. */
function scanned(value: Uint8Array, padding: number): DecodedTrade | null {
  const bytes = Buffer.concat([Buffer.alloc(padding, 0x7b), value, bytesOf('}"1,{')]);
  const fields = new TradeFields();
  const end = padding + value.length;
  return scanCanonicalTrade(bytes, padding, end, symbols, fields) ? fields.toTrade() : null;
}

/** Everything that is promised of any bytes at all. */
function expectNamed(value: Uint8Array): DecodedTrade | DeadLetter {
  const strict = decodeStrictly(value);
  if (strict.kind === 'dead-letter') expect(reasons).toContain(strict.reason);
  expect(decoder.decode(value)).toEqual(strict);
  const fast = scanned(value, value.length % 7);
  if (fast !== null) expect(fast).toEqual(strict);
  return strict;
}

describe('any bytes', () => {
  seededTest(
    'bytes drawn by lot are named, and named the same by both paths',
    fc.property(fc.uint8Array({ maxLength: 300, size: 'max' }), (value) => void expectNamed(value)),
    { runs: 500 },
  );

  seededTest(
    'any JSON is named; what is no object is never a trade',
    fc.property(
      fc.json({ maxDepth: 4, depthSize: 'max' }),
      fc.constantFrom('', ' ', '\r\n'),
      (json, space) => {
        const reason = reasonOf(expectNamed(bytesOf(`${space}${json}${space}`)));
        const fits = reason !== 'not-json';
        // Only an escape or an integer of 19 digits may fail to fit.
        if (!/\\u|\d{19}/.test(json)) expect(fits).toBe(true);
        if (fits && !json.startsWith('{')) expect(reason).toBe('not-an-object');
        if (fits && json.startsWith('{')) expect(reason).toMatch(/duplicate-key|unknown-event/);
      },
    ),
    { runs: 500 },
  );

  seededTest(
    'an event damaged in two places by bytes of another is named',
    fc.property(hostileValue, hostileValue, fc.nat(), fc.nat(), (one, two, at, from) => {
      const cut = at % (one.length + 1);
      expectNamed(Buffer.concat([one.subarray(0, cut), two.subarray(from % (two.length + 1))]));
    }),
    { runs: 500 },
  );

  seededTest(
    'every beginning of an event is no event, also when the rest stands behind it in the buffer',
    fc.property(fc.constantFrom('', ',"M":true', ',"x":[1,{"y":"}"}]'), fc.nat(), (tail, at) => {
      const whole = bytesOf(`${eventText().slice(0, -1)}${tail}}`);
      const end = at % whole.length;
      expect(reasonOf(expectNamed(whole.subarray(0, end)))).toBe('not-json');
      expect(decoder.decodeInto(whole, 0, end)).toBe('not-json');
      expect(decoder.decodeInto(whole, 0, whole.length)).toBe(null);
    }),
    { runs: 400 },
  );

  seededTest(
    'a decoder remembers nothing: what it says of a value does not depend on the ones before',
    fc.property(fc.array(hostileValue, { maxLength: 12 }), hostileValue, (before, value) => {
      const used = new TradeDecoder();
      for (const one of before) used.decode(one);
      expect(used.decode(value)).toEqual(new TradeDecoder().decode(value));
    }),
    { runs: 200 },
  );
});

describe('events whose verdict is known', () => {
  seededTest(
    'each gets the first reason that applies, and only a right one is a trade',
    fc.property(judgedEvent, (event) => {
      const { value, reason } = judge(event);
      expect(reasonOf(expectNamed(value)), value.toString()).toBe(reason);
    }),
    { runs: 1_200 },
  );

  seededTest(
    'the SQL of the pipeline gives the same reasons, and the same fields to a trade',
    fc.property(manyOf(judgedEvent), (events) => {
      const judged = events.map(judge);
      const stored = storedTrades(judged.map((one) => one.value));
      for (const [i, { value, reason }] of judged.entries()) {
        const found = stored[i]!;
        expect(found.reason, value.toString()).toBe(reason ?? '');
        const decoded = decodeTrade(value);
        if (decoded.kind !== 'trade') continue;
        expect([found.symbol, found.side, found.tradeId], value.toString()).toEqual([
          decoded.symbol,
          decoded.side,
          `${decoded.tradeId}`,
        ]);
        expect([found.price, found.quantity, found.eventTimeUs, found.tradeTimeUs]).toEqual(
          [decoded.price, decoded.quantity, decoded.eventTimeUs, decoded.tradeTimeUs].map(String),
        );
      }
    }),
    { runs: 3 },
  );
});
