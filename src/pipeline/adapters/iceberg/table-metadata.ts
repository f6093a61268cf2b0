/**
 * The metadata file of a table: its types, and JSON that keeps 63-bit ids.
 *
 * Snapshot ids and sequence numbers are bigint here, because a JavaScript number would silently
 * become another snapshot's id. Everything that this code does not know is kept as it was read, so
 * a table that another engine has touched loses nothing. The text of snapshots and log entries is
 * remembered per object: they never change once written, and encoding all of them again would make
 * each commit slower than the last.
 */
import { TidemarkError } from '../../errors.ts';

export interface Snapshot {
  readonly 'snapshot-id': bigint;
  readonly 'parent-snapshot-id'?: bigint | null;
  readonly 'sequence-number': bigint;
  /** Milliseconds since 1970. */
  readonly 'timestamp-ms': number;
  readonly 'manifest-list': string;
  readonly summary: Readonly<Record<string, string>>;
  readonly 'schema-id'?: number | null;
}

export interface SnapshotRef {
  readonly 'snapshot-id': bigint;
  readonly type: 'branch' | 'tag';
}

export interface SnapshotLogEntry {
  readonly 'snapshot-id': bigint;
  readonly 'timestamp-ms': number;
}

export interface MetadataLogEntry {
  readonly 'metadata-file': string;
  readonly 'timestamp-ms': number;
}

export interface SchemaField {
  readonly id: number;
  readonly name: string;
  readonly type: unknown;
  readonly required: boolean;
}

export interface TableMetadata {
  readonly 'format-version': number;
  readonly 'table-uuid': string;
  readonly location: string;
  readonly 'last-sequence-number': bigint;
  readonly 'last-updated-ms': number;
  readonly 'last-column-id': number;
  readonly 'current-schema-id': number;
  readonly schemas: ReadonlyArray<{
    readonly 'schema-id'?: number;
    readonly fields: readonly SchemaField[];
  }>;
  readonly 'default-spec-id': number;
  readonly 'partition-specs': ReadonlyArray<{
    readonly 'spec-id': number;
    readonly fields: ReadonlyArray<Readonly<Record<string, unknown>>>;
  }>;
  readonly 'current-snapshot-id'?: bigint | null;
  readonly snapshots?: readonly Snapshot[];
  readonly 'snapshot-log'?: readonly SnapshotLogEntry[];
  readonly 'metadata-log'?: readonly MetadataLogEntry[];
  readonly refs?: Readonly<Record<string, SnapshotRef>>;
  readonly properties?: Readonly<Record<string, string>>;
  readonly statistics?: ReadonlyArray<{ readonly 'snapshot-id': bigint }>;
  readonly [other: string]: unknown;
}

/**
 * Keys whose values are bigint whatever their size, so that ids compare equal wherever they stand.
 */
const bigKeys = new Set([
  'snapshot-id',
  'parent-snapshot-id',
  'current-snapshot-id',
  'sequence-number',
  'last-sequence-number',
]);

type Reviver = (key: string, value: unknown, context: { readonly source?: string }) => unknown;

const revive: Reviver = (key, value, { source }) => {
  if (typeof value !== 'number' || source === undefined || !/^-?\d+$/.test(source)) return value;
  return bigKeys.has(key) || !Number.isSafeInteger(value) ? BigInt(source) : value;
};

type SourceJson = {
  parse(text: string, reviver: Reviver): unknown;
  rawJSON(text: string): unknown;
};
const sourceJson = JSON as unknown as SourceJson;

/** Reads a metadata file; fails with `table-invalid` when it is none of format version 2. */
export function parseMetadata(text: string, location: string): TableMetadata {
  const invalid = (what: string, cause?: unknown) =>
    new TidemarkError('table-invalid', `${location}: ${what}`, { cause });
  let metadata: TableMetadata;
  try {
    metadata = sourceJson.parse(text, revive) as TableMetadata;
  } catch (error) {
    throw invalid('is not JSON', error);
  }
  if (metadata?.['format-version'] === 2) return metadata;
  throw invalid(`format version ${metadata?.['format-version']} is not 2`);
}

function plainText(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'bigint' ? sourceJson.rawJSON(inner.toString()) : inner,
  );
}

const texts = new WeakMap<object, string>();

function rememberedText(value: object): string {
  const known = texts.get(value) ?? plainText(value);
  texts.set(value, known);
  return known;
}

const longLists = new Set(['snapshots', 'snapshot-log', 'metadata-log']);

/** The metadata as the file holds it. */
export function metadataText(metadata: TableMetadata): string {
  const members = Object.entries(metadata).flatMap(([key, value]) => {
    if (value === undefined) return [];
    const isLong = longLists.has(key) && Array.isArray(value);
    const text = isLong ? `[${value.map(rememberedText).join(',')}]` : plainText(value);
    return [`${JSON.stringify(key)}:${text}`];
  });
  return `{${members.join(',')}}`;
}

/** The current snapshot, or undefined for a table without one. */
export function currentSnapshot(metadata: TableMetadata): Snapshot | undefined {
  const id = metadata['current-snapshot-id'];
  if (id === undefined || id === null || id === -1n) return undefined;
  const found = metadata.snapshots?.find((one) => one['snapshot-id'] === id);
  if (found) return found;
  throw new TidemarkError('table-invalid', `current snapshot ${id} is not in the metadata`);
}
