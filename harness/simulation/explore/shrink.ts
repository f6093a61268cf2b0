/**
 * Makes a failing schedule smaller with fast-check: workload, choices and faults at once.
 *
 * The schedule is given to fast-check as an example of an arbitrary that can shrink any value it
 * could have made, so no randomness is involved: elements are dropped and numbers lowered as long
 * as the run still fails in the same way. Settings stay as they are, but for the counts of
 * processes, which go to one where they can.
 */
import fc from 'fast-check';
import type { Fault, Schedule, WorkloadItem } from '../schedule/schedule.ts';

/** Runs that one shrink may cost. */
const runsMax = 1_500;

export interface ShrinkResult {
  readonly schedule: Schedule;
  readonly runs: number;
}

const small = { min: 0, max: 4_000 };

/** Keeps the item's kind; what can be lowered is lowered. */
const workloadItem: fc.Arbitrary<WorkloadItem> = fc.oneof(
  fc.record({
    do: fc.constant('send' as const),
    afterMs: fc.nat(100_000),
    partition: fc.nat(63),
    trades: fc.nat(1_000),
    malformed: fc.nat(1_000),
  }),
  fc.record({
    do: fc.constant('transaction' as const),
    afterMs: fc.nat(100_000),
    trades: fc.nat(1_000),
    end: fc.constantFrom('commit' as const, 'abort' as const),
  }),
);

/** Faults are dropped but not changed: a lower occurrence would be another fault. */
const faultsOf = (faults: readonly Fault[]) => fc.subarray([...faults]);

/** `fails` tells whether a smaller schedule still shows the same failure. */
export async function shrink(
  schedule: Schedule,
  fails: (smaller: Schedule) => Promise<boolean>,
): Promise<ShrinkResult> {
  let runs = 0;
  let best = schedule;
  const property = fc.asyncProperty(
    fc.array(workloadItem, { maxLength: Math.max(1, schedule.workload.length) }),
    fc.array(fc.nat(small), { maxLength: Math.max(1, schedule.choices.length) }),
    faultsOf(schedule.faults),
    async (workload, choices, faults) => {
      if (runs >= runsMax) return true;
      runs += 1;
      const candidate = { ...schedule, workload, choices, faults };
      if (!(await fails(candidate))) return true;
      best = candidate;
      return false;
    },
  );
  await fc.check(property, {
    numRuns: 1,
    examples: [[[...schedule.workload], [...schedule.choices], [...schedule.faults]]],
  });
  for (const settings of [{ ingesters: 1 }, { offloaders: 1 }, { partitions: 1 }]) {
    const candidate = { ...best, settings: { ...best.settings, ...settings } };
    runs += 1;
    if (await fails(candidate)) best = candidate;
  }
  return { schedule: best, runs };
}
