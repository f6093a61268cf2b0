/**
 * Maintenance: forget old snapshots, merge small manifests, delete what nothing leads to any more.
 *
 * Both changes go into one new version and one swing. Files are deleted only after the swing has
 * resolved, and only manifest lists and manifests that the expired snapshots led to and no kept
 * snapshot does; data files are never deleted here. So the only candidates are files that a
 * committed version once named. An open batch, whoever runs it and however old its epoch, makes new
 * files that no committed version names yet, hence none of them can be a candidate, whatever their
 * age. Old files that it may have picked up are those of its base's current snapshot; if that base
 * is ours, the snapshot is kept, and if it is older, its swing is refused, because every swing must
 * start from the current version.
 */
import type { Batch, LakeTable } from '../../ports/lake.ts';
import { batchSummary } from './append.ts';
import {
  Attempt,
  type Change,
  commitChange,
  deleteMetadataFiles,
  discardRefused,
} from './commit.ts';
import { expiryLimits, planExpiry, withoutSnapshots } from './expiry.ts';
import { buildManifest } from './manifest.ts';
import { mergeLimits, planMerge } from './manifest-list.ts';
import { checkShape } from './new-table.ts';
import { draftSnapshot, totalsOf, withSnapshot } from './next-metadata.ts';
import type { EngineParts } from './parts.ts';
import { randomUuid } from './random.ts';
import { mergeIfDue, newManifestList } from './snapshot-files.ts';
import { currentSnapshot, type Snapshot, type TableMetadata } from './table-metadata.ts';
import type { TableVersion } from './table-store.ts';

function expirable(parts: EngineParts, metadata: TableMetadata): readonly Snapshot[] {
  return planExpiry(metadata, expiryLimits(metadata, parts), parts.clock.nowMs());
}

/**
 * True when a manifest merge is due or when half as many snapshots can go as have to stay, so that
 * a swing for maintenance comes once in many appends. One catalog query; the rest is remembered.
 */
export async function isMaintenanceDue(parts: EngineParts, table: LakeTable): Promise<boolean> {
  const pointer = await parts.catalog.pointer(table);
  if (pointer === null) return false;
  const { metadata } = await parts.store.version(pointer);
  const { snapshotsKeptMin } = expiryLimits(metadata, parts);
  if (expirable(parts, metadata).length >= Math.ceil(snapshotsKeptMin / 2)) return true;
  const manifests = await parts.store.currentManifests(metadata);
  const limits = mergeLimits(metadata.properties ?? {}, parts.manifestsMergeMin);
  return planMerge(manifests, 0, limits).merge.length > 0;
}

/**
 * The base with its small manifests merged by a `replace` snapshot, or as it is when no merge is
 * due.
 */
async function mergedChange(
  parts: EngineParts,
  batch: Batch,
  metadata: TableMetadata,
): Promise<Change> {
  const current = await parts.store.currentManifests(metadata);
  const { carried, replaced, keep } = await mergeIfDue(parts, metadata, current, 0);
  if (carried.length === 0) return { metadata, files: [] };
  const draft = draftSnapshot(metadata, parts.clock.nowMs(), parts.random);
  const location = `${metadata.location}/metadata/${randomUuid(parts.random)}-m0.avro`;
  const manifest = buildManifest(location, carried, draft, parts.random);
  const manifests = [manifest.file, ...keep];
  const list = newManifestList(parts, metadata, draft, manifests);
  const summary = {
    operation: 'replace',
    ...batchSummary(batch),
    'manifests-created': '1',
    'manifests-kept': String(keep.length),
    'manifests-replaced': String(replaced.length),
    'entries-processed': String(carried.length),
    ...totalsOf(manifests, currentSnapshot(metadata), 0n),
  };
  return {
    metadata: withSnapshot(metadata, draft, list.location, summary),
    files: [
      { location, body: manifest.body },
      { location: list.location, body: list.body },
    ],
    list: { location: list.location, manifests },
  };
}

/** Manifest lists and manifests that only the expired snapshots lead to. */
async function unreachable(
  parts: EngineParts,
  expired: readonly Snapshot[],
  kept: readonly Snapshot[],
): Promise<readonly string[]> {
  const inUse = new Set<string>();
  for (const one of kept) {
    inUse.add(one['manifest-list']);
    const manifests = await parts.store.manifestList(one['manifest-list']);
    for (const manifest of manifests) inUse.add(manifest.manifest_path);
  }
  const candidates = new Set<string>();
  for (const one of expired) {
    const manifests = await parts.store.manifestList(one['manifest-list']);
    for (const manifest of manifests) candidates.add(manifest.manifest_path);
    candidates.add(one['manifest-list']);
  }
  return [...candidates].filter((path) => !inUse.has(path));
}

/** Runs after the commit stands, so a failure is logged and leaves orphans, nothing worse. */
async function deleteUnreachable(
  parts: EngineParts,
  version: TableVersion,
  expired: readonly Snapshot[],
): Promise<number> {
  try {
    const paths = await unreachable(parts, expired, version.metadata.snapshots ?? []);
    return await deleteMetadataFiles(parts, version.metadata, paths);
  } catch (error) {
    parts.logger.error('lake.delete-failed', error, { location: version.location });
    return 0;
  }
}

/**
 * One attempt at a maintenance batch; it swings even when there is nothing to do, so that the batch
 * is closed. Fails like an append, without `digest-mismatch`.
 */
export async function maintainTable(
  parts: EngineParts,
  batch: Batch,
  signal?: AbortSignal,
): Promise<void> {
  const attempt = new Attempt();
  let expired: readonly Snapshot[];
  let version: TableVersion;
  try {
    const base = await parts.store.version(batch.base);
    checkShape(base.metadata, base.location);
    const merged = await mergedChange(parts, batch, base.metadata);
    expired = expirable(parts, merged.metadata);
    const change = { ...merged, metadata: withoutSnapshots(merged.metadata, expired) };
    version = await commitChange(parts, batch, base, change, attempt, signal);
  } catch (error) {
    await discardRefused(parts, batch, attempt, error);
    throw error;
  }
  const filesDeleted = await deleteUnreachable(parts, version, expired);
  parts.logger.info('lake.maintained', {
    batchId: batch.batchId,
    epoch: batch.epoch,
    snapshotsExpired: expired.length,
    filesDeleted,
  });
}
