/**
 * Maintenance in the simulation: forget old snapshots, merge manifests, delete what is left over.
 *
 * As in the native engine both changes are one swing, files are deleted only behind it, and only
 * manifests that the expired snapshots led to and no kept one does. Data files are never deleted.
 */
import type { Batch, LakeTable } from '../../../src/pipeline/ports/lake.ts';
import {
  currentSnapshot,
  expirable,
  nextVersion,
  rowsOfManifests,
  type Snapshot,
  type TableVersion,
  unreachable,
} from '../stores/warehouse-version.ts';
import {
  type Change,
  commitChange,
  deletePaths,
  discardRefused,
  draftSnapshot,
  expiredIds,
  newManifestPath,
  planMerge,
} from './lake-engine-commit.ts';
import { Attempt, type EngineParts, isOn } from './lake-engine-parts.ts';

export async function isMaintenanceDue(parts: EngineParts, table: LakeTable): Promise<boolean> {
  const pointer = await parts.catalog.pointer(table);
  if (pointer === null) return false;
  const version = parts.warehouse.version(pointer);
  const { snapshotsKeptMin } = parts;
  if (expirable(version, snapshotsKeptMin).length >= Math.ceil(snapshotsKeptMin / 2)) return true;
  const manifests = currentSnapshot(version)?.manifests ?? [];
  return planMerge(parts, manifests, 0).merged.length > 0;
}

/** A `replace` snapshot with one manifest for all files, when a merge is due. */
function mergedChange(parts: EngineParts, batch: Batch, base: TableVersion): Change {
  const manifests = currentSnapshot(base)?.manifests ?? [];
  const { merged, kept } = planMerge(parts, manifests, 0);
  if (merged.length === 0) return { base, snapshot: null, manifestsNew: [], expired: new Set() };
  const files = merged.flatMap((one) => one.files);
  const manifest = { path: newManifestPath(parts, batch), files };
  const all = [manifest, ...kept];
  const snapshot = draftSnapshot(parts, base, batch, 'replace', all, rowsOfManifests(all));
  return { base, snapshot, manifestsNew: [manifest], expired: new Set() };
}

function pathsToDelete(
  parts: EngineParts,
  change: Change,
  expired: readonly Snapshot[],
): readonly string[] {
  const kept = nextVersion(change.base, '', change.snapshot, change.expired).snapshots;
  return unreachable(expired, isOn(parts, 'deletes-unreachable') ? kept : []);
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
  let gone: readonly string[];
  try {
    const base = parts.warehouse.version(batch.base);
    const merged = mergedChange(parts, batch, base);
    const full = nextVersion(base, '', merged.snapshot, new Set());
    const expired = expiredIds(parts, full);
    const change = { ...merged, expired };
    const snapshotsGone = full.snapshots.filter((one) => expired.has(one.snapshotId));
    gone = pathsToDelete(parts, change, snapshotsGone);
    if (!isOn(parts, 'deletes-after-swing')) await deletePaths(parts, gone);
    await commitChange(parts, batch, change, attempt, signal);
  } catch (error) {
    await discardRefused(parts, batch, attempt, error);
    throw error;
  }
  try {
    await deletePaths(parts, gone);
  } catch (error) {
    // The commit stands whatever happens here: what is left is an orphan.
    parts.logger.error('lake.delete-failed', error, { batchId: batch.batchId });
  }
}
