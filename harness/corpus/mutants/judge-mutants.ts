/**
 * What became of a list of mutants: how many the checks caught, and which lived.
 *
 * A mutant is killed by an assertion only. One that makes the code crash, or run for ever, has not
 * been caught by a check, so it counts against the score like a survivor, under its own name. The
 * caller's `run` decides how a mutant is run, and must bound it: a mutant that never yields can
 * only be ended from another thread or process. Mutants are run one after the other.
 */
import type { Mutant } from './mutant.ts';

export type Fate = 'killed' | 'survived' | 'error';

export interface MutationScore {
  readonly killed: number;
  readonly survived: number;
  readonly errors: number;
  readonly total: number;
  /** Killed out of all, from 0 to 1. */
  readonly score: number;
  readonly survivors: readonly Mutant[];
  readonly errored: ReadonlyArray<{ readonly mutant: Mutant; readonly reason: string }>;
}

export interface Judged {
  readonly mutant: Mutant;
  readonly fate: Fate;
  readonly done: number;
  readonly total: number;
}

/** Fails when there is nothing to judge, because a score of nothing would look like a pass. */
export async function judgeMutants(
  mutants: readonly Mutant[],
  run: (mutant: Mutant) => Promise<Fate>,
  onProgress: (judged: Judged) => void = () => undefined,
): Promise<MutationScore> {
  const total = mutants.length;
  if (total === 0) throw new Error('no mutants to judge');
  const survivors: Mutant[] = [];
  const errored: { mutant: Mutant; reason: string }[] = [];
  for (const [i, mutant] of mutants.entries()) {
    const { fate, reason } = await fateOf(mutant, run);
    if (fate === 'survived') survivors.push(mutant);
    if (fate === 'error') errored.push({ mutant, reason });
    onProgress({ mutant, fate, done: i + 1, total });
  }
  const [survived, errors] = [survivors.length, errored.length];
  const killed = total - survived - errors;
  return { killed, survived, errors, total, score: killed / total, survivors, errored };
}

async function fateOf(
  mutant: Mutant,
  run: (mutant: Mutant) => Promise<Fate>,
): Promise<{ fate: Fate; reason: string }> {
  try {
    return { fate: await run(mutant), reason: 'said by the run' };
  } catch (error) {
    const fate = isAssertion(error) ? 'killed' : 'error';
    return { fate, reason: String(error) };
  }
}

/** An `AssertionError` of `node:assert` or of the test runner. */
export function isAssertion(error: unknown): boolean {
  return error instanceof Error && error.name.startsWith('AssertionError');
}
