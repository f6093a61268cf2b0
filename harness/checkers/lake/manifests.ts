/**
 * Reads manifest lists and manifests (Avro) into the plain data of `lake-state.ts`.
 *
 * Fields are taken by the names that the Iceberg specification fixes; what a writer leaves out
 * counts as absent, never as zero rows. Paths are brought into one spelling here, so that every
 * later comparison of paths is a comparison of text.
 */
import type { AvroRecord, AvroValue } from './avro.ts';
import { readAvroFile } from './avro.ts';
import { canonicalUri } from './lake-files.ts';
import type { Bound, LakeDataFile, ManifestEntry, ManifestReference } from './lake-state.ts';

const statusNames = ['existing', 'added', 'deleted'] as const;
const utf8 = new TextEncoder();

export function readManifestList(bytes: Uint8Array): readonly ManifestReference[] {
  return readAvroFile(bytes).records.map((record) => ({
    uri: canonicalUri(text(record.manifest_path)),
    addedFiles: integer(record.added_files_count ?? record.added_data_files_count),
    existingFiles: integer(record.existing_files_count ?? record.existing_data_files_count),
    deletedFiles: integer(record.deleted_files_count ?? record.deleted_data_files_count),
    addedRows: integer(record.added_rows_count),
    existingRows: integer(record.existing_rows_count),
    deletedRows: integer(record.deleted_rows_count),
    specId: Number(integer(record.partition_spec_id)),
    partitionBounds: list(record.partitions).map((summary) => ({
      lower: bytesOrNull(recordOf(summary).lower_bound),
      upper: bytesOrNull(recordOf(summary).upper_bound),
    })),
  }));
}

/**
 * Fails for delete files: the tables of this pipeline have none, and content would be wrong without
 * applying them.
 */
export function readManifest(bytes: Uint8Array, specId: number): readonly ManifestEntry[] {
  return readAvroFile(bytes).records.map((record) => {
    const status = statusNames[Number(integer(record.status))];
    if (status === undefined) throw new Error(`a manifest entry has status ${record.status}`);
    return { status, file: dataFile(recordOf(record.data_file), specId) };
  });
}

function dataFile(record: AvroRecord, specId: number): LakeDataFile {
  const content = integer(record.content ?? 0);
  if (content !== 0n) throw new Error(`${text(record.file_path)} is a delete file`);
  const partition = Object.entries(recordOf(record.partition));
  return {
    uri: canonicalUri(text(record.file_path)),
    specId,
    partition: new Map(partition.map(([name, value]) => [name, bound(value)])),
    recordCount: integer(record.record_count),
    sizeBytes: integer(record.file_size_in_bytes),
    valueCounts: mapOf(record.value_counts, integer),
    nullCounts: mapOf(record.null_value_counts, integer),
    lowerBounds: mapOf(record.lower_bounds, bytesOf),
    upperBounds: mapOf(record.upper_bounds, bytesOf),
  };
}

function bound(value: AvroValue | undefined): Bound | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'bigint' || value instanceof Uint8Array) return value;
  if (typeof value === 'string') return utf8.encode(value);
  if (typeof value === 'number' && Number.isInteger(value)) return BigInt(value);
  throw new Error('a partition value is neither an integer nor text');
}

/** Iceberg keeps maps with integer keys as arrays of key and value. */
function mapOf<T>(
  value: AvroValue | undefined,
  read: (value: AvroValue | undefined) => T,
): ReadonlyMap<number, T> {
  return new Map(
    list(value).map((pair) => [Number(integer(recordOf(pair).key)), read(recordOf(pair).value)]),
  );
}

function list(value: AvroValue | undefined): readonly AvroValue[] {
  return Array.isArray(value) ? (value as readonly AvroValue[]) : [];
}

function recordOf(value: AvroValue | undefined): AvroRecord {
  const isRecord =
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Uint8Array);
  if (!isRecord) throw new Error('a record was expected in a manifest');
  return value as AvroRecord;
}

function integer(value: AvroValue | undefined): bigint {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number' && Number.isInteger(value)) return BigInt(value);
  throw new Error(`an integer was expected in a manifest, not ${String(value)}`);
}

function text(value: AvroValue | undefined): string {
  if (typeof value === 'string') return value;
  throw new Error(`text was expected in a manifest, not ${String(value)}`);
}

function bytesOf(value: AvroValue | undefined): Uint8Array {
  if (value instanceof Uint8Array) return value;
  throw new Error('bytes were expected in a manifest');
}

const bytesOrNull = (value: AvroValue | undefined) => (value instanceof Uint8Array ? value : null);
