/**
 * The names of what these checkers can find, and how each weighs on the verdict (docs/reference/anomalies.md).
 *
 * `violated` breaks a guarantee. `warning` is worth a look and breaks none. `source` happened before the log: it is counted
 * apart, because nobody behind the log can undo it.
 */
export const anomalyWeights = {
  missing: 'violated',
  duplicate: 'violated',
  'late-duplicate': 'violated',
  phantom: 'violated',
  altered: 'violated',
  'torn-batch': 'violated',
  'lost-write': 'violated',
  'duplicate-write': 'warning',
  'inconsistent-offset': 'violated',
  'aborted-read': 'violated',
  'head-regression': 'violated',
  'overlapping-ranges': 'violated',
  'range-gap': 'violated',
  'digest-mismatch': 'violated',
  'zombie-commit': 'violated',
  'silent-no-commit': 'violated',
  'ahead-of-table': 'violated',
  'double-referenced-file': 'violated',
  'dangling-file': 'violated',
  'orphan-file': 'warning',
  'snapshot-not-prefix': 'violated',
  'snapshot-shrinks': 'violated',
  'lineage-broken': 'violated',
  'stats-wrong': 'violated',
  'partition-wrong': 'violated',
  'source-duplicate': 'source',
  'source-gap': 'source',
} as const satisfies Readonly<Record<string, 'violated' | 'warning' | 'source'>>;

export type AnomalyCode = keyof typeof anomalyWeights;

/** A code that this table does not know weighs as a violation. */
export function isViolation(code: string): boolean {
  const weights: Readonly<Record<string, string>> = anomalyWeights;
  return (weights[code] ?? 'violated') === 'violated';
}
