/**
 * The far end of a small graph of modules: the mechanism that the tests of patching take out.
 */
import { TidemarkError } from '../../../src/pipeline/errors.ts';

export const state = { calls: 0 };

export function bounded(value: number, max: number): number {
  state.calls += 1;
  if (value > max) throw new TidemarkError('refused', `${value} is more than ${max}`);
  return value;
}
