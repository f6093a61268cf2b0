/**
 * The small arithmetic of the stages: shares of a group, patience after failures, durations.
 *
 * Each is a line or two of code that many decisions hang on, so each is held to what its users rely
 * on and not to its formula.
 */
import fc from 'fast-check';
import { describe, expect } from 'vitest';
import { loadConfig } from '../src/pipeline/config.ts';
import { errorCode } from '../src/pipeline/errors.ts';
import { parseDuration } from '../src/pipeline/model/duration.ts';
import type { Clock } from '../src/pipeline/ports/clock.ts';
import { fairShare } from '../src/pipeline/stages/ingest/fair-share.ts';
import { backoffMs, type RetryBudget, spend } from '../src/pipeline/stages/retry-budget.ts';
import { seededTests } from './seeded.ts';

const seededTest = seededTests(import.meta.filename);

describe('shares of a group', () => {
  const partitions = fc.nat({ max: 10_000 });
  const members = fc.integer({ min: 1, max: 300 });
  const shares = (count: number, size: number) =>
    Array.from({ length: size }, (_, rank) => fairShare(count, { members: size, rank }));

  seededTest(
    'give out every partition once, differ by one at most, and never favour a later member',
    fc.property(partitions, members, (count, size) => {
      const given = shares(count, size);
      expect(given.reduce((sum, share) => sum + share, 0)).toBe(count);
      expect(given[0]! - given.at(-1)!).toBeLessThanOrEqual(1);
      expect(given).toEqual(given.toSorted((a, b) => b - a));
    }),
    { runs: 200 },
  );

  seededTest(
    'a member who comes takes from others and gives to none; one who leaves is made up for',
    fc.property(partitions, members, (count, size) => {
      const [before, after] = [shares(count, size), shares(count, size + 1)];
      expect(before.filter((share, rank) => after[rank]! > share)).toEqual([]);
      const lost = before.reduce((sum, share, rank) => sum + share - after[rank]!, 0);
      expect(lost).toBe(after.at(-1));
    }),
    { runs: 200 },
  );
});

/** Steps of a stage: time passes, then it fails or makes progress. */
const steps = fc.array(
  fc.record({ passedMs: fc.nat({ max: 5_000 }), ended: fc.constantFrom('failed', 'moved') }),
  { maxLength: 40 },
);

describe('patience after failures', () => {
  seededTest(
    'ends when an outage has lasted longer than allowed, and not before, whatever came earlier',
    fc.property(steps, fc.nat({ max: 20_000 }), (taken, outageMsMax) => {
      let nowMs = 1_000_000;
      const clock: Clock = { nowMs: () => 0, monotonicMs: () => nowMs, sleep: async () => {} };
      let budget: RetryBudget = { failures: 0, sinceMs: null };
      let outageFromMs: number | null = null;
      for (const { passedMs, ended } of taken) {
        nowMs += passedMs;
        if (ended === 'moved') {
          budget = { failures: 0, sinceMs: null };
          outageFromMs = null;
          continue;
        }
        outageFromMs ??= nowMs;
        const cause = new Error('planted');
        let thrown: unknown = null;
        try {
          spend(budget, clock, outageMsMax, cause);
        } catch (error) {
          thrown = error;
        }
        const isOver = nowMs - outageFromMs > outageMsMax;
        expect(thrown !== null).toBe(isOver);
        if (!isOver) continue;
        expect(thrown).toMatchObject({ code: 'refused', cause });
        return;
      }
    }),
    { runs: 500 },
  );

  seededTest(
    'waits longer after each failure, from 50 ms to 2 s and no further',
    fc.property(fc.integer({ min: 1, max: 1_000_000 }), (failures) => {
      const wait = backoffMs({ failures, sinceMs: 0 });
      const next = backoffMs({ failures: failures + 1, sinceMs: 0 });
      expect(wait).toBeGreaterThanOrEqual(50);
      expect(next).toBeLessThanOrEqual(2_000);
      expect(next).toBe(Math.min(2_000, wait * 2));
    }),
    { runs: 200 },
  );
});

const flags = {
  'kafka-bootstrap-servers': '127.0.0.1:9092',
  'kafka-topic': 'trades',
  'clickhouse-url': 'http://127.0.0.1:8123',
  'postgres-url': 'postgres://u:p@127.0.0.1:5432/db',
  'lake-warehouse': 'file:///warehouse',
};
/** Settings that become a timer somewhere, as flags. */
const timers = [
  'clickhouse-request-timeout-ms',
  'postgres-timeout-ms',
  'ingest-linger-ms',
  'lease-ms',
] as const;

/** Beyond it a timer of Node fires at once, so a longer wait would be none. */
const timerMsMax = 2 ** 31 - 1;

describe('durations', () => {
  const units = { ms: 1n, s: 1_000n, m: 60_000n, h: 3_600_000n } as const;
  const unit = fc.constantFrom('ms' as const, 's' as const, 'm' as const, 'h' as const);
  const parsed = (text: string): number | null => {
    try {
      return parseDuration(text);
    } catch (error) {
      expect(errorCode(error)).toBe('config-invalid');
      return null;
    }
  };

  seededTest(
    'mean what they say, and what no timer can wait is refused instead of not waiting',
    fc.property(fc.bigInt({ min: 0n, max: 10n ** 10n }), unit, (count, name) => {
      const ms = count * units[name];
      const fits = ms > 0n && ms <= BigInt(timerMsMax);
      const found = parsed(`${count}${name}`);
      expect(found === null ? null : BigInt(found)).toBe(fits ? ms : null);
    }),
    { runs: 1_000 },
  );

  seededTest(
    'that are settings are refused as well when no timer can wait for them',
    fc.property(fc.constantFrom(...timers), fc.bigInt({ min: 1n, max: 2n ** 40n }), (flag, ms) => {
      let message = '';
      try {
        loadConfig({ environment: {}, flags: { ...flags, [flag]: `${ms}` } });
      } catch (error) {
        expect(errorCode(error)).toBe('config-invalid');
        message = String(error);
      }
      expect(message.includes(`--${flag}`)).toBe(ms > BigInt(timerMsMax));
    }),
    { runs: 300 },
  );

  seededTest(
    'anything else is refused by name, never guessed',
    fc.property(
      fc.oneof(
        fc.string({ maxLength: 8 }),
        fc
          .tuple(fc.double(), unit)
          .map(([n, u]) => `${n}${u}`)
          .filter((t) => !/^\d+[a-z]/.test(t)),
        fc.tuple(fc.nat(), unit, fc.constantFrom(' ', '\n', '0', 's')).map((p) => p.join('')),
        fc.tuple(fc.constantFrom('-', '+', ' ', '0x', '.'), fc.nat(), unit).map((p) => p.join('')),
      ),
      (text) => {
        fc.pre(!/^\d+(ms|s|m|h)$/.test(text));
        expect(parsed(text)).toBe(null);
      },
    ),
    { runs: 500 },
  );
});
