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
import { type Marks, markFaults, missingMarks } from './marks.ts';

export interface ExploreOptions {
  readonly seedFirst: number;
  readonly seeds: number;
  readonly profile?: SwarmProfile;
  /** Wall time; null: none. Seeds that were not reached are not counted. */
  readonly msMax: number | null;
  readonly marks: Marks;
  /** True hashes every history, which costs about a tenth of the speed. */
  readonly hashed: boolean;
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
}

export interface Exploration {
  readonly seedFirst: number;
  readonly seeds: number;
  readonly findings: readonly ExploreFinding[];
  /** Findings beyond those that are kept with their schedules. */
  readonly findingsTotal: number;
  readonly durationMs: number;
  readonly virtualMs: number;
  readonly steps: number;
  readonly faultsBitten: number;
  readonly missingMarks: readonly string[];
  /** hex SHA-256 over the histories in the order of the seeds; null when not hashed. */
  readonly journalHash: string | null;
}

const findingsKeptMax = 20;
const runsBetweenBreaths = 25;

export async function explore(options: ExploreOptions): Promise<Exploration> {
  const { seedFirst, monotonicMs, msMax, hashed, marks } = options;
  const findings: ExploreFinding[] = [];
  const hash = createHash('sha256');
  const startMs = monotonicMs();
  const sums = { seeds: 0, virtualMs: 0, steps: 0, faultsBitten: 0, findingsTotal: 0 };
  for (let seed = seedFirst; seed < seedFirst + options.seeds; seed += 1) {
    if (options.isStopped?.() === true) break;
    if (msMax !== null && monotonicMs() - startMs > msMax) break;
    const schedule = swarmSchedule(seed, options.profile);
    const run = await options.run(schedule);
    markFaults(marks, schedule, run.bitten);
    sums.seeds += 1;
    sums.virtualMs += run.virtualMs;
    sums.faultsBitten += run.bitten.size;
    for (const count of run.steps.values()) sums.steps += count;
    if (hashed) hash.update(historyHash(run.history.events));
    if (run.judgement.verdict !== 'pass') {
      sums.findingsTotal += 1;
      if (findings.length < findingsKeptMax) findings.push(findingOf(seed, schedule, run));
    }
    if (sums.seeds % runsBetweenBreaths === 0) {
      options.onProgress?.(sums.seeds, sums.findingsTotal);
      await options.breathe();
    }
  }
  return {
    seedFirst,
    ...sums,
    findings,
    durationMs: monotonicMs() - startMs,
    missingMarks: missingMarks(marks),
    journalHash: hashed ? hash.digest('hex') : null,
  };
}

function findingOf(seed: number, schedule: Schedule, run: Run): ExploreFinding {
  const { verdict, findings } = run.judgement;
  return {
    seed,
    verdict: verdict as ExploreFinding['verdict'],
    codes: codesOf(run),
    messages: findings.slice(0, 5).map(({ code, message }) => `${code}: ${message}`),
    schedule,
  };
}

/** The codes that a run was judged by, each once, in order. */
export function codesOf({ judgement }: Run): string[] {
  return [...new Set(judgement.findings.map(({ code }) => code))].sort();
}
