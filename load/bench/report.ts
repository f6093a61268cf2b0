/**
 * What a lane measured, and what that means against its goals.
 *
 * A measurement keeps every round's value. A goal is a ratio or a bound with a direction; it is
 * reached or not by the median. A ratio is taken within each round and the median of those is the
 * answer: the rounds run interleaved, so what disturbs the machine for a while disturbs both sides
 * of the division.
 */
import { type Spread, spreadOf } from './statistics.ts';

export type Unit = 'rows/s' | 'ms' | 's' | 'MB';

export interface Sample {
  readonly value: number;
  /** Microseconds of processor time a record, by process; empty where the system does not tell. */
  readonly cpuUs: Readonly<Record<string, number>>;
  /** More of the same round in milliseconds or rows a second, by name. */
  readonly details?: Readonly<Record<string, number>>;
}

export interface Measurement {
  readonly what: string;
  readonly unit: Unit;
  /** Records a round; null where the number does not matter. */
  readonly records: number | null;
  readonly samples: readonly Sample[];
}

export interface Goal {
  readonly what: string;
  readonly unit: Unit | 'x';
  readonly value: Spread;
  readonly wanted: { readonly atLeast: number } | { readonly atMost: number };
  readonly reached: boolean;
}

export interface LaneReport {
  readonly lane: string;
  readonly title: string;
  readonly measurements: readonly Measurement[];
  readonly goals: readonly Goal[];
  /** What a reader must know to judge the numbers. */
  readonly notes: readonly string[];
}

export const valuesOf = ({ samples }: Measurement): number[] => samples.map((s) => s.value);

/** Values of a detail, in the order of the rounds; rounds without it are left out. */
export function detailOf({ samples }: Measurement, name: string): number[] {
  return samples.flatMap(({ details }) => (details?.[name] === undefined ? [] : [details[name]]));
}

/** A bound on the values themselves. */
export function goal(
  what: string,
  unit: Goal['unit'],
  values: readonly number[],
  wanted: Goal['wanted'],
): Goal {
  const value = spreadOf(values);
  const reached =
    'atLeast' in wanted ? value.median >= wanted.atLeast : value.median <= wanted.atMost;
  return { what, unit, value, wanted, reached };
}

/**
 * How many times `one` is of `other`, round by round. Throws RangeError when they have unlike
 * rounds.
 */
export function ratioGoal(one: Measurement, other: Measurement, wanted: Goal['wanted']): Goal {
  if (one.samples.length !== other.samples.length) {
    throw new RangeError(`${one.what} and ${other.what} were not measured in the same rounds`);
  }
  const ratios = valuesOf(one).map((value, round) => value / other.samples[round]!.value);
  return goal(`${one.what} / ${other.what}`, 'x', ratios, wanted);
}

/** Median processor time a record over the rounds, by process. */
export function cpuUsOf({ samples }: Measurement): Readonly<Record<string, number>> {
  const names = new Set(samples.flatMap(({ cpuUs }) => Object.keys(cpuUs)));
  return Object.fromEntries(
    [...names].map((name) => [name, spreadOf(samples.map((s) => s.cpuUs[name] ?? 0)).median]),
  );
}
