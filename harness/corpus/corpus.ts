/**
 * The whole corpus: every planted bug hunted, its smallest schedule run on the sound pipeline as
 * well, the mutants of the checkers judged, and a canary.
 *
 * The counter-proof matters as much as the catch: the schedule that brings a bug to light has to
 * leave the pipeline without the bug clean, with every one of its faults striking. A window is
 * closed only when both are seen.
 */
import type { Schedule } from '../simulation/schedule/schedule.ts';
import { type HuntResult, hunt, stoppedWith } from './hunt.ts';
import type { PlantedBug } from './planted-bug.ts';
import { buildSubject } from './subject.ts';
import type { Subject } from './subject-entry.ts';

export interface CorpusEntry {
  readonly id: string;
  readonly group: PlantedBug['group'];
  readonly window: number | null;
  readonly title: string;
  readonly from: string;
  readonly expected: readonly string[];
  readonly caught: boolean;
  readonly code: string | null;
  readonly runsMedian: number | null;
  readonly faultsMin: number | null;
  /** What the pipeline without the bug does on the same schedule. */
  readonly sound: SoundOutcome;
}

/** `stops`: it ended with the error that the bug would have kept quiet. */
export type SoundOutcome = 'pass' | 'stops' | 'violated' | 'not-run';

export interface CorpusOptions {
  readonly bugs: readonly PlantedBug[];
  readonly hunts: number;
  readonly onBug: (done: number, bug: PlantedBug) => void;
  readonly onCaught: (result: HuntResult) => void;
  readonly breathe: () => Promise<void>;
  readonly isStopped: () => boolean;
}

export async function runCorpus(options: CorpusOptions): Promise<CorpusEntry[]> {
  const entries: CorpusEntry[] = [];
  const sound = await buildSubject(null);
  for (const [index, bug] of options.bugs.entries()) {
    if (options.isStopped()) break;
    options.onBug(index, bug);
    const subject = await buildSubject(bug.id);
    const result = await hunt(bug, subject, options.hunts, sound, options.breathe);
    if (result.caught) options.onCaught(result);
    const { id, group, window, title, from, expected } = bug;
    const { caught, code, runsMedian, faultsMin, smallest } = result;
    const outcome = smallest === null ? 'not-run' : await soundOutcome(bug, sound, smallest);
    const facts = { id, group, window, title, from, expected };
    entries.push({ ...facts, caught, code, runsMedian, faultsMin, sound: outcome });
    await options.breathe();
  }
  return entries;
}

async function soundOutcome(
  bug: PlantedBug,
  sound: Subject,
  smallest: Schedule,
): Promise<SoundOutcome> {
  if (bug.system === 'foil') return 'not-run';
  const run = await sound.run(smallest, false);
  if (bug.stopsWith !== undefined) return stoppedWith(run, bug.stopsWith) ? 'stops' : 'violated';
  const everyFaultStruck = run.bitten.size === smallest.faults.length;
  return run.judgement.verdict === 'pass' && everyFaultStruck ? 'pass' : 'violated';
}

/** A bug is in order when it was caught under its name and the sound pipeline withstands it. */
export function isInOrder({ caught, sound }: CorpusEntry): boolean {
  return caught && sound !== 'violated';
}
