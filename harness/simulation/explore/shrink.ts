/**
 * Makes a failing schedule smaller with fast-check: workload, choices and faults at once.
 *
 * The schedule is given to fast-check as an example of an arbitrary that can shrink any value it
 * could have made, so no randomness is involved: elements are dropped and numbers lowered as long
 * as the run still fails in the same way. A fault keeps its process, step, point and action; only
 * its occurrence is lowered. Choices are told by their place and are made zero before
 * (`shrink-choices.ts`). Settings stay as they are, but for the counts of processes and
 * partitions, which go to one where they can.
 */
import fc from 'fast-check';
import type { Fault, Schedule, Settings, WorkloadItem } from '../schedule/schedule.ts';
import { durationMsMax } from '../schedule/schedule-schema.ts';
import { fewerChoices } from './shrink-choices.ts';

/** Runs that one shrink may cost, unless the caller says otherwise. */
export const shrinkRunsMax = 1_500;
/** Of these, what is spent when the lists have been shrunk. */
const shareOfLists = 0.8;

export interface ShrinkResult {
  readonly schedule: Schedule;
  readonly runs: number;
}

/** Keeps the item's kind; what can be lowered is lowered. */
const workloadItem: fc.Arbitrary<WorkloadItem> = fc.oneof(
  fc.record({
    do: fc.constant('send' as const),
    afterMs: fc.nat(durationMsMax),
    partition: fc.nat(63),
    trades: fc.nat(1_000),
    malformed: fc.nat(1_000),
  }),
  fc.record({
    do: fc.constant('transaction' as const),
    afterMs: fc.nat(durationMsMax),
    trades: fc.nat(1_000),
    end: fc.constantFrom('commit' as const, 'abort' as const),
  }),
);

const faultLike = ({ at: { process, step, point }, action }: Fault): fc.Arbitrary<Fault> =>
  fc.record({
    at: fc.record({
      process: fc.constant(process),
      step: fc.constant(step),
      occurrence: fc.integer({ min: 1, max: 100_000 }),
      point: fc.constant(point),
    }),
    action: fc.constant(action),
  });

const faultsLike = (faults: readonly Fault[]): fc.Arbitrary<Fault[]> =>
  faults.length === 0
    ? fc.constant([])
    : fc.array(fc.oneof(...faults.map(faultLike)), { maxLength: faults.length });

const fewer: ReadonlyArray<Partial<Settings>> = [
  { ingesters: 1 },
  { offloaders: 1 },
  { partitions: 1 },
];

/** `fails` tells whether a smaller schedule still shows the same failure. */
export async function shrink(
  schedule: Schedule,
  fails: (smaller: Schedule) => Promise<boolean>,
  runsMax = shrinkRunsMax,
): Promise<ShrinkResult> {
  let runs = 0;
  let best = schedule;
  // Faults first and one by one: whatever goes makes all that follows cheaper to look at.
  for (const fault of schedule.faults) {
    const candidate = { ...best, faults: best.faults.filter((one) => one !== fault) };
    runs += 1;
    if (await fails(candidate)) best = candidate;
  }
  const accept = async (candidate: Schedule) => {
    if (runs >= runsMax) return false;
    runs += 1;
    if (!(await fails(candidate))) return false;
    best = candidate;
    return true;
  };
  const lowerSettings = async () => {
    for (const lower of fewer) {
      const settings = { ...best.settings, ...lower };
      if (JSON.stringify(settings) === JSON.stringify(best.settings)) continue;
      await accept({ ...best, settings });
    }
  };
  await lowerSettings();
  const makeChoicesFewer = () =>
    fewerChoices(best.choices, (choices) => accept({ ...best, choices }));
  await makeChoicesFewer();
  const { settings, workload, choices, faults } = best;
  const property = fc.asyncProperty(
    fc.array(workloadItem, { maxLength: Math.max(1, workload.length) }),
    faultsLike(faults),
    fc.array(fc.nat(0x7fff_ffff), { maxLength: Math.max(1, choices.length) }),
    async (items, fewerFaults, lowerChoices) => {
      if (runs >= runsMax * shareOfLists) return true;
      const parts = { workload: items, choices: lowerChoices, faults: fewerFaults };
      return !(await accept({ version: 1, settings, ...parts }));
    },
  );
  const example = [[...workload], [...faults], [...choices]] as const;
  await fc.check(property, { numRuns: 1, seed: 1, examples: [[...example]] });
  await lowerSettings();
  await makeChoicesFewer();
  return { schedule: best, runs };
}
