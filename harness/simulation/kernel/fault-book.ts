/**
 * Which fault strikes where, and which points a run came past.
 *
 * A step is counted for each process over all its lives, so "the 2nd close of ingest-1" means the
 * same thing whether or not it was restarted in between. Each fault strikes once. After the heal
 * nothing strikes any more. The points are the enumeration's raw material: a point that no run
 * reached cannot have been tested.
 */
import type { Action, Fault, FaultPoint } from '../schedule/schedule.ts';

export interface StruckAction {
  readonly fault: number;
  readonly action: Action;
}

export interface StepFaults {
  readonly before: readonly StruckAction[];
  readonly applied: readonly StruckAction[];
  readonly answered: readonly StruckAction[];
}

export const noFaults: StepFaults = { before: [], applied: [], answered: [] };

export function pointName({ process, step, occurrence, point }: FaultPoint): string {
  return `${process} ${step} ${occurrence} ${point}`;
}

export class FaultBook {
  readonly #armed = new Map<string, Map<number, StepFaults>>();
  readonly #counts = new Map<string, number>();
  readonly #bitten = new Set<number>();
  readonly #total: number;
  #healed = false;

  constructor(faults: readonly Fault[]) {
    this.#total = faults.length;
    faults.forEach(({ at, action }, fault) => {
      const key = `${at.process} ${at.step}`;
      const byOccurrence = this.#armed.get(key) ?? new Map<number, StepFaults>();
      this.#armed.set(key, byOccurrence);
      const old = byOccurrence.get(at.occurrence) ?? noFaults;
      const slot =
        at.point === 'before' ? 'before' : at.point === 'answered' ? 'answered' : 'applied';
      byOccurrence.set(at.occurrence, { ...old, [slot]: [...old[slot], { fault, action }] });
    });
  }

  /** Counts the step and tells what strikes it. */
  reach(process: string, step: string): StepFaults {
    const key = `${process} ${step}`;
    const count = (this.#counts.get(key) ?? 0) + 1;
    this.#counts.set(key, count);
    if (this.#healed) return noFaults;
    return this.#armed.get(key)?.get(count) ?? noFaults;
  }

  /** True the first time; a struck fault never strikes again. */
  strike(fault: number): boolean {
    if (this.#healed || this.#bitten.has(fault)) return false;
    this.#bitten.add(fault);
    return true;
  }

  heal(): void {
    this.#healed = true;
  }

  get allBitten(): boolean {
    return this.#bitten.size === this.#total;
  }

  get bitten(): ReadonlySet<number> {
    return this.#bitten;
  }

  /** `process step` to how often it was taken. */
  get counts(): ReadonlyMap<string, number> {
    return this.#counts;
  }
}
