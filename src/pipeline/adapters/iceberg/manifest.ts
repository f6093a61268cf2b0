/**
 * Manifests: which data files a snapshot has, with what a reader needs to skip them.
 *
 * An entry written by its own snapshot leaves its sequence numbers null and inherits them from the
 * manifest list. An entry that is carried into a merged manifest must keep the numbers it had,
 * because they say which deletes apply to it; so a merge writes them out and marks the entry
 * EXISTING.
 */
import { readContainer, writeContainer } from './avro-container.ts';
import {
  type DataFile,
  entryNames,
  entryStatus,
  entryWriter,
  type ManifestEntry,
  type ManifestFile,
  type Partition,
  type PartitionSummary,
} from './manifest-schema.ts';
import type { FinishedFile } from './parquet-file.ts';
import { encodeBounds } from './parquet-statistics.ts';
import type { RandomBytes } from './random.ts';
import { lakeColumns, lakeSchema, partitionFields, schemaId, specId } from './schema.ts';

const pairs = <V>(values: ReadonlyMap<number, V>) =>
  [...values].sort((a, b) => a[0] - b[0]).map(([key, value]) => ({ key, value }));

/** The manifest's description of a finished Parquet file. */
export function dataFileOf(location: string, partition: Partition, file: FinishedFile): DataFile {
  const bounds = encodeBounds(file, lakeColumns);
  const ofColumns = (pick: 'bytes' | 'values' | 'nulls') =>
    pairs(new Map([...file.columns].map(([id, column]) => [id, column[pick]])));
  return {
    content: 0,
    file_path: location,
    file_format: 'PARQUET',
    partition,
    record_count: file.rows,
    file_size_in_bytes: file.bytes,
    column_sizes: ofColumns('bytes'),
    value_counts: ofColumns('values'),
    null_value_counts: ofColumns('nulls'),
    nan_value_counts: null,
    lower_bounds: pairs(bounds.lower),
    upper_bounds: pairs(bounds.upper),
    key_metadata: null,
    split_offsets: file.splitOffsets,
    equality_ids: null,
    sort_order_id: 0,
  };
}

export function addedEntry(file: DataFile, snapshotId: bigint): ManifestEntry {
  return {
    status: entryStatus.added,
    snapshot_id: snapshotId,
    sequence_number: null,
    file_sequence_number: null,
    data_file: file,
  };
}

/** The live entries of a manifest as another manifest has to carry them. */
export function carriedEntries(
  manifest: ManifestFile,
  entries: readonly ManifestEntry[],
): readonly ManifestEntry[] {
  return entries
    .filter((entry) => entry.status !== entryStatus.deleted)
    .map((entry) => ({
      status: entryStatus.existing,
      snapshot_id: entry.snapshot_id ?? manifest.added_snapshot_id,
      sequence_number: entry.sequence_number ?? manifest.sequence_number,
      file_sequence_number: entry.file_sequence_number ?? manifest.sequence_number,
      data_file: entry.data_file,
    }));
}

function summaryOf<V>(
  values: ReadonlyArray<V | null>,
  compare: (a: V, b: V) => number,
  encode: (value: V) => Buffer,
): PartitionSummary {
  const known = values.filter((value) => value !== null).sort(compare);
  const bound = (value: V | undefined) => (value === undefined ? null : encode(value));
  return {
    contains_null: known.length < values.length,
    contains_nan: false,
    lower_bound: bound(known[0]),
    upper_bound: bound(known.at(-1)),
  };
}

function dayBytes(day: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(day);
  return bytes;
}

function partitionSummaries(entries: readonly ManifestEntry[]): readonly PartitionSummary[] {
  const partitions = entries.map((entry) => entry.data_file.partition);
  const byBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));
  return [
    summaryOf(
      partitions.map((one) => one.exchange),
      byBytes,
      (text) => Buffer.from(text),
    ),
    summaryOf(
      partitions.map((one) => one.trade_time_day),
      (a, b) => a - b,
      dayBytes,
    ),
  ];
}

export interface NewManifest {
  readonly file: ManifestFile;
  readonly body: Buffer;
}

/** Encodes a manifest of the snapshot that is being made; `entries` must not be empty. */
export function buildManifest(
  location: string,
  entries: readonly ManifestEntry[],
  snapshot: { readonly id: bigint; readonly sequenceNumber: bigint },
  random: RandomBytes,
): NewManifest {
  const metadata = {
    schema: JSON.stringify(lakeSchema),
    'schema-id': String(schemaId),
    'partition-spec': JSON.stringify(partitionFields),
    'partition-spec-id': String(specId),
    'format-version': '2',
    content: 'data',
  };
  const body = writeContainer(entryWriter, metadata, entries, random);
  const having = (status: number) => entries.filter((entry) => entry.status === status);
  const rows = (some: readonly ManifestEntry[]) =>
    some.reduce((sum, entry) => sum + entry.data_file.record_count, 0n);
  const added = having(entryStatus.added);
  const existing = having(entryStatus.existing);
  const sequenceMin = existing.reduce((min, { sequence_number: own }) => {
    return own !== null && own < min ? own : min;
  }, snapshot.sequenceNumber);
  const file = {
    manifest_path: location,
    manifest_length: BigInt(body.length),
    partition_spec_id: specId,
    content: 0,
    sequence_number: snapshot.sequenceNumber,
    min_sequence_number: sequenceMin,
    added_snapshot_id: snapshot.id,
    added_files_count: added.length,
    existing_files_count: existing.length,
    deleted_files_count: 0,
    added_rows_count: rows(added),
    existing_rows_count: rows(existing),
    deleted_rows_count: 0n,
    partitions: partitionSummaries(entries),
    key_metadata: null,
  };
  return { file, body };
}

/** Entries of a manifest of any Iceberg v2 writer. */
export function readManifest(bytes: Buffer): readonly ManifestEntry[] {
  const { records } = readContainer(bytes, entryNames);
  return (records as ManifestEntry[]).map((entry) => ({
    ...entry,
    snapshot_id: entry.snapshot_id ?? null,
    sequence_number: entry.sequence_number ?? null,
    file_sequence_number: entry.file_sequence_number ?? null,
    data_file: {
      ...entry.data_file,
      nan_value_counts: entry.data_file.nan_value_counts ?? null,
      key_metadata: entry.data_file.key_metadata ?? null,
      split_offsets: entry.data_file.split_offsets ?? null,
      equality_ids: entry.data_file.equality_ids ?? null,
      sort_order_id: entry.data_file.sort_order_id ?? null,
    },
  }));
}
