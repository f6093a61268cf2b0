/**
 * `tidemark enumerate` without its command line: the bounded workloads one after the other, and one
 * document that says how many points there were, how many were reached, and how many passed.
 *
 * It is complete when all three numbers are equal, and when no point of any durable step is missing
 * from what was struck: a step that no workload takes would otherwise be enumerated zero times, in
 * silence. Steps of the recovery alone are only reached by pairs, so only with pairs is that asked.
 */
import { join } from 'node:path';
import type { Verdict } from '../../experiment/journal-events.ts';
import { breathe } from '../breathe.ts';
import { counterexampleOf, writeCounterexample } from '../counterexample.ts';
import { codesOf } from '../explore/codes.ts';
import { runSchedule } from '../run-schedule.ts';
import type { Fault, Schedule } from '../schedule/schedule.ts';
import type { BuildSystem } from '../system/system.ts';
import { withoutStacks } from '../without-stacks.ts';
import {
  type Cell,
  type Enumeration,
  type EnumerationRun,
  enumerate,
  type Failure,
  total,
} from './enumerate.ts';
import { isDurable } from './points.ts';
import { type BoundedWorkload, missingPoints } from './workloads.ts';

export interface MatrixOptions {
  readonly workloads: readonly BoundedWorkload[];
  readonly pairs: boolean;
  readonly build: BuildSystem;
  /** Makes the folder for counterexamples; called when there is one. */
  readonly directory: () => string;
  readonly monotonicMs: () => number;
  readonly isStopped: () => boolean;
  readonly onPhase: (name: string) => void;
  readonly onDetail: (text: string) => void;
}

export interface MatrixRow extends Cell {
  readonly process: string;
  readonly step: string;
}

export interface MatrixFailure {
  readonly workload: string;
  readonly verdict: string;
  readonly codes: readonly string[];
  readonly faults: readonly Fault[];
  /** Indexes of faults that found no place to strike. */
  readonly unbitten: readonly number[];
  readonly file: string;
  readonly replay: string;
}

export interface MatrixDocument {
  readonly verdict: Verdict;
  readonly reasons: readonly string[];
  readonly single: Cell;
  /** Null when pairs were not asked for. */
  readonly pairs: Cell | null;
  readonly runs: number;
  readonly durationMs: number;
  readonly workloads: ReadonlyArray<{
    readonly name: string;
    readonly single: readonly MatrixRow[];
    /** By the step of the second crash. */
    readonly pairs: readonly MatrixRow[];
  }>;
  /** Points of durable steps, as `step point`, that nothing struck. */
  readonly missingPoints: readonly string[];
  readonly failuresTotal: number;
  readonly failures: readonly MatrixFailure[];
}

export async function enumerateMatrix(options: MatrixOptions): Promise<MatrixDocument> {
  const { workloads, build, pairs, isStopped, onPhase, onDetail } = options;
  const startMs = options.monotonicMs();
  const done: Array<{ readonly name: string; readonly result: Enumeration }> = [];
  for (const { name, schedule, single, paired } of workloads) {
    onPhase(name);
    const enumerated = () =>
      enumerate({
        schedule,
        isSingle: (point) => isDurable(point) && single.includes(point.process),
        isPaired: (point) => pairs && isDurable(point) && paired.includes(point.process),
        run: (struck) => tracedRun(struck, build),
        onProgress: (at, of, runs) => onDetail(`${at} of ${of} points, ${runs} runs`),
        ...{ isStopped, breathe },
      });
    const result = await withoutStacks(enumerated);
    done.push({ name, result });
  }
  const durationMs = Math.round(options.monotonicMs() - startMs);
  const failures = await keepFailures(done, options);
  return { ...matrixOf(done, options), durationMs, failures };
}

async function tracedRun(struck: Schedule, build: BuildSystem): Promise<EnumerationRun> {
  const run = await runSchedule(struck, { build, everyFaultMustBite: true, traced: true });
  const { judgement, bitten, trace } = run;
  return { verdict: judgement.verdict, codes: codesOf(run), bitten, trace: trace! };
}

function matrixOf(
  done: ReadonlyArray<{ readonly name: string; readonly result: Enumeration }>,
  { pairs, isStopped }: MatrixOptions,
): Omit<MatrixDocument, 'durationMs' | 'failures'> {
  const results = done.map(({ result }) => result);
  const sum = (pick: (result: Enumeration) => number) =>
    results.reduce((all, result) => all + pick(result), 0);
  const missing = missingPoints(new Set(results.flatMap(({ struck }) => [...struck])));
  const single = sumOf(results.map((result) => total(result.single)));
  const pairsSum = sumOf(results.map((result) => total(result.pairs)));
  const violated = sum((result) => result.violated);
  const failuresTotal = sum((result) => result.failuresTotal);
  const reasons = [
    ...(violated > 0 ? [`${violated} runs violated a guarantee`] : []),
    ...(failuresTotal > violated ? [`${failuresTotal - violated} runs proved nothing`] : []),
    ...(isStopped() ? ['it was interrupted'] : []),
    ...(single.points === 0 ? ['there was no point to strike'] : []),
    ...(pairs && missing.length > 0 ? [`never struck: ${missing.join(', ')}`] : []),
  ];
  return {
    verdict: reasons.length === 0 ? 'pass' : violated > 0 ? 'violated' : 'inconclusive',
    reasons,
    single,
    pairs: pairs ? pairsSum : null,
    runs: sum((result) => result.runs),
    workloads: done.map(({ name, result }) => ({
      name,
      single: rowsOf(result.single),
      pairs: rowsOf(result.pairs),
    })),
    missingPoints: missing,
    failuresTotal,
  };
}

function rowsOf(cells: ReadonlyMap<string, Cell>): MatrixRow[] {
  const rows = [...cells].map(([name, cell]) => {
    const [process, step] = name.split(' ') as [string, string];
    return { process, step, ...cell };
  });
  return rows.sort((a, b) => (`${a.process} ${a.step}` < `${b.process} ${b.step}` ? -1 : 1));
}

function sumOf(cells: readonly Cell[]): Cell {
  return total(new Map(cells.map((cell, index) => [`${index}`, cell])));
}

/** Each failed run as a file of its own; it fails again there without being traced. */
async function keepFailures(
  done: ReadonlyArray<{ readonly name: string; readonly result: Enumeration }>,
  { build, directory }: MatrixOptions,
): Promise<MatrixFailure[]> {
  const failed = done.flatMap(({ name, result }) =>
    result.failures.map((failure) => ({ workload: name, failure })),
  );
  if (failed.length === 0) return [];
  const folder = directory();
  const kept: MatrixFailure[] = [];
  for (const [index, { workload, failure }] of failed.entries()) {
    const { verdict, codes, unbitten, schedule } = failure;
    const file = join(folder, `point-${index + 1}.json`);
    await writeFailure(file, workload, failure, build);
    const { faults } = schedule;
    const replay = `npx tidemark replay ${file}`;
    kept.push({ workload, verdict, codes, faults, unbitten, file, replay });
  }
  return kept;
}

async function writeFailure(
  file: string,
  workload: string,
  { schedule }: { readonly schedule: Schedule } & Failure,
  build: BuildSystem,
): Promise<void> {
  const run = await runSchedule(schedule, { build, everyFaultMustBite: true });
  const about = { origin: workload, bug: null, schedule, everyFaultMustBite: true };
  writeCounterexample(file, counterexampleOf(run, about));
}
