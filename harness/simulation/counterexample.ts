/**
 * A counterexample: one JSON file that holds everything needed to see the same run again.
 *
 * It has the schedule, the planted bug if there was one, what the judgement said, and the hash of
 * the history, so that a replay can tell whether it was really the same run. A file comes from
 * anywhere: unknown keys and words, numbers out of bounds, files that are too long or no JSON are
 * refused in one sentence with the path and the place.
 */
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { shortened, visible } from '../../reports/render/plain-text.ts';
import { codesOf } from './explore/codes.ts';
import { historyHash } from './kernel/recorder.ts';
import type { Run } from './run-schedule.ts';
import type { Schedule } from './schedule/schedule.ts';
import { scheduleSchema } from './schedule/schedule-schema.ts';

export interface Counterexample {
  readonly version: 1;
  /** Where it came from, in words: `seed 17`, `corpus C4`, ... */
  readonly origin: string;
  /** Id of the planted bug; null for the pipeline or foil as they are. */
  readonly bug: string | null;
  readonly schedule: Schedule;
  readonly everyFaultMustBite: boolean;
  readonly verdict: 'pass' | 'violated' | 'inconclusive';
  readonly codes: readonly string[];
  /** hex SHA-256 over the history. */
  readonly historyHash: string;
}

/** A file that cannot be replayed; the message names the file and what to do. */
export class CounterexampleError extends Error {
  override readonly name = 'CounterexampleError';
}

/** A schedule of the greatest size has a tenth of it. */
export const bytesMax = 16_000_000;
/** Of a message about a file; what stands in the file may stand in the message. */
const messageCharactersMax = 300;

const schema: z.ZodType<Counterexample> = z.strictObject({
  version: z.literal(1),
  origin: z.string().max(1_000),
  bug: z.string().max(200).nullable(),
  schedule: scheduleSchema,
  everyFaultMustBite: z.boolean(),
  verdict: z.enum(['pass', 'violated', 'inconclusive']),
  codes: z.array(z.string().max(100)).max(100),
  historyHash: z.string().regex(/^[0-9a-f]{64}$/),
});

/** What a run of a schedule showed. */
export function counterexampleOf(
  run: Run,
  { schedule, ...rest }: Pick<Counterexample, 'origin' | 'bug' | 'schedule' | 'everyFaultMustBite'>,
): Counterexample {
  return {
    version: 1,
    ...rest,
    verdict: run.judgement.verdict,
    codes: codesOf(run),
    historyHash: historyHash(run.history.events),
    schedule,
  };
}

/** Throws CounterexampleError. */
export function readCounterexample(path: string): Counterexample {
  const refuse = (problem: string) =>
    new CounterexampleError(visible(shortened(`${path} ${problem}`, messageCharactersMax)));
  let text: string;
  try {
    const found = statSync(path);
    if (!found.isFile()) throw refuse('is not a file; a counterexample is one JSON file');
    if (found.size > bytesMax) {
      throw refuse(`has ${found.size} bytes; a counterexample has at most ${bytesMax}`);
    }
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof CounterexampleError) throw error;
    throw refuse(`cannot be read: ${(error as Error).message}`);
  }
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    throw refuse(`is no JSON: ${(error as Error).message}`);
  }
  const parsed = schema.safeParse(document);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  const place = issue.path.length > 0 ? issue.path.join('.') : 'the document';
  throw refuse(`is no counterexample of version 1: ${place}: ${issue.message}`);
}

export function writeCounterexample(path: string, counterexample: Counterexample): void {
  writeFileSync(path, `${JSON.stringify(counterexample, null, 1)}\n`);
}
