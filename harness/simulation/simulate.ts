/**
 * `tidemark simulate` without its command line: explores seeds of the pipeline, keeps what it found
 * as counterexamples, and says in one document what it did and what follows from it.
 *
 * Speed is measured over the exploration alone, on the core that it had: schedules a second, steps
 * of the protocol a schedule, and virtual over real time.
 */
import type { Verdict } from '../experiment/journal-events.ts';
import { breathe } from './breathe.ts';
import { keepFindings } from './explore/counterexamples.ts';
import { type Exploration, explore } from './explore/explore.ts';
import { type Marks, markingLogger } from './explore/marks.ts';
import { explorationVerdict } from './explore/verdict.ts';
import { type Run, runSchedule } from './run-schedule.ts';
import type { Schedule } from './schedule/schedule.ts';
import type { BuildSystem } from './system/system.ts';
import { withoutStacks } from './without-stacks.ts';

export interface SimulateOptions {
  readonly seedFirst: number;
  readonly seeds: number;
  /** Wall time for the exploration; null: none. */
  readonly msMax: number | null;
  /** Given a logger that counts what the services remark. */
  readonly build: (logger: ReturnType<typeof markingLogger>) => BuildSystem;
  /** Makes the folder for counterexamples; called when there is one. */
  readonly directory: () => string;
  readonly monotonicMs: () => number;
  readonly isStopped: () => boolean;
  readonly onPhase: (name: string) => void;
  readonly onDetail: (text: string) => void;
}

export interface SimulateFinding {
  readonly seed: number;
  readonly verdict: Verdict;
  readonly codes: readonly string[];
  readonly messages: readonly string[];
  readonly file: string;
  readonly replay: string;
  readonly faults: number;
  readonly shrunk: boolean;
}

export interface SimulateDocument {
  readonly verdict: Verdict;
  readonly reasons: readonly string[];
  readonly seedFirst: number;
  readonly seeds: number;
  readonly end: Exploration['end'];
  readonly durationMs: number;
  readonly schedulesPerSecond: number;
  readonly stepsPerSchedule: number;
  /** Virtual over real time. */
  readonly speedup: number;
  readonly faultsBitten: number;
  readonly marks: Readonly<Record<string, number>>;
  readonly missingMarks: readonly string[];
  readonly violated: number;
  readonly inconclusive: number;
  readonly findings: readonly SimulateFinding[];
  readonly journalHash: string;
}

const shrunkMax = 3;
const shrinkMsMax = 30_000;

export async function simulate(options: SimulateOptions): Promise<SimulateDocument> {
  const { seedFirst, seeds, msMax, build, directory, isStopped, onPhase, onDetail } = options;
  const marks: Marks = new Map();
  const system = build(markingLogger(marks));
  const run = (schedule: Schedule): Promise<Run> =>
    runSchedule(schedule, { build: system, everyFaultMustBite: false });
  onPhase('simulate');
  const exploration = await withoutStacks(() =>
    explore({
      ...{ seedFirst, seeds, msMax, marks, run, isStopped, breathe },
      monotonicMs: options.monotonicMs,
      onProgress: (done, found) => onDetail(`seed ${seedFirst + done}, ${found} findings`),
    }),
  );
  const counted = Object.fromEntries([...marks].sort(([a], [b]) => (a < b ? -1 : 1)));
  if (exploration.findings.length > 0) onPhase('counterexamples');
  const findings =
    exploration.findings.length === 0
      ? []
      : await keepFindings(exploration.findings, {
          ...{ run, shrunkMax, shrinkMsMax, isStopped, breathe },
          monotonicMs: options.monotonicMs,
          directory: directory(),
          onFinding: (seed) => onDetail(`seed ${seed}`),
        });
  return documentOf(exploration, counted, findings.map(withReplay));
}

const withReplay = <F extends { readonly file: string }>(finding: F) => ({
  ...finding,
  replay: `npx tidemark replay ${finding.file}`,
});

function documentOf(
  exploration: Exploration,
  marks: Readonly<Record<string, number>>,
  findings: readonly SimulateFinding[],
): SimulateDocument {
  const { seedFirst, seeds, end, durationMs, virtualMs, steps } = exploration;
  const { faultsBitten, missingMarks, violated, inconclusive, journalHash } = exploration;
  return {
    ...explorationVerdict(exploration),
    ...{ seedFirst, seeds, end },
    durationMs: Math.round(durationMs),
    schedulesPerSecond: rounded(seeds / (durationMs / 1_000), 1),
    stepsPerSchedule: rounded(steps / seeds, 1),
    speedup: rounded(virtualMs / durationMs, 0),
    ...{ faultsBitten, marks, missingMarks, violated, inconclusive, findings, journalHash },
  };
}

/** 0 where nothing was measured. */
function rounded(value: number, digits: number): number {
  return Number.isFinite(value) ? Number(value.toFixed(digits)) : 0;
}
