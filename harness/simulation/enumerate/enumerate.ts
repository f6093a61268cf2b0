/**
 * Enumeration, not luck: every crash point of a bounded workload, and every pair of them.
 *
 * A first run without these faults gives the points. Each is struck in a run of its own; what that
 * run came past after the strike gives the points of the second crash, inside the recovery, and
 * each of those is struck together with the first. Up to a strike two runs are the same run, so
 * whatever was found can be struck; one that was not, or a run that is not `pass`, is kept with its
 * schedule. The result counts what was there, what was reached and what passed, and the three have
 * to be equal.
 */

import type { Trace } from '../kernel/fault-book.ts';
import type { Fault, FaultPoint, Schedule } from '../schedule/schedule.ts';
import { crashAt, faultsAt } from './points.ts';

export interface EnumerationRun {
  readonly verdict: string;
  readonly codes: readonly string[];
  readonly bitten: ReadonlySet<number>;
  readonly trace: Trace;
}

export interface EnumerationOptions {
  /** Its own faults are part of the workload and stay. */
  readonly schedule: Schedule;
  /** Points to be struck by themselves. */
  readonly isSingle: (point: FaultPoint) => boolean;
  /** Points of which two are struck in one run. */
  readonly isPaired: (point: FaultPoint) => boolean;
  readonly run: (schedule: Schedule) => Promise<EnumerationRun>;
  readonly onProgress?: (done: number, total: number, runs: number) => void;
  /** True when the caller wants to end early; what is left then counts as not reached. */
  readonly isStopped?: () => boolean;
  /** Lets timers and signals in now and then. */
  readonly breathe: () => Promise<void>;
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
  /** `process step` of the second crash to the counts of its pairs. */
  readonly pairs: ReadonlyMap<string, Cell>;
  /** `step point` of everything that was struck at least once. */
  readonly struck: ReadonlySet<string>;
  readonly failures: readonly Failure[];
  readonly failuresTotal: number;
  readonly violated: number;
  readonly runs: number;
}

/** Kept with their schedules; the counts go on beyond. */
export const failuresKeptMax = 50;
const runsBetweenBreaths = 25;

export async function enumerate(options: EnumerationOptions): Promise<Enumeration> {
  const { schedule, isSingle, isPaired, onProgress, isStopped } = options;
  const own = schedule.faults.length;
  const tally = new Tally();
  const strike = async (faults: readonly Fault[], cell: Cell) => {
    cell.points += 1;
    if (isStopped?.() === true) return null;
    if (tally.runs % runsBetweenBreaths === 0) await options.breathe();
    const struck = { ...schedule, faults: [...schedule.faults, ...faults] };
    const run = await options.run(struck);
    tally.count(struck, run, cell);
    return run;
  };
  const clean = await options.run(schedule);
  tally.count(schedule, clean, { points: 1, reached: 0, passed: 0 });
  const firsts = clean.trace.points.filter(isSingle).flatMap(faultsAt);
  for (const [index, first] of firsts.entries()) {
    onProgress?.(index, firsts.length, tally.runs);
    const run = await strike([first], cellOf(tally.single, first.at));
    const from = run?.trace.pointsAtStrike.get(own);
    if (run === null || from === undefined || !isPaired(first.at)) continue;
    for (const second of run.trace.points.slice(from).filter(isPaired)) {
      await strike([first, crashAt(second)], cellOf(tally.pairs, second));
    }
  }
  return tally;
}

class Tally implements Enumeration {
  readonly single = new Map<string, Cell>();
  readonly pairs = new Map<string, Cell>();
  readonly struck = new Set<string>();
  readonly failures: Failure[] = [];
  failuresTotal = 0;
  violated = 0;
  runs = 0;

  count(schedule: Schedule, { verdict, codes, bitten }: EnumerationRun, cell: Cell): void {
    this.runs += 1;
    const { faults } = schedule;
    const unbitten = faults.flatMap((_, index) => (bitten.has(index) ? [] : [index]));
    for (const index of bitten) {
      const { step, point } = faults[index]!.at;
      this.struck.add(`${step} ${point}`);
    }
    if (unbitten.length === 0) cell.reached += 1;
    if (verdict === 'pass') cell.passed += 1;
    if (unbitten.length === 0 && verdict === 'pass') return;
    this.failuresTotal += 1;
    if (verdict === 'violated') this.violated += 1;
    if (this.failures.length < failuresKeptMax) {
      this.failures.push({ schedule, verdict, codes, unbitten });
    }
  }
}

function cellOf(cells: Map<string, Cell>, { process, step }: FaultPoint): Cell {
  const name = `${process} ${step}`;
  const cell = cells.get(name) ?? { points: 0, reached: 0, passed: 0 };
  cells.set(name, cell);
  return cell;
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
