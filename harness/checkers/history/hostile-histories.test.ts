/** What a file may say and no run ever would: judged all the same, without a crash or a wait. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { allCheckers } from './all-checkers.ts';
import { eventSchema, eventTypes } from './history-file-schema.ts';
import { hostileHistory } from './hostile-histories.test-kit.ts';
import { judge } from './judge.ts';

const options = { seed: 1, numRuns: 500 };

test('every checker ends with an answer, and returns no code but its own (seed 1)', () => {
  fc.assert(
    fc.property(hostileHistory, (history) => {
      for (const checker of allCheckers) {
        const { findings, looked } = checker.check(history);
        expect(looked).toBeGreaterThanOrEqual(0);
        const foreign = findings.filter(({ code }) => !checker.codes.includes(code));
        expect(foreign).toEqual([]);
      }
      expect(['pass', 'violated', 'inconclusive']).toContain(judge(history).verdict);
    }),
    options,
  );
});

test('these are histories that the format allows, with events of every type (seed 1)', () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(hostileHistory, ({ events }) => {
      for (const event of events) {
        seen.add(event.type);
        expect(eventSchema.safeParse(event).error).toBe(undefined);
      }
    }),
    options,
  );
  expect(seen).toEqual(new Set(eventTypes));
});
