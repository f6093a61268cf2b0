/**
 * How soon a planted bug is found: seeds are tried until a judgement names it, several times over,
 * and one of the runs that showed it is made as small as it gets.
 *
 * Found means: the verdict is `violated`, and one of the bug's own codes is among the findings. A
 * run that is violated under other names only does not count, because a wrong name sends people to
 * the wrong place.
 */
import { codesOf } from '../simulation/explore/explore.ts';
import { shrink } from '../simulation/explore/shrink.ts';
import type { Run } from '../simulation/run-schedule.ts';
import type { Schedule } from '../simulation/schedule/schedule.ts';
import { swarmSchedule } from '../simulation/schedule/swarm.ts';
import type { PlantedBug } from './planted-bug.ts';
import type { Subject } from './subject-entry.ts';

export interface HuntResult {
  readonly bug: PlantedBug;
  readonly caught: boolean;
  /** The first of the bug's codes that was reported; null when it was not caught. */
  readonly code: string | null;
  /** Median over the hunts of the number of runs to the first detection; null when not caught. */
  readonly runsMedian: number | null;
  /** Faults of the smallest counterexample. */
  readonly faultsMin: number | null;
  readonly smallest: Schedule | null;
  /** The run of the smallest counterexample. */
  readonly run: Run | null;
}

export const huntsDefault = 5;
/** A hunt that took longer has failed. */
export const runsMax = 1_000;
/** Enough to bring a counterexample down to what matters. */
const shrinkRunsMax = 250;
/** Hunts draw from seeds far apart, so that they share none. */
const seedStride = 1_000_003;

export function isNamed(bug: PlantedBug, run: Run): boolean {
  if (run.judgement.verdict !== 'violated') return false;
  return codesOf(run).some((code) => bug.expected.includes(code));
}

interface Kill {
  readonly runs: number;
  readonly schedule: Schedule;
}

async function huntOnce(
  bug: PlantedBug,
  subject: Subject,
  seedFirst: number,
): Promise<Kill | null> {
  for (let runs = 1; runs <= runsMax; runs += 1) {
    const schedule = swarmSchedule(seedFirst + runs, bug.profile);
    if (isNamed(bug, await subject.run(schedule, false))) return { runs, schedule };
  }
  return null;
}

export async function hunt(
  bug: PlantedBug,
  subject: Subject,
  hunts: number,
  onRun: () => Promise<void>,
): Promise<HuntResult> {
  const failed = { bug, caught: false, code: null, runsMedian: null, faultsMin: null };
  const kills: Kill[] = [];
  if (bug.schedule === undefined) {
    for (let i = 0; i < hunts; i += 1) {
      const kill = await huntOnce(bug, subject, (i + 1) * seedStride);
      await onRun();
      if (kill === null) return { ...failed, smallest: null, run: null };
      kills.push(kill);
    }
  } else if (isNamed(bug, await subject.run(bug.schedule, true))) {
    kills.push({ runs: 1, schedule: bug.schedule });
  } else return { ...failed, smallest: null, run: null };
  const smallest = await smallestOf(bug, subject, kills);
  const run = await subject.run(smallest, true);
  const codes = codesOf(run);
  return {
    bug,
    caught: true,
    code: bug.expected.find((code) => codes.includes(code)) ?? null,
    runsMedian: median(kills.map(({ runs }) => runs)),
    faultsMin: smallest.faults.length,
    smallest,
    run,
  };
}

/** Shrinks the kill with the fewest faults. */
async function smallestOf(
  bug: PlantedBug,
  subject: Subject,
  kills: readonly Kill[],
): Promise<Schedule> {
  const [first] = [...kills].sort((a, b) => a.schedule.faults.length - b.schedule.faults.length);
  const fails = async (schedule: Schedule) => isNamed(bug, await subject.run(schedule, true));
  // A fault that never struck in the run is no part of what it shows.
  const run = await subject.run(first!.schedule, false);
  const faults = first!.schedule.faults.filter((_, index) => run.bitten.has(index));
  const { schedule } = await shrink({ ...first!.schedule, faults }, fails, shrinkRunsMax);
  return schedule;
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}
