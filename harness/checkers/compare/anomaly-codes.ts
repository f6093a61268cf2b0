/**
 * The names of what these checkers can find, which guarantee each belongs to, and how it weighs
 * (docs/reference/anomalies.md).
 *
 * `violated` breaks the guarantee. `warning` is worth a look and breaks none. `source` happened
 * before the log: it is counted apart, because nobody behind the log can undo it.
 */
export type Weight = 'violated' | 'warning' | 'source';

const violated = (guarantee: string) => ({ guarantee, weight: 'violated' as Weight });
const lesser = (guarantee: string, weight: Weight) => ({ guarantee, weight });

export const anomalies = {
  missing: violated('G1'),
  'torn-batch': violated('G1'),
  'lost-write': violated('G1'),
  duplicate: violated('G2'),
  'late-duplicate': violated('G2'),
  phantom: violated('G2'),
  'double-referenced-file': violated('G2'),
  altered: violated('G3'),
  'dangling-file': violated('G4'),
  'snapshot-not-prefix': violated('G4'),
  'snapshot-shrinks': violated('G4'),
  'lineage-broken': violated('G4'),
  'stats-wrong': violated('G4'),
  'partition-wrong': violated('G4'),
  'head-regression': violated('G5'),
  'overlapping-ranges': violated('G5'),
  'range-gap': violated('G5'),
  'digest-mismatch': violated('G5'),
  'silent-no-commit': violated('G5'),
  'ahead-of-table': violated('G5'),
  'topic-recreated': violated('G5'),
  'zombie-commit': violated('G6'),
  'orphan-file': lesser('G4', 'warning'),
  'duplicate-write': lesser('G11', 'source'),
  'source-duplicate': lesser('G11', 'source'),
  'source-gap': lesser('G11', 'source'),
} as const;

export type AnomalyCode = keyof typeof anomalies;

const table: Readonly<Record<string, { guarantee: string; weight: Weight }>> = anomalies;

/** A code that the table does not know weighs as a violation. */
export function isViolation(code: string): boolean {
  return (table[code]?.weight ?? 'violated') === 'violated';
}

/** `G1` ... of the guarantee that a code speaks about; null for an unknown code. */
export function guaranteeOf(code: string): string | null {
  return table[code]?.guarantee ?? null;
}
