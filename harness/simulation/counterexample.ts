/**
 * A counterexample: one JSON file that holds everything needed to see the same run again.
 *
 * It has the schedule, the planted bug if there was one, what the judgement said, and the hash of
 * the history, so that a replay can tell whether it was really the same run. Unknown keys, numbers
 * out of bounds and files that are no JSON are refused with the path and the place.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
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

const bytesMax = 16_000_000;

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

export function readCounterexample(path: string): Counterexample {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new CounterexampleError(`${path} cannot be read: ${(error as Error).message}`);
  }
  if (text.length > bytesMax) {
    throw new CounterexampleError(`${path} has ${text.length} bytes, more than ${bytesMax}`);
  }
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    throw new CounterexampleError(`${path} is no JSON: ${(error as Error).message}`);
  }
  const parsed = schema.safeParse(document);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  const place = issue.path.length > 0 ? issue.path.join('.') : 'the document';
  throw new CounterexampleError(
    `${path} is no counterexample of version 1: ${place}: ${issue.message}; ` +
      'files that tidemark simulate or corpus wrote can be replayed',
  );
}

export function writeCounterexample(path: string, counterexample: Counterexample): void {
  writeFileSync(path, `${JSON.stringify(counterexample, null, 1)}\n`);
}
