/**
 * Statistics: what manifests say about files is what the files hold, so that no reader prunes or
 * miscounts live rows.
 *
 * Counts must be exact at every level (file, manifest, snapshot). Bounds need not be tight, and
 * text may be cut; but a lower bound above the least value, or an upper bound below the greatest,
 * hides rows from every query that filters: they never come back and nothing fails. The same holds
 * for the partition summaries of manifest lists.
 */
import type { CodedFinding } from '../compare/finding-log.ts';
import { boundText, compareBounds, decodeBound, transformType } from './bounds.ts';
import type { Extremes } from './column-extremes.ts';
import type { FileContent } from './file-content.ts';
import type { FilePresence } from './file-presence.ts';
import { lakeFinding } from './lake-finding.ts';
import {
  allFiles,
  filesOf,
  type LakeDataFile,
  type LakeSnapshot,
  type LakeState,
  type ManifestReference,
} from './lake-state.ts';

/**
 * `contents` by canonical URI; files without an entry, and columns without extremes, are not
 * judged.
 */
export function checkStats(
  state: LakeState,
  contents: ReadonlyMap<string, FileContent>,
  presence: FilePresence,
): readonly CodedFinding[] {
  const references = new Map(
    state.snapshots.flatMap((s) => (s.manifests ?? []).map((m) => [m.uri, m] as const)),
  );
  return [
    ...allFiles(state).flatMap((file) => {
      const content = contents.get(file.uri);
      return [
        ...sizeWrong(file, presence),
        ...(content === undefined ? [] : countsWrong(state, file, content)),
        ...(content?.extremes == null ? [] : boundsWrong(state, file, content.extremes)),
      ];
    }),
    ...[...references.values()].flatMap((reference) => [
      ...manifestCountsWrong(state, reference),
      ...partitionBoundsWrong(state, reference),
    ]),
    ...state.snapshots.flatMap((snapshot) => summaryWrong(state, snapshot)),
  ];
}

function wrong(what: string, said: string | bigint, found: string | bigint): CodedFinding {
  const message = `${what} is ${found}, the metadata says ${said}`;
  return lakeFinding('stats-wrong', message, { value: `${found}` }, { what, value: `${said}` });
}

function sizeWrong(file: LakeDataFile, { sizes }: FilePresence): readonly CodedFinding[] {
  const size = sizes.get(file.uri);
  if (size == null || BigInt(size) === file.sizeBytes) return [];
  return [wrong(`the size of ${file.uri}`, file.sizeBytes, BigInt(size))];
}

function countsWrong(
  state: LakeState,
  file: LakeDataFile,
  content: FileContent,
): readonly CodedFinding[] {
  if (file.recordCount !== content.rows) {
    return [wrong(`the number of rows of ${file.uri}`, file.recordCount, content.rows)];
  }
  return state.columns.flatMap(({ id, name }) => {
    const values = file.valueCounts.get(id) ?? content.rows;
    const nulls = file.nullCounts.get(id) ?? 0n;
    const of = `${name} in ${file.uri}`;
    if (values !== content.rows) return [wrong(`the value count of ${of}`, values, content.rows)];
    return nulls === 0n ? [] : [wrong(`the null count of ${of}`, nulls, 0n)];
  });
}

function boundsWrong(
  state: LakeState,
  file: LakeDataFile,
  extremes: ReadonlyMap<number, Extremes>,
): readonly CodedFinding[] {
  return state.columns.flatMap(({ id, name, type }) => {
    const real = extremes.get(id);
    if (real === undefined) return [];
    const lower = file.lowerBounds.get(id);
    const upper = file.upperBounds.get(id);
    const found: CodedFinding[] = [];
    if (lower !== undefined && compareBounds(decodeBound(type, lower), real.min) > 0) {
      const said = boundText(decodeBound(type, lower));
      found.push(wrong(`the least ${name} in ${file.uri}`, said, boundText(real.min)));
    }
    if (upper !== undefined && compareBounds(decodeBound(type, upper), real.max) < 0) {
      const said = boundText(decodeBound(type, upper));
      found.push(wrong(`the greatest ${name} in ${file.uri}`, said, boundText(real.max)));
    }
    return found;
  });
}

function manifestCountsWrong(
  state: LakeState,
  reference: ManifestReference,
): readonly CodedFinding[] {
  const entries = state.manifests.get(reference.uri);
  if (entries === undefined) return [];
  return (['added', 'existing', 'deleted'] as const).flatMap((status) => {
    const files = entries.filter((entry) => entry.status === status).map((entry) => entry.file);
    const rows = files.reduce((sum, file) => sum + file.recordCount, 0n);
    const count = BigInt(files.length);
    const found: CodedFinding[] = [];
    if (reference[`${status}Files`] !== count) {
      found.push(wrong(`${status} files of ${reference.uri}`, reference[`${status}Files`], count));
    }
    if (reference[`${status}Rows`] !== rows) {
      found.push(wrong(`${status} rows of ${reference.uri}`, reference[`${status}Rows`], rows));
    }
    return found;
  });
}

function partitionBoundsWrong(
  state: LakeState,
  reference: ManifestReference,
): readonly CodedFinding[] {
  const fields = state.specs.get(reference.specId) ?? [];
  const entries = state.manifests.get(reference.uri) ?? [];
  return fields.flatMap((field, index) => {
    const bounds = reference.partitionBounds[index];
    const column = state.columns.find((c) => c.id === field.sourceId);
    if (bounds === undefined || column === undefined) return [];
    const type = transformType(field.transform, column);
    const outside = entries.find(({ file }) => {
      const value = file.partition.get(field.name) ?? null;
      if (value === null) return false;
      const below = bounds.lower && compareBounds(decodeBound(type, bounds.lower), value) > 0;
      const above = bounds.upper && compareBounds(decodeBound(type, bounds.upper), value) < 0;
      return below || above;
    });
    if (outside === undefined) return [];
    const value = boundText(outside.file.partition.get(field.name) ?? null);
    return [wrong(`partition ${field.name} in ${reference.uri}`, 'a range without it', value)];
  });
}

function summaryWrong(state: LakeState, snapshot: LakeSnapshot): readonly CodedFinding[] {
  const said = snapshot.summary['total-records'];
  const readable = snapshot.manifests?.every(({ uri }) => state.manifests.has(uri)) ?? false;
  if (said === undefined || !readable) return [];
  const rows = filesOf(state, snapshot).reduce((sum, file) => sum + file.recordCount, 0n);
  if (BigInt(said) === rows) return [];
  return [wrong(`total-records of snapshot ${snapshot.snapshotId}`, said, rows)];
}
