/**
 * Findings of an exploration become files that can be replayed; the first few are made smaller
 * first.
 *
 * Each finding's seed is run again and has to give the same history: if it does not, the simulation
 * is not deterministic, and nothing that it says can be trusted. A smaller schedule counts only
 * when it fails with the same verdict and the same codes.
 */
import { join } from 'node:path';
import { counterexampleOf, writeCounterexample } from '../counterexample.ts';
import { historyHash } from '../kernel/recorder.ts';
import type { Run } from '../run-schedule.ts';
import type { Schedule } from '../schedule/schedule.ts';
import { codesOf, failsAlike, messagesOf } from './codes.ts';
import type { ExploreFinding } from './explore.ts';
import { shrink } from './shrink.ts';

export interface KeptFinding {
  readonly seed: number;
  readonly verdict: ExploreFinding['verdict'];
  readonly codes: readonly string[];
  readonly messages: readonly string[];
  readonly file: string;
  /** How many faults are left in the file, and whether it was made smaller. */
  readonly faults: number;
  readonly shrunk: boolean;
}

export interface KeepOptions {
  readonly run: (schedule: Schedule) => Promise<Run>;
  readonly directory: string;
  /** So many findings are made smaller; a shrink costs many runs. */
  readonly shrunkMax: number;
  /** Wall time that one of them may take; then it is as small as it is. */
  readonly shrinkMsMax: number;
  readonly monotonicMs: () => number;
  readonly onFinding?: (seed: number) => void;
  readonly isStopped?: () => boolean;
  readonly breathe: () => Promise<void>;
}

export async function keepFindings(
  findings: readonly ExploreFinding[],
  options: KeepOptions,
): Promise<KeptFinding[]> {
  const { run, directory, shrunkMax, shrinkMsMax, monotonicMs, onFinding, isStopped } = options;
  const kept: KeptFinding[] = [];
  for (const [index, { seed, verdict, schedule, historyHash: hash }] of findings.entries()) {
    onFinding?.(seed);
    await options.breathe();
    const again = await run(schedule);
    if (historyHash(again.history.events) !== hash) {
      throw new Error(`seed ${seed} gave another history the second time: not deterministic`);
    }
    const shrunk = index < shrunkMax && isStopped?.() !== true;
    const endMs = monotonicMs() + shrinkMsMax;
    const isOver = () => isStopped?.() === true || monotonicMs() > endMs;
    const fails = async (smaller: Schedule) => !isOver() && failsAlike(await run(smaller), again);
    const smallest = shrunk ? (await shrink(schedule, fails)).schedule : schedule;
    const shown = await run(smallest);
    const file = join(directory, `seed-${seed}.json`);
    const origin = `seed ${seed}${shrunk ? ', made smaller' : ''}`;
    const about = { origin, bug: null, schedule: smallest, everyFaultMustBite: false };
    writeCounterexample(file, counterexampleOf(shown, about));
    const [codes, messages] = [codesOf(shown), messagesOf(shown)];
    kept.push({ seed, verdict, codes, messages, file, faults: smallest.faults.length, shrunk });
  }
  return kept;
}
