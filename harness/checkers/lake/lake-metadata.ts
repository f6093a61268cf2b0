/**
 * Reads an Iceberg table's metadata from one given metadata location: every snapshot, manifest list
 * and manifest it holds.
 *
 * The location comes from the catalog's pointer, never from a listing: a metadata file that a crash
 * left behind is not the table. Manifests are shared between snapshots and are read once. A file
 * that cannot be read is noted and the rest is read on, so that one lost manifest does not hide
 * what else is wrong; only unreadable metadata.json is an error.
 */
import { canonicalUri, type LakeFiles } from './lake-files.ts';
import type { LakeSnapshot, LakeState, ManifestEntry, UnreadableFile } from './lake-state.ts';
import { readManifest, readManifestList } from './manifests.ts';
import { parseMetadata, type TableMetadata } from './metadata-json.ts';

/** Rejects when `metadataLocation` cannot be read or is no table metadata of format version 2. */
export async function readLake(files: LakeFiles, metadataLocation: string): Promise<LakeState> {
  const json = Buffer.from(await files.read(metadataLocation)).toString('utf8');
  const metadata = parseMetadata(json);
  if (metadata['format-version'] !== 2) {
    throw new Error(`${metadataLocation}: format version ${metadata['format-version']}, not 2`);
  }
  const unreadable: UnreadableFile[] = [];
  const snapshots: LakeSnapshot[] = [];
  const manifests = new Map<string, readonly ManifestEntry[]>();
  const failed = new Set<string>();
  for (const raw of metadata.snapshots ?? []) {
    const snapshot = await readSnapshot(files, raw, unreadable);
    snapshots.push(snapshot);
    for (const { uri, specId } of snapshot.manifests ?? []) {
      if (manifests.has(uri) || failed.has(uri)) continue;
      try {
        manifests.set(uri, readManifest(await files.read(uri), specId));
      } catch (error) {
        failed.add(uri);
        unreadable.push({ uri, what: 'manifest', reason: reasonOf(error) });
      }
    }
  }
  snapshots.sort((a, b) => (a.sequenceNumber < b.sequenceNumber ? -1 : 1));
  return { ...staticPart(metadata, metadataLocation), snapshots, manifests, unreadable };
}

async function readSnapshot(
  files: LakeFiles,
  raw: NonNullable<TableMetadata['snapshots']>[number],
  unreadable: UnreadableFile[],
): Promise<LakeSnapshot> {
  const manifestList = canonicalUri(raw['manifest-list']);
  const base = {
    snapshotId: raw['snapshot-id'],
    parentId: raw['parent-snapshot-id'] ?? null,
    sequenceNumber: raw['sequence-number'],
    timestampMs: raw['timestamp-ms'],
    operation: raw.summary.operation ?? 'unknown',
    summary: raw.summary,
    manifestList,
  };
  try {
    return { ...base, manifests: readManifestList(await files.read(manifestList)) };
  } catch (error) {
    unreadable.push({ uri: manifestList, what: 'manifest-list', reason: reasonOf(error) });
    return { ...base, manifests: null };
  }
}

const reasonOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

function staticPart(metadata: TableMetadata, metadataLocation: string) {
  const current = metadata['current-snapshot-id'] ?? -1n;
  const schema = metadata.schemas.find((s) => s['schema-id'] === metadata['current-schema-id']);
  if (schema === undefined) throw new Error(`${metadataLocation} has no current schema`);
  return {
    metadataLocation: canonicalUri(metadataLocation),
    location: canonicalUri(metadata.location),
    formatVersion: metadata['format-version'],
    currentSnapshotId: current === -1n ? null : current,
    lastSequenceNumber: metadata['last-sequence-number'],
    columns: schema.fields,
    specs: new Map(
      metadata['partition-specs'].map((spec) => [
        spec['spec-id'],
        spec.fields.map((f) => ({
          name: f.name,
          transform: f.transform,
          sourceId: f['source-id'],
        })),
      ]),
    ),
    references: new Map(
      Object.entries(metadata.refs).map(([name, ref]) => [name, ref['snapshot-id']]),
    ),
    metadataLog: metadata['metadata-log'].map((entry) => canonicalUri(entry['metadata-file'])),
  };
}
