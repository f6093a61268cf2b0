/**
 * Two sets of rows of one partition, record by record: which are missing, twice, altered, or from
 * nowhere.
 *
 * Pure: the expected rows (what the log says) against the actual ones (what a layer holds), both
 * ordered by offset. Identity is the offset, content is the hash over all fields. A record that
 * stands twice is a duplicate whatever its copies say, and it is altered as well when a copy
 * differs.
 */
import type { LayerRow } from '../layer.ts';

export interface RowDifference {
  readonly offset: bigint;
  readonly expected: LayerRow | null;
  /** Every copy that the layer holds. */
  readonly actual: readonly LayerRow[];
}

export interface RowDifferences {
  readonly missing: readonly RowDifference[];
  readonly duplicates: readonly RowDifference[];
  readonly phantoms: readonly RowDifference[];
  readonly altered: readonly RowDifference[];
}

/** Fails when the expected rows name an offset twice: then the reader is wrong, not the layer. */
export function compareRows(
  expected: readonly LayerRow[],
  actual: readonly LayerRow[],
): RowDifferences {
  const copies = Map.groupBy(actual, (row) => row.offset);
  const missing: RowDifference[] = [];
  const duplicates: RowDifference[] = [];
  const altered: RowDifference[] = [];
  const known = new Set<bigint>();
  for (const row of expected) {
    if (known.has(row.offset)) throw new Error(`the expected rows hold offset ${row.offset} twice`);
    known.add(row.offset);
    const found = copies.get(row.offset) ?? [];
    const difference = { offset: row.offset, expected: row, actual: found };
    if (found.length === 0) missing.push(difference);
    if (found.length > 1) duplicates.push(difference);
    if (found.some((copy) => copy.hash !== row.hash)) altered.push(difference);
  }
  const phantoms = [...copies]
    .filter(([offset]) => !known.has(offset))
    .map(([offset, found]) => ({ offset, expected: null, actual: found }));
  return { missing, duplicates, phantoms, altered };
}

/** Names of the fields that both rows have and that differ. */
export function differingFields(expected: LayerRow, actual: LayerRow): readonly string[] {
  return Object.keys(expected.fields).filter(
    (name) => name in actual.fields && actual.fields[name] !== expected.fields[name],
  );
}
