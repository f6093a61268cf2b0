/**
 * From one version of a table's metadata to the next: a pure step, no files.
 *
 * Sequence numbers and update times only rise, even when the machine's clock falls back, because
 * readers order by them. The log of earlier metadata files is bounded; what falls out of it is
 * reported, so that the caller can delete it once the new version is known to be committed, if the
 * table wants that.
 */
import { TidemarkError } from '../../errors.ts';
import { numberProperty } from './manifest-list.ts';
import type { ManifestFile } from './manifest-schema.ts';
import { type RandomBytes, randomSnapshotId } from './random.ts';
import { propertyNames, schemaId } from './schema.ts';
import { currentSnapshot, type Snapshot, type TableMetadata } from './table-metadata.ts';
import type { TableVersion } from './table-store.ts';

const metadataVersionsMaxDefault = 100;
const snapshotIdAttemptsMax = 8;

export interface SnapshotDraft {
  readonly id: bigint;
  readonly parentId: bigint | null;
  readonly sequenceNumber: bigint;
  /** Milliseconds since 1970, never before the table's last update. */
  readonly timestampMs: number;
}

/** Identity of the snapshot that follows the current one. */
export function draftSnapshot(
  metadata: TableMetadata,
  nowMs: number,
  random: RandomBytes,
): SnapshotDraft {
  const used = new Set(metadata.snapshots?.map((one) => one['snapshot-id']));
  for (let attempt = 0; attempt < snapshotIdAttemptsMax; attempt++) {
    const id = randomSnapshotId(random);
    if (used.has(id)) continue;
    return {
      id,
      parentId: currentSnapshot(metadata)?.['snapshot-id'] ?? null,
      sequenceNumber: metadata['last-sequence-number'] + 1n,
      timestampMs: Math.max(nowMs, metadata['last-updated-ms']),
    };
  }
  throw new TidemarkError('table-invalid', 'no free snapshot id: the random source repeats itself');
}

/** Totals that a snapshot's summary has to carry; files and rows are counted, not carried over. */
export function totalsOf(
  manifests: readonly ManifestFile[],
  parent: Snapshot | undefined,
  bytesAdded: bigint,
): Readonly<Record<string, string>> {
  const data = manifests.filter((one) => one.content === 0);
  const files = data.reduce((n, one) => n + one.added_files_count + one.existing_files_count, 0);
  const rows = data.reduce((n, one) => n + one.added_rows_count + one.existing_rows_count, 0n);
  const carried = (name: string) => parent?.summary[name] ?? '0';
  return {
    'total-data-files': String(files),
    'total-records': String(rows),
    'total-files-size': String(BigInt(carried('total-files-size')) + bytesAdded),
    'total-delete-files': carried('total-delete-files'),
    'total-position-deletes': carried('total-position-deletes'),
    'total-equality-deletes': carried('total-equality-deletes'),
  };
}

/** The metadata with the drafted snapshot as its current one. */
export function withSnapshot(
  metadata: TableMetadata,
  draft: SnapshotDraft,
  manifestList: string,
  summary: Readonly<Record<string, string>>,
): TableMetadata {
  const snapshot: Snapshot = {
    'sequence-number': draft.sequenceNumber,
    'snapshot-id': draft.id,
    ...(draft.parentId !== null && { 'parent-snapshot-id': draft.parentId }),
    'timestamp-ms': draft.timestampMs,
    summary,
    'manifest-list': manifestList,
    'schema-id': schemaId,
  };
  const logEntry = { 'snapshot-id': draft.id, 'timestamp-ms': draft.timestampMs };
  return {
    ...metadata,
    'last-sequence-number': draft.sequenceNumber,
    'current-snapshot-id': draft.id,
    snapshots: [...(metadata.snapshots ?? []), snapshot],
    'snapshot-log': [...(metadata['snapshot-log'] ?? []), logEntry],
    refs: {
      ...metadata.refs,
      main: { ...metadata.refs?.main, 'snapshot-id': draft.id, type: 'branch' },
    },
  };
}

export interface NextVersion {
  readonly metadata: TableMetadata;
  /** Locations of metadata files that the log no longer names. */
  readonly dropped: readonly string[];
}

/** Puts the version a change was made from into the log, and the time of the update. */
export function succeed(base: TableVersion, changed: TableMetadata, nowMs: number): NextVersion {
  const properties = changed.properties ?? {};
  const versionsMax = numberProperty(
    properties,
    propertyNames.metadataVersionsMax,
    metadataVersionsMaxDefault,
  );
  const entry = {
    'metadata-file': base.location,
    'timestamp-ms': base.metadata['last-updated-ms'],
  };
  const log = [...(base.metadata['metadata-log'] ?? []), entry];
  const snapshotMs = changed['snapshot-log']?.at(-1)?.['timestamp-ms'] ?? 0;
  const metadata = {
    ...changed,
    'last-updated-ms': Math.max(nowMs, snapshotMs, base.metadata['last-updated-ms']),
    'metadata-log': log.slice(-versionsMax),
  };
  const isDeleting = properties[propertyNames.metadataDelete] === 'true';
  const dropped = isDeleting ? log.slice(0, -versionsMax) : [];
  return { metadata, dropped: dropped.map((one) => one['metadata-file']) };
}

const versionDigits = 5;

/** `00012-<uuid>.metadata.json`, one higher than the base's name. */
export function metadataName(baseLocation: string, uuid: string): string {
  const version = /(\d+)-[^/]*\.metadata\.json$/.exec(baseLocation)?.[1] ?? '0';
  return `${String(Number(version) + 1).padStart(versionDigits, '0')}-${uuid}.metadata.json`;
}
