/**
 * The crash points of a workload: every durable effect, each time it happens, before it, after it
 * without an answer, and after the answer.
 *
 * They are read off a run without that fault, so nobody has to keep a list of them: a step that the
 * protocol gains is enumerated from the day it is there.
 */
import type { Action, Fault, FaultPoint } from '../schedule/schedule.ts';

export const pointsOfEffect = ['before', 'applied-unanswered', 'answered'] as const;

/** What is done at a point; an answer that was received cannot be lost any more. */
export interface Strike {
  readonly name: 'crash' | 'lose';
  readonly action: Action;
  readonly at: ReadonlyArray<FaultPoint['point']>;
}

export const strikes: readonly Strike[] = [
  { name: 'crash', action: { do: 'crash', restartMs: 300 }, at: pointsOfEffect },
  {
    name: 'lose',
    action: { do: 'lose', afterMs: 100 },
    at: ['before', 'applied-unanswered'],
  },
];

export interface StepCount {
  readonly process: string;
  readonly step: string;
  readonly count: number;
}

/** Durable steps of these processes that a run took, in the order in which it first came to them. */
export function durableSteps(
  steps: ReadonlyMap<string, number>,
  processes: readonly string[],
  isDurable: (step: string) => boolean,
): StepCount[] {
  const found: StepCount[] = [];
  for (const [name, count] of steps) {
    const [process, step] = name.split(' ') as [string, string];
    if (processes.includes(process) && isDurable(step)) found.push({ process, step, count });
  }
  return found;
}

/** All faults with one of the given strikes at the occurrences after `from`. */
export function faultsAt(
  { process, step, count }: StepCount,
  from: number,
  wanted: readonly Strike[],
): Fault[] {
  const faults: Fault[] = [];
  for (let occurrence = from + 1; occurrence <= count; occurrence += 1) {
    for (const { action, at } of wanted) {
      for (const point of at) faults.push({ at: { process, step, occurrence, point }, action });
    }
  }
  return faults;
}
