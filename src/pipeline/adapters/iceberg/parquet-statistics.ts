/**
 * What a manifest has to say about a data file, read from the file's own Parquet footer.
 *
 * Row groups are folded into one: sizes and counts add up, bounds are compared as values and
 * encoded once at the end. A column that has no statistic in one row group gets no bound at all,
 * because a bound has to hold for the whole file.
 */
import { type BoundValue, compareBounds, decodeStatistic, encodeBound } from './bounds.ts';
import type { LakeColumn } from './schema.ts';
import {
  binaryOf,
  fieldOf,
  integerOf,
  present,
  structOf,
  structsOf,
  type ThriftList,
  type ThriftStruct,
} from './thrift-compact.ts';

/**
 * Field numbers of Parquet's FileMetaData, RowGroup, ColumnChunk, ColumnMetaData and Statistics.
 */
const file = { rows: 3, rowGroups: 4 };
const rowGroupColumns = 1;
const chunkMetadata = 3;
const chunk = { type: 1, path: 3, values: 5, bytes: 7, dataPage: 9, dictionaryPage: 11, stats: 12 };
const stats = { nulls: 3, max: 5, min: 6 };

export interface ColumnStatistics {
  readonly bytes: bigint;
  readonly values: bigint;
  readonly nulls: bigint;
  /** Exact smallest and largest value; undefined when a row group does not tell. */
  readonly range: { readonly min: BoundValue; readonly max: BoundValue } | undefined;
}

export interface FileStatistics {
  readonly rows: bigint;
  /** By field id. */
  readonly columns: ReadonlyMap<number, ColumnStatistics>;
  /** Where each row group begins, in bytes from the start of the file. */
  readonly splitOffsets: readonly bigint[];
}

function chunkStatistics(metadata: ThriftStruct, column: LakeColumn): ColumnStatistics {
  const physical = Number(present(integerOf(metadata, chunk.type), 'physical type'));
  const statistic = structOf(metadata, chunk.stats) ?? [];
  const min = binaryOf(statistic, stats.min);
  const max = binaryOf(statistic, stats.max);
  const decode = (bytes: Buffer) => decodeStatistic(column.type, physical, bytes);
  return {
    bytes: present(integerOf(metadata, chunk.bytes), 'column size'),
    values: present(integerOf(metadata, chunk.values), 'value count'),
    nulls: integerOf(statistic, stats.nulls) ?? 0n,
    range: min && max ? { min: decode(min), max: decode(max) } : undefined,
  };
}

function folded(a: ColumnStatistics | undefined, b: ColumnStatistics): ColumnStatistics {
  if (!a) return b;
  const smaller = (x: BoundValue, y: BoundValue) => (compareBounds(x, y) <= 0 ? x : y);
  const larger = (x: BoundValue, y: BoundValue) => (compareBounds(x, y) >= 0 ? x : y);
  return {
    bytes: a.bytes + b.bytes,
    values: a.values + b.values,
    nulls: a.nulls + b.nulls,
    range:
      a.range && b.range
        ? { min: smaller(a.range.min, b.range.min), max: larger(a.range.max, b.range.max) }
        : undefined,
  };
}

function columnName(metadata: ThriftStruct): string {
  const path = fieldOf(metadata, chunk.path)?.value as ThriftList | undefined;
  return String(present(path, 'column path').items[0]);
}

/**
 * Statistics of a decoded footer; fails with `table-invalid` when the footer names a column that is
 * not in `columns`.
 */
export function readStatistics(
  footer: ThriftStruct,
  columns: readonly LakeColumn[],
): FileStatistics {
  const byName = new Map(columns.map((column) => [column.name, column]));
  const result = new Map<number, ColumnStatistics>();
  const splitOffsets: bigint[] = [];
  for (const group of structsOf(footer, file.rowGroups)) {
    const metadatas = structsOf(group, rowGroupColumns).map((one) =>
      present(structOf(one, chunkMetadata), 'column metadata'),
    );
    const first = present(metadatas[0], 'first column');
    const dictionary = integerOf(first, chunk.dictionaryPage) ?? 0n;
    const data = present(integerOf(first, chunk.dataPage), 'data page offset');
    splitOffsets.push(dictionary > 0n ? dictionary : data);
    for (const metadata of metadatas) {
      const column = present(byName.get(columnName(metadata)), 'known column');
      const one = chunkStatistics(metadata, column);
      result.set(column.id, folded(result.get(column.id), one));
    }
  }
  const rows = present(integerOf(footer, file.rows), 'row count');
  return { rows, columns: result, splitOffsets };
}

export interface EncodedBounds {
  readonly lower: ReadonlyMap<number, Buffer>;
  readonly upper: ReadonlyMap<number, Buffer>;
}

/**
 * The bounds as a manifest stores them, by field id; columns without a usable bound are left out.
 */
export function encodeBounds(
  statistics: FileStatistics,
  columns: readonly LakeColumn[],
): EncodedBounds {
  const lower = new Map<number, Buffer>();
  const upper = new Map<number, Buffer>();
  for (const { id, type } of columns) {
    const range = statistics.columns.get(id)?.range;
    if (!range) continue;
    const low = encodeBound(type, range.min, 'lower');
    const high = encodeBound(type, range.max, 'upper');
    if (low) lower.set(id, low);
    if (high) upper.set(id, high);
  }
  return { lower, upper };
}
