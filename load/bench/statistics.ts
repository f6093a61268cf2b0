/**
 * The few numbers that a benchmark may say of several measurements of the same thing.
 *
 * Medians, because one disturbed round must not decide; the smallest and the largest beside them,
 * because they are the machine's noise and a reader has to see it. No mean and no standard
 * deviation: with three to thirty values they pretend to know more than they do.
 */

export interface Spread {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

const ascending = (values: readonly number[]) => [...values].sort((a, b) => a - b);

/** Throws RangeError on an empty list: nothing measured is not zero. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = ascending(values);
  if (sorted.length === 0) throw new RangeError('nothing was measured');
  const middle = sorted.length >> 1;
  const median =
    sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
  return { min: sorted[0]!, median, max: sorted.at(-1)! };
}

export interface Weighted {
  readonly value: number;
  /** How many records have this value. */
  readonly weight: number;
}

/** The smallest value that at least the share `q` (0 to 1) of all records does not exceed. */
export function quantileOf(values: readonly Weighted[], q: number): number {
  const sorted = [...values].sort((a, b) => a.value - b.value);
  const total = sorted.reduce((sum, { weight }) => sum + weight, 0);
  if (total === 0) throw new RangeError('nothing was measured');
  let seen = 0;
  for (const { value, weight } of sorted) {
    seen += weight;
    if (seen >= q * total) return value;
  }
  return sorted.at(-1)!.value;
}
