/**
 * Exploration: one run a seed, as many as asked for, each judged, with a count of what was seen.
 *
 * The seeds are the only input, so any finding is `tidemark simulate --seed S --seeds 1` away. A
 * finding ends nothing: the others are still worth seeing. The hash over all histories says whether
 * two explorations were the same.
 */
import { createHash } from 'node:crypto';
import { historyHash } from '../kernel/recorder.ts';
import type { Run } from '../run-schedule.ts';
import type { Schedule } from '../schedule/schedule.ts';
import { type SwarmProfile, swarmSchedule } from '../schedule/swarm.ts';
import { codesOf, messagesOf } from './codes.ts';
import { type Marks, markFaults, missingMarks } from './marks.ts';

export { codesOf } from './codes.ts';

export interface ExploreOptions {
  readonly seedFirst: number;
  readonly seeds: number;
  readonly profile?: SwarmProfile;
  /** Wall time; null: none. Seeds that were not reached are not counted. */
  readonly msMax: number | null;
  readonly marks: Marks;
  readonly run: (schedule: Schedule) => Promise<Run>;
  readonly monotonicMs: () => number;
  readonly onProgress?: (done: number, findings: number) => void;
  readonly isStopped?: () => boolean;
  /** Lets timers and signals in now and then. */
  readonly breathe: () => Promise<void>;
}

export interface ExploreFinding {
  readonly seed: number;
  readonly verdict: 'violated' | 'inconclusive';
  readonly codes: readonly string[];
  readonly messages: readonly string[];
  readonly schedule: Schedule;
  readonly historyHash: string;
}

export interface Exploration {
  readonly seedFirst: number;
  /** Those that were run. */
  readonly seeds: number;
  readonly end: 'complete' | 'time' | 'stopped';
  /** The first of them, with their schedules; the counts go on beyond. */
  readonly findings: readonly ExploreFinding[];
  readonly violated: number;
  readonly inconclusive: number;
  readonly durationMs: number;
  readonly virtualMs: number;
  readonly steps: number;
  readonly faultsBitten: number;
  readonly missingMarks: readonly string[];
  /** hex SHA-256 over the hashes of the histories in the order of the seeds. */
  readonly journalHash: string;
}

export const findingsKeptMax = 20;
const runsBetweenBreaths = 25;

export async function explore(options: ExploreOptions): Promise<Exploration> {
  const { seedFirst, monotonicMs, msMax, marks } = options;
  const findings: ExploreFinding[] = [];
  const hash = createHash('sha256');
  const startMs = monotonicMs();
  const sums = { virtualMs: 0, steps: 0, faultsBitten: 0, violated: 0, inconclusive: 0 };
  let end: Exploration['end'] = 'complete';
  let seeds = 0;
  for (; seeds < options.seeds; seeds += 1) {
    if (seeds % runsBetweenBreaths === 0) {
      options.onProgress?.(seeds, sums.violated + sums.inconclusive);
      await options.breathe();
    }
    if (options.isStopped?.() === true) end = 'stopped';
    else if (msMax !== null && monotonicMs() - startMs > msMax) end = 'time';
    if (end !== 'complete') break;
    const seed = seedFirst + seeds;
    const schedule = swarmSchedule(seed, options.profile);
    const run = await options.run(schedule);
    markFaults(marks, schedule, run.bitten);
    sums.virtualMs += run.virtualMs;
    sums.faultsBitten += run.bitten.size;
    for (const count of run.steps.values()) sums.steps += count;
    const runHash = historyHash(run.history.events);
    hash.update(runHash);
    const { verdict } = run.judgement;
    if (verdict === 'pass') continue;
    sums[verdict] += 1;
    if (findings.length >= findingsKeptMax) continue;
    const [codes, messages] = [codesOf(run), messagesOf(run)];
    findings.push({ seed, verdict, codes, messages, schedule, historyHash: runHash });
  }
  return {
    seedFirst,
    seeds,
    end,
    findings,
    ...sums,
    durationMs: monotonicMs() - startMs,
    missingMarks: missingMarks(marks),
    journalHash: hash.digest('hex'),
  };
}
