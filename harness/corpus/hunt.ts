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
/** Hunts beyond those of the median, when none of its kills tells bug and sound pipeline apart. */
const huntsMoreMax = 5;
/** Hunts draw from seeds far apart, so that they share none. */
const seedStride = 1_000_003;

export function isNamed({ expected }: PlantedBug, run: Run, under = expected): boolean {
  if (run.judgement.verdict !== 'violated') return false;
  return codesOf(run).some((code) => under.includes(code));
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
  sound: Subject,
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
  let smallest = await smallestOf(bug, subject, sound, kills);
  for (let more = 1; smallest === null && more <= huntsMoreMax && !bug.schedule; more += 1) {
    const kill = await huntOnce(bug, subject, (hunts + more) * seedStride);
    smallest = kill === null ? null : await smallestOf(bug, subject, sound, [kill]);
  }
  const runsMedian = median(kills.map(({ runs }) => runs));
  if (smallest === null) return { ...failed, runsMedian, smallest, run: null };
  const run = await subject.run(smallest, true);
  const codes = codesOf(run);
  return {
    bug,
    caught: true,
    code: bug.expected.find((code) => codes.includes(code)) ?? null,
    runsMedian,
    faultsMin: smallest.faults.length,
    smallest,
    run,
  };
}

/**
 * Shrinks the kill with the fewest faults, to a schedule that tells the two apart: the bug is
 * named, and the sound pipeline withstands it. Null when no kill does.
 */
async function smallestOf(
  bug: PlantedBug,
  subject: Subject,
  sound: Subject,
  kills: readonly Kill[],
): Promise<Schedule | null> {
  const separates = async (schedule: Schedule, under: readonly string[]) =>
    isNamed(bug, await subject.run(schedule, true), under) &&
    (await withstands(bug, sound, schedule));
  const inOrder = [...kills].sort((a, b) => a.schedule.faults.length - b.schedule.faults.length);
  for (const { schedule } of inOrder) {
    // A fault that never struck is no part of what the run shows.
    const [buggy, clean] = [await subject.run(schedule, false), await sound.run(schedule, false)];
    const faults = schedule.faults.filter(
      (_, index) => buggy.bitten.has(index) && (bug.system === 'foil' || clean.bitten.has(index)),
    );
    const settings = { ...schedule.settings, healAfterDrain: true };
    for (const candidate of [
      { ...schedule, faults },
      { ...schedule, faults, settings },
    ]) {
      if (!(await separates(candidate, bug.expected))) continue;
      // What it is called stays what it is called.
      const codes = codesOf(await subject.run(candidate, true));
      const name = bug.expected.filter((code) => codes.includes(code)).slice(0, 1);
      return (await shrink(candidate, (smaller) => separates(smaller, name), shrinkRunsMax))
        .schedule;
    }
  }
  return null;
}

/** True when the pipeline without the bug does on this schedule what it promises. */
async function withstands(bug: PlantedBug, sound: Subject, schedule: Schedule): Promise<boolean> {
  if (bug.system === 'foil') return true;
  const run = await sound.run(schedule, true);
  return bug.stopsWith === undefined
    ? run.judgement.verdict === 'pass'
    : stoppedWith(run, bug.stopsWith);
}

/** The pipeline cannot go on, says why, and nothing else is wrong. */
export function stoppedWith(run: Run, code: string): boolean {
  const said = run.history.events.some((e) => e.type === 'service-failed' && e.code === code);
  return said && codesOf(run).every((found) => found === 'did-not-converge');
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}
