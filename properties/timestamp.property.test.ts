/**
 * Times keep every millisecond of the source, and a day is the same day for everybody who counts
 * days: the SQL that decodes, the engine that names partitions, the checkers, the calendar.
 *
 * 2149-06-06 is the last day that fits 16 bits and 2286-11-20 the last that an event can name; both
 * have made real systems wrong, so they are among the values of every run.
 */
import fc from 'fast-check';
import { describe, expect } from 'vitest';
import { decodeTrade } from '../harness/checkers/decode/decode-trade.ts';
import { decodeStrictly } from '../harness/checkers/decode/strict-decode.ts';
import { applyTransform, decodeBound } from '../harness/checkers/lake/bounds.ts';
import { dayOfMicros, dayOfText, encodeBound } from '../src/pipeline/adapters/iceberg/bounds.ts';
import { seededTests } from './seeded.ts';
import { storedTrades } from './stored-trades.test-kit.ts';
import { bytesOf, eventMillis, eventText, manyOf } from './trade-events.test-kit.ts';

const seededTest = seededTests(import.meta.filename);
const eventAt = (event: number, trade: number) =>
  bytesOf(eventText({ E: String(event), T: String(trade) }));
const isoDay = (ms: number) => new Date(ms).toISOString().slice(0, 10);

const microsPerDay = 86_400_000_000n;
/** Any Int64 of microseconds, with the ends of days and of the calendar's days among them. */
const micros = fc.oneof(
  fc.constantFrom(0n, -1n, 1n, -(2n ** 63n), 2n ** 63n - 1n, 9_999_999_999_999_000n),
  fc
    .tuple(fc.bigInt({ min: -110_000n, max: 110_000n }), fc.constantFrom(-1n, 0n, 1n))
    .map(([day, off]) => day * microsPerDay + off),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
);

describe('from the text of an event', () => {
  seededTest(
    'both paths of the decoder keep the millisecond, in microseconds',
    fc.property(eventMillis, eventMillis, (event, trade) => {
      const expected = {
        eventTimeUs: BigInt(event) * 1_000n,
        tradeTimeUs: BigInt(trade) * 1_000n,
      };
      expect(decodeStrictly(eventAt(event, trade))).toMatchObject({ kind: 'trade', ...expected });
      expect(decodeTrade(eventAt(event, trade))).toMatchObject({ kind: 'trade', ...expected });
    }),
    { runs: 2_000 },
  );

  seededTest(
    'the SQL of the pipeline stores the same microsecond and names the same day',
    fc.property(manyOf(eventMillis), (times) => {
      const reversed = times.toReversed();
      const stored = storedTrades(times.map((ms, i) => eventAt(reversed[i]!, ms)));
      expect(stored.map((one) => one.reason)).toEqual(times.map(() => ''));
      expect(stored.map((one) => one.tradeTimeUs)).toEqual(
        times.map((ms) => `${BigInt(ms) * 1_000n}`),
      );
      expect(stored.map((one) => one.eventTimeUs)).toEqual(
        reversed.map((ms) => `${BigInt(ms) * 1_000n}`),
      );
      expect(stored.map((one) => one.tradeDay)).toEqual(times.map(isoDay));
      const days = stored.map((one) => dayOfText(one.tradeDay));
      expect(days).toEqual(stored.map((one) => dayOfMicros(BigInt(one.tradeTimeUs))));
    }),
    { runs: 4 },
  );

  seededTest(
    'a time that is no plain integer in its range is a dead letter, for SQL and TypeScript alike',
    fc.property(
      manyOf(
        fc.oneof(
          fc.bigInt({ min: 10n ** 13n, max: 2n ** 64n - 1n }).map((ms) => `${ms}`),
          fc.bigInt({ min: -(2n ** 63n), max: -1n }).map((ms) => `${ms}`),
          eventMillis.map((ms) => `"${ms}"`),
          eventMillis.map((ms) => `${ms}.0`),
          eventMillis.map((ms) => `${ms}e0`),
          eventMillis.map((ms) => `[${ms}]`),
          fc.constantFrom('null', 'true', '{}', '""', '-0.0'),
        ),
      ),
      (sources) => {
        for (const key of ['E', 'T'] as const) {
          const values = sources.map((source) => bytesOf(eventText({ [key]: source })));
          const reasons = sources.map(() => `bad-field:${key}`);
          expect(values.map((one) => decodeTrade(one))).toEqual(
            reasons.map((reason) => ({ kind: 'dead-letter', reason })),
          );
          expect(storedTrades(values).map((one) => one.reason)).toEqual(reasons);
        }
      },
    ),
    { runs: 2 },
  );
});

describe('days', () => {
  seededTest(
    'the engine and the checkers put every microsecond into the same day, before 1970 as well',
    fc.property(micros, (time) => {
      const day = dayOfMicros(time);
      expect(applyTransform('day', time)).toBe(BigInt(day));
      expect(BigInt(day) * microsPerDay <= time).toBe(true);
      expect(time < BigInt(day + 1) * microsPerDay).toBe(true);
    }),
    { runs: 2_000 },
  );

  seededTest(
    'a day is the text that the calendar has for it, and comes back from it',
    fc.property(fc.integer({ min: -719_528, max: 2_932_896 }), (day) => {
      expect(dayOfText(isoDay(day * 86_400_000))).toBe(day);
    }),
    { runs: 1_000 },
  );

  seededTest(
    'a text of the right form that no calendar has is refused, never moved to another day',
    fc.property(fc.nat({ max: 9_999 }), fc.nat({ max: 99 }), fc.nat({ max: 99 }), (y, m, d) => {
      const pad = (value: number, width: number) => String(value).padStart(width, '0');
      const text = `${pad(y, 4)}-${pad(m, 2)}-${pad(d, 2)}`;
      let day: number | null = null;
      try {
        day = dayOfText(text);
      } catch (error) {
        expect(error).toMatchObject({ code: 'table-invalid' });
      }
      const month = new Date(Date.UTC(2000, m - 1, 1));
      month.setUTCFullYear(y, m, 0);
      const exists = m >= 1 && m <= 12 && d >= 1 && d <= month.getUTCDate();
      expect(day === null ? null : isoDay(day * 86_400_000)).toBe(exists ? text : null);
    }),
    { runs: 2_000 },
  );

  seededTest(
    'a bound of the lake gives the microsecond back',
    fc.property(micros, (time) => {
      for (const side of ['lower', 'upper'] as const) {
        expect(decodeBound('timestamptz', encodeBound('timestamptz', time, side)!)).toBe(time);
      }
    }),
    { runs: 500 },
  );
});
