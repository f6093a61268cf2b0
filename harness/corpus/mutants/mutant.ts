/**
 * A mutant: one small lie in the text of a pure function, as data.
 *
 * A mutant is a patch of one edit at a position, so it is run by the same means as a planted bug
 * and, like one, is refused by name once the file has changed under it. `before` and `after` show
 * the whole expression to a person; `at`, `find` and `replace` say exactly what is changed.
 */
import type { Patch } from '../patch.ts';

export const mutationOperators = [
  'comparison-flip',
  'comparison-boundary',
  'arithmetic',
  'logical',
  'boolean-literal',
  'number-literal',
  'return-empty',
  'not-removed',
  'condition-true',
  'condition-false',
  'call-removed',
  'filter-removed',
  'some-every',
  'min-max',
] as const;
export type MutationOperator = (typeof mutationOperators)[number];

export interface Mutant {
  /** `file:line:operator:n`, where `n` counts from 1 within the line and operator. */
  readonly id: string;
  /** A path from the root of the repository. */
  readonly file: string;
  readonly line: number;
  readonly operator: MutationOperator;
  readonly before: string;
  readonly after: string;
  /** Offset of `find` in the source text, in UTF-16 units. */
  readonly at: number;
  readonly find: string;
  readonly replace: string;
}

export function mutantPatch({ id, file, at, find, replace }: Mutant): Patch {
  return { id, edits: [{ file, at, find, replace }] };
}
