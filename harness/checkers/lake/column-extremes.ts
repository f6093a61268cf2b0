/**
 * The least and the greatest value of each column over row groups, exactly, for comparison with the
 * bounds in a manifest.
 */
import { compareBounds } from './bounds.ts';
import type { Bound, LakeColumn } from './lake-state.ts';
import type { ParquetColumn } from './parquet-columns.ts';

export interface Extremes {
  readonly min: Bound;
  readonly max: Bound;
}

export class ColumnExtremes {
  readonly #byField = new Map<number, Extremes>();

  take(column: LakeColumn, values: ParquetColumn): void {
    const found = values.kind === 'bytes' ? ofBytes(values.values) : ofWords(values.words);
    if (found === null) return;
    const known = this.#byField.get(column.id);
    this.#byField.set(column.id, known === undefined ? found : widest(known, found));
  }

  byField(): ReadonlyMap<number, Extremes> {
    return this.#byField;
  }
}

function widest(a: Extremes, b: Extremes): Extremes {
  return {
    min: compareBounds(a.min, b.min) <= 0 ? a.min : b.min,
    max: compareBounds(a.max, b.max) >= 0 ? a.max : b.max,
  };
}

function ofBytes(values: readonly Uint8Array[]): Extremes | null {
  let [min] = values;
  if (min === undefined) return null;
  let max = min;
  let last = min;
  for (const value of values) {
    if (value === last) continue;
    last = value;
    if (Buffer.compare(value, min) < 0) min = value;
    if (Buffer.compare(value, max) > 0) max = value;
  }
  return { min: Uint8Array.from(min), max: Uint8Array.from(max) };
}

function ofWords(words: Int32Array): Extremes | null {
  if (words.length === 0) return null;
  let min = 0;
  let max = 0;
  for (let row = 4; row < words.length; row += 4) {
    if (compareWords(words, row, min) < 0) min = row;
    else if (compareWords(words, row, max) > 0) max = row;
  }
  return { min: bigintAt(words, min), max: bigintAt(words, max) };
}

function compareWords(words: Int32Array, a: number, b: number): number {
  const top = words[a]! - words[b]!;
  if (top !== 0) return top;
  for (let i = 1; i < 4; i += 1) {
    const difference = (words[a + i]! >>> 0) - (words[b + i]! >>> 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

export function bigintAt(words: Int32Array, at: number): bigint {
  let value = BigInt(words[at]!);
  for (let i = 1; i < 4; i += 1) value = (value << 32n) | BigInt(words[at + i]! >>> 0);
  return value;
}
