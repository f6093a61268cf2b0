/**
 * The Avro schemas of a manifest and of a manifest list (Iceberg v2), and their records as types.
 *
 * Field ids are those of the Iceberg specification; names are the specification's too. Only what a
 * table without delete files needs is written, and nothing that a reader requires is left out.
 */
import { type AvroComplex, type AvroField, type AvroSchema, avroWriter } from './avro-container.ts';
import { partitionIds } from './schema.ts';

export interface KeyValue<V> {
  readonly key: number;
  readonly value: V;
}

export interface Partition {
  readonly exchange: string | null;
  /** Days since 1970. */
  readonly trade_time_day: number | null;
}

export interface DataFile {
  readonly content: number;
  readonly file_path: string;
  readonly file_format: string;
  readonly partition: Partition;
  readonly record_count: bigint;
  readonly file_size_in_bytes: bigint;
  readonly column_sizes: ReadonlyArray<KeyValue<bigint>> | null;
  readonly value_counts: ReadonlyArray<KeyValue<bigint>> | null;
  readonly null_value_counts: ReadonlyArray<KeyValue<bigint>> | null;
  readonly nan_value_counts: ReadonlyArray<KeyValue<bigint>> | null;
  readonly lower_bounds: ReadonlyArray<KeyValue<Buffer>> | null;
  readonly upper_bounds: ReadonlyArray<KeyValue<Buffer>> | null;
  readonly key_metadata: Buffer | null;
  readonly split_offsets: readonly bigint[] | null;
  readonly equality_ids: readonly number[] | null;
  readonly sort_order_id: number | null;
}

export const entryStatus = { existing: 0, added: 1, deleted: 2 } as const;

/** Null ids and numbers are inherited from the manifest list. */
export interface ManifestEntry {
  readonly status: number;
  readonly snapshot_id: bigint | null;
  readonly sequence_number: bigint | null;
  readonly file_sequence_number: bigint | null;
  readonly data_file: DataFile;
}

export interface PartitionSummary {
  readonly contains_null: boolean;
  readonly contains_nan: boolean | null;
  readonly lower_bound: Buffer | null;
  readonly upper_bound: Buffer | null;
}

export interface ManifestFile {
  readonly manifest_path: string;
  readonly manifest_length: bigint;
  readonly partition_spec_id: number;
  /** 0 = data files, 1 = delete files. */
  readonly content: number;
  readonly sequence_number: bigint;
  readonly min_sequence_number: bigint;
  readonly added_snapshot_id: bigint;
  readonly added_files_count: number;
  readonly existing_files_count: number;
  readonly deleted_files_count: number;
  readonly added_rows_count: bigint;
  readonly existing_rows_count: bigint;
  readonly deleted_rows_count: bigint;
  readonly partitions: readonly PartitionSummary[] | null;
  readonly key_metadata: Buffer | null;
}

function field(name: string, type: AvroSchema, id: number): AvroField {
  const isOptional = Array.isArray(type) && type[0] === 'null';
  return { name, type, 'field-id': id, ...(isOptional && { default: null }) };
}

const optional = (type: AvroSchema): AvroSchema => ['null', type];

const record = (name: string, fields: readonly AvroField[]): AvroComplex => ({
  type: 'record',
  name,
  fields,
});

const list = (items: AvroSchema, id: number): AvroSchema =>
  optional({ type: 'array', items, 'element-id': id });

/** Iceberg's map with integer keys: an array of pairs. */
function map(keyId: number, valueId: number, type: AvroSchema): AvroSchema {
  const pair = [field('key', 'int', keyId), field('value', type, valueId)];
  const items = record(`k${keyId}_v${valueId}`, pair);
  return optional({ type: 'array', logicalType: 'map', items });
}

const partition = record('r102', [
  field('exchange', optional('string'), partitionIds.exchange),
  field(
    'trade_time_day',
    optional({ type: 'int', logicalType: 'date' }),
    partitionIds.tradeTimeDay,
  ),
]);

const dataFile = record('r2', [
  field('content', 'int', 134),
  field('file_path', 'string', 100),
  field('file_format', 'string', 101),
  field('partition', partition, 102),
  field('record_count', 'long', 103),
  field('file_size_in_bytes', 'long', 104),
  field('column_sizes', map(117, 118, 'long'), 108),
  field('value_counts', map(119, 120, 'long'), 109),
  field('null_value_counts', map(121, 122, 'long'), 110),
  field('nan_value_counts', map(138, 139, 'long'), 137),
  field('lower_bounds', map(126, 127, 'bytes'), 125),
  field('upper_bounds', map(129, 130, 'bytes'), 128),
  field('key_metadata', optional('bytes'), 131),
  field('split_offsets', list('long', 133), 132),
  field('equality_ids', list('int', 136), 135),
  field('sort_order_id', optional('int'), 140),
]);

const manifestEntry = record('manifest_entry', [
  field('status', 'int', 0),
  field('snapshot_id', optional('long'), 1),
  field('sequence_number', optional('long'), 3),
  field('file_sequence_number', optional('long'), 4),
  field('data_file', dataFile, 2),
]);

const partitionSummary = record('r508', [
  field('contains_null', 'boolean', 509),
  field('contains_nan', optional('boolean'), 518),
  field('lower_bound', optional('bytes'), 510),
  field('upper_bound', optional('bytes'), 511),
]);

const manifestFile = record('manifest_file', [
  field('manifest_path', 'string', 500),
  field('manifest_length', 'long', 501),
  field('partition_spec_id', 'int', 502),
  field('content', 'int', 517),
  field('sequence_number', 'long', 515),
  field('min_sequence_number', 'long', 516),
  field('added_snapshot_id', 'long', 503),
  field('added_files_count', 'int', 504),
  field('existing_files_count', 'int', 505),
  field('deleted_files_count', 'int', 506),
  field('added_rows_count', 'long', 512),
  field('existing_rows_count', 'long', 513),
  field('deleted_rows_count', 'long', 514),
  field('partitions', list(partitionSummary, 508), 507),
  field('key_metadata', optional('bytes'), 519),
]);

/** Names by field id, so that records of other engines are read under ours. */
function names(...records: readonly AvroComplex[]): ReadonlyMap<number, string> {
  const fields = records.flatMap((one) => one.fields ?? []);
  return new Map(fields.map((one) => [one['field-id'] ?? -1, one.name]));
}

export const entryWriter = avroWriter(manifestEntry);
export const entryNames = names(manifestEntry, dataFile, partition);
export const manifestFileWriter = avroWriter(manifestFile);
export const manifestFileNames = names(manifestFile, partitionSummary);
