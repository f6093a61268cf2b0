/**
 * The verdict of an exploration, with its reasons.
 *
 * One violated run violates the whole. A run that proved nothing, an exploration that was ended
 * early or that never saw what an exploration of its size has to see is inconclusive: many green
 * seeds must not be many seeds that looked away.
 */
import type { Verdict } from '../../experiment/journal-events.ts';
import type { Exploration } from './explore.ts';

/** From so many seeds on every expected mark has to be there. */
export const seedsThatMeetEverything = 5_000;

export interface ExplorationVerdict {
  readonly verdict: Verdict;
  /** One sentence each; empty for `pass`. */
  readonly reasons: readonly string[];
}

export function explorationVerdict(exploration: Exploration): ExplorationVerdict {
  const { seeds, end, violated, inconclusive, missingMarks } = exploration;
  const reasons: string[] = [];
  if (violated > 0) reasons.push(`${runs(violated)} violated a guarantee`);
  if (inconclusive > 0) reasons.push(`${runs(inconclusive)} could not be judged`);
  if (seeds === 0) reasons.push('no seed was run');
  if (end === 'stopped') reasons.push(`it was interrupted after ${seeds} seeds`);
  if (seeds >= seedsThatMeetEverything && missingMarks.length > 0) {
    reasons.push(`${seeds} seeds never met ${missingMarks.join(', ')}: they did not explore`);
  }
  if (reasons.length === 0) return { verdict: 'pass', reasons };
  return { verdict: violated > 0 ? 'violated' : 'inconclusive', reasons };
}

const runs = (count: number) => `${count} ${count === 1 ? 'run' : 'runs'}`;
