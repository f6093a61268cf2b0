/**
 * Enumeration, not luck: every crash point of a bounded workload, and every pair of them.
 *
 * A first run without faults gives the points. Each is struck in a run of its own; what that run
 * did after the strike gives the points of the second crash, inside the recovery, and each of those
 * is struck together with the first. A fault that did not bite, or a run that is not `pass`, is
 * kept with its schedule. The result counts what was there and what was reached, and the two have
 * to be equal.
 */
import type { Fault, Schedule } from '../schedule/schedule.ts';
import { durableSteps, faultsAt, type Strike, strikes } from './points.ts';

export interface EnumerationRun {
  readonly verdict: string;
  readonly codes: readonly string[];
  readonly bitten: ReadonlySet<number>;
  readonly steps: ReadonlyMap<string, number>;
}

export interface EnumerationOptions {
  readonly schedule: Schedule;
  readonly processes: readonly string[];
  readonly isDurable: (step: string) => boolean;
  readonly pairs: boolean;
  readonly run: (schedule: Schedule) => Promise<EnumerationRun>;
  readonly onProgress?: (done: number, total: number) => void;
  /** True when the caller wants to end early; what is left then counts as not reached. */
  readonly isStopped?: () => boolean;
}

export interface Cell {
  points: number;
  reached: number;
  passed: number;
}

export interface Failure {
  readonly schedule: Schedule;
  readonly verdict: string;
  readonly codes: readonly string[];
  /** Indexes of faults that found no place to strike. */
  readonly unbitten: readonly number[];
}

export interface Enumeration {
  /** `process step` to the counts of its single faults. */
  readonly single: ReadonlyMap<string, Cell>;
  /** `process step` of the first fault to the counts of its pairs. */
  readonly pairs: ReadonlyMap<string, Cell>;
  readonly failures: readonly Failure[];
  readonly runs: number;
}

/** Kept with their schedules; the counts go on beyond. */
const failuresKeptMax = 50;
const crashOnly: readonly Strike[] = strikes.filter(({ name }) => name === 'crash');

export async function enumerate(options: EnumerationOptions): Promise<Enumeration> {
  const { schedule, processes, isDurable, run, onProgress, isStopped } = options;
  const single = new Map<string, Cell>();
  const pairs = new Map<string, Cell>();
  const failures: Failure[] = [];
  let runs = 0;
  const strike = async (faults: readonly Fault[], cells: Map<string, Cell>) => {
    const { process, step } = faults[0]!.at;
    const cell = cellOf(cells, `${process} ${step}`);
    cell.points += 1;
    if (isStopped?.() === true) return null;
    const struck = { ...schedule, faults };
    const result = await run(struck);
    runs += 1;
    const unbitten = faults.flatMap((_, index) => (result.bitten.has(index) ? [] : [index]));
    if (unbitten.length === 0) cell.reached += 1;
    if (result.verdict === 'pass') cell.passed += 1;
    if ((unbitten.length > 0 || result.verdict !== 'pass') && failures.length < failuresKeptMax) {
      const { verdict, codes } = result;
      failures.push({ schedule: struck, verdict, codes, unbitten });
    }
    return result;
  };
  const clean = await run({ ...schedule, faults: [] });
  if (clean.verdict !== 'pass') {
    const { verdict, codes } = clean;
    failures.push({ schedule: { ...schedule, faults: [] }, verdict, codes, unbitten: [] });
  }
  const firsts = durableSteps(clean.steps, processes, isDurable).flatMap((step) =>
    faultsAt(step, 0, strikes),
  );
  for (const [index, first] of firsts.entries()) {
    onProgress?.(index, firsts.length);
    const result = await strike([first], single);
    if (result === null || !options.pairs) continue;
    const before = stepsBefore(first);
    for (const after of durableSteps(result.steps, processes, isDurable)) {
      const from = before(after.process, after.step);
      for (const second of faultsAt(after, from, crashOnly)) await strike([first, second], pairs);
    }
  }
  return { single, pairs, failures, runs };
}

function cellOf(cells: Map<string, Cell>, name: string): Cell {
  const cell = cells.get(name) ?? { points: 0, reached: 0, passed: 0 };
  cells.set(name, cell);
  return cell;
}

/**
 * Which occurrences of a step surely lie before the first fault: of its own step those up to its
 * own. Of all other steps none is left out, because a crash of one process may come before, beside
 * or after that of another; a pair in the other order is then met twice, which costs time only.
 */
function stepsBefore(first: Fault) {
  return (process: string, step: string) =>
    process === first.at.process && step === first.at.step ? first.at.occurrence : 0;
}

export function total(cells: ReadonlyMap<string, Cell>): Cell {
  const sum = { points: 0, reached: 0, passed: 0 };
  for (const cell of cells.values()) {
    sum.points += cell.points;
    sum.reached += cell.reached;
    sum.passed += cell.passed;
  }
  return sum;
}
