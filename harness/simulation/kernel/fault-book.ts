/**
 * Which fault strikes where, and which points a run came past.
 *
 * A step is counted for each process over all its lives, so "the 2nd close of ingest-1" means the
 * same thing whether or not it was restarted in between. Each fault strikes once. After the heal
 * nothing strikes any more. A run that is traced also keeps every point at which a fault could have
 * struck, in order: the raw material of the enumeration.
 */
import type { Action, Fault, FaultPoint } from '../schedule/schedule.ts';

export interface StruckAction {
  readonly fault: number;
  readonly action: Action;
}

/** A step of a process: how often it was taken, and what is armed at which of its points. */
export interface Step {
  readonly process: string;
  readonly step: string;
  count: number;
  readonly armed: Map<string, StruckAction[]>;
}

/** Points that living processes came past before the heal, in the order in which they did. */
export interface Trace {
  readonly points: readonly FaultPoint[];
  /** By fault: how many points lay behind when it struck, its own among them. */
  readonly pointsAtStrike: ReadonlyMap<number, number>;
}

const nothing: readonly StruckAction[] = [];

export class FaultBook {
  /** By process, then by step: this is asked for every request of a run. */
  readonly #steps = new Map<string, Map<string, Step>>();
  readonly #bitten = new Set<number>();
  readonly #total: number;
  readonly #points: FaultPoint[] | null;
  readonly #pointsAtStrike = new Map<number, number>();
  #healed = false;

  constructor(faults: readonly Fault[], traced = false) {
    this.#total = faults.length;
    this.#points = traced ? [] : null;
    faults.forEach(({ at, action }, fault) => {
      const { armed } = this.#stepOf(at.process, at.step);
      const name = `${at.occurrence} ${at.point}`;
      const others = armed.get(name);
      if (others === undefined) armed.set(name, [{ fault, action }]);
      else others.push({ fault, action });
    });
  }

  /** The process takes the step once more: its `count` is the occurrence. */
  take(process: string, step: string): Step {
    const taken = this.#stepOf(process, step);
    taken.count += 1;
    return taken;
  }

  /** A request comes past a point: what is armed there. Who is dead cannot die there once more. */
  pass(
    { process, step, armed }: Step,
    occurrence: number,
    point: FaultPoint['point'],
    alive: boolean,
  ): readonly StruckAction[] {
    if (this.#healed) return nothing;
    if (alive) this.#points?.push({ process, step, occurrence, point });
    if (armed.size === 0) return nothing;
    return armed.get(`${occurrence} ${point}`) ?? nothing;
  }

  /** True the first time; a struck fault never strikes again. */
  strike(fault: number): boolean {
    if (this.#healed || this.#bitten.has(fault)) return false;
    this.#bitten.add(fault);
    if (this.#points !== null) this.#pointsAtStrike.set(fault, this.#points.length);
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
    const counts = new Map<string, number>();
    for (const steps of this.#steps.values()) {
      for (const { process, step, count } of steps.values()) {
        if (count > 0) counts.set(`${process} ${step}`, count);
      }
    }
    return counts;
  }

  /** Null unless the run is traced. */
  get trace(): Trace | null {
    const points = this.#points;
    return points === null ? null : { points, pointsAtStrike: this.#pointsAtStrike };
  }

  #stepOf(process: string, step: string): Step {
    let steps = this.#steps.get(process);
    if (steps === undefined) {
      steps = new Map();
      this.#steps.set(process, steps);
    }
    let found = steps.get(step);
    if (found === undefined) {
      found = { process, step, count: 0, armed: new Map() };
      steps.set(step, found);
    }
    return found;
  }
}
