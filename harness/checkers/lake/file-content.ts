/**
 * What one data file really holds: digests per bucket of offsets, distinct offsets, and the
 * extremes of every column.
 *
 * Data files never change, so this is computed once a file and combined for every snapshot that
 * references it. One column of one row group is in memory at a time, and what is kept of a file is
 * a few numbers per bucket.
 */
import { BucketSums, type FileBucket } from './bucket-sums.ts';
import { ColumnExtremes, type Extremes } from './column-extremes.ts';
import type { LakeFiles } from './lake-files.ts';
import type { LakeColumn, LakeDataFile } from './lake-state.ts';
import { openParquet } from './parquet-columns.ts';
import { hashRowGroup } from './row-hashes.ts';

export interface FileContent {
  readonly uri: string;
  readonly rows: bigint;
  readonly buckets: readonly FileBucket[];
  /** Per field id; null when only digests were asked for. */
  readonly extremes: ReadonlyMap<number, Extremes> | null;
}

/** The contents of data files, by canonical URI; a file is read at most once. */
export interface LakeContents {
  of(file: LakeDataFile): Promise<FileContent>;
}

export function createFileContents(
  files: LakeFiles,
  columns: readonly LakeColumn[],
  onProgress?: (rows: number) => void,
): LakeContents {
  const known = new Map<string, Promise<FileContent>>();
  let rows = 0;
  const read = async (uri: string) => {
    const content = await readFileContent(files, uri, columns);
    rows += Number(content.rows);
    onProgress?.(rows);
    return content;
  };
  return {
    of({ uri }) {
      const content = known.get(uri) ?? read(uri);
      known.set(uri, content);
      return content;
    },
  };
}

/** Rejects when the file is missing, broken, or lacks a column of the table. */
export async function readFileContent(
  files: LakeFiles,
  uri: string,
  columns: readonly LakeColumn[],
): Promise<FileContent> {
  const file = await openParquet(files, uri, columns);
  const sums = new BucketSums();
  const extremes = new ColumnExtremes();
  let rows = 0n;
  for (const group of file.rowGroups) {
    rows += BigInt(group.rows);
    const hashed = await hashRowGroup(file, group, columns, (column, values) =>
      extremes.take(column, values),
    );
    sums.addRows(hashed);
  }
  return { uri, rows, buckets: sums.buckets(), extremes: extremes.byField() };
}
