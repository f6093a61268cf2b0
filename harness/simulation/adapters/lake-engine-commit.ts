/**
 * One attempt of the simulated engine to make a new version current, as the native engine does it.
 *
 * Manifests and metadata are written, then the catalog is asked. A definite refusal removes the
 * attempt's own files, unless the catalog knows the version all the same; any other error leaves
 * everything, because the swing may have happened. Files go in one step: nothing depends on which
 * of several unused files is deleted first.
 */
import { errorCode } from '../../../src/pipeline/errors.ts';
import type { Batch } from '../../../src/pipeline/ports/lake.ts';
import {
  expirable,
  type Manifest,
  nextVersion,
  type Snapshot,
  type TableVersion,
} from '../stores/warehouse-version.ts';
import {
  type Attempt,
  type EngineParts,
  isOn,
  refuseWhenAborted,
  warehouseSteps,
} from './lake-engine-parts.ts';

export interface Change {
  readonly base: TableVersion;
  readonly snapshot: Snapshot | null;
  /** Not yet written. */
  readonly manifestsNew: readonly Manifest[];
  readonly expired: ReadonlySet<number>;
}

/** What an append or a merge puts on top of `base`; a table without a snapshot has no manifests. */
export function draftSnapshot(
  parts: EngineParts,
  base: TableVersion,
  batch: Batch,
  operation: Snapshot['operation'],
  manifests: readonly Manifest[],
  rowsClaimed: number,
): Snapshot {
  return {
    snapshotId: parts.warehouse.freshNumber(),
    parentId: isOn(parts, 'parent-right') ? base.currentId : null,
    sequenceNumber: base.sequenceLast + (isOn(parts, 'sequence-rises') ? 1 : 0),
    operation,
    batch: batch.batchId,
    manifests,
    rowsClaimed,
  };
}

export interface Merge {
  /** Manifests whose files move into a new one; none when it is not worth it yet. */
  readonly merged: readonly Manifest[];
  readonly kept: readonly Manifest[];
}

export function planMerge(
  parts: EngineParts,
  manifests: readonly Manifest[],
  manifestsNew: number,
): Merge {
  const isDue = manifests.length + manifestsNew >= Math.max(2, parts.manifestsMergeMin);
  return isDue ? { merged: manifests, kept: [] } : { merged: [], kept: manifests };
}

export function newManifestPath(parts: EngineParts, batch: Batch): string {
  const { namespace, name } = batch.table;
  return `${namespace}/${name}/metadata/${parts.warehouse.freshNumber()}-m0.avro`;
}

export const expiredIds = (parts: EngineParts, version: TableVersion): ReadonlySet<number> =>
  new Set(expirable(version, parts.snapshotsKeptMin).map((one) => one.snapshotId));

/** Writes the change and swings to it; returns when it is known to be committed. */
export async function commitChange(
  parts: EngineParts,
  batch: Batch,
  change: Change,
  attempt: Attempt,
  signal: AbortSignal | undefined,
): Promise<TableVersion> {
  const { warehouse } = parts;
  const { namespace, name } = batch.table;
  const number = `${change.base.log.length + 1}-${warehouse.freshNumber()}`;
  const location = `${namespace}/${name}/metadata/${number}.metadata.json`;
  const version = nextVersion(change.base, location, change.snapshot, change.expired);
  attempt.paths.push(...change.manifestsNew.map(({ path }) => path), location);
  await parts.remote.call(warehouseSteps.writeMetadata, () => {
    for (const manifest of change.manifestsNew) warehouse.writeManifest(manifest);
    warehouse.writeVersion(version);
  });
  refuseWhenAborted(parts, signal);
  attempt.locationAsked = location;
  await parts.catalog.swing(batch, location);
  return version;
}

export async function deletePaths(parts: EngineParts, paths: readonly string[]): Promise<void> {
  if (paths.length === 0) return;
  await parts.remote.call(warehouseSteps.delete, () => {
    for (const path of paths) parts.warehouse.delete(path);
  });
}

const definiteRefusals: ReadonlySet<string> = new Set(['conflict', 'fenced', 'digest-mismatch']);

/** True when the catalog is, or ever was, at the version that the attempt asked for. */
async function isKnown(parts: EngineParts, batch: Batch, location: string): Promise<boolean> {
  const pointer = await parts.catalog.pointer(batch.table);
  if (pointer === null || pointer === location) return true;
  return parts.warehouse.version(pointer).log.includes(location);
}

/** Removes the files of an attempt that was refused for sure; in any doubt it leaves them. */
export async function discardRefused(
  parts: EngineParts,
  batch: Batch,
  attempt: Attempt,
  error: unknown,
): Promise<void> {
  const facts = { batchId: batch.batchId, epoch: batch.epoch, files: attempt.paths.length };
  const isSure = definiteRefusals.has(errorCode(error)) || !isOn(parts, 'files-left-in-doubt');
  if (!isSure) {
    parts.logger.warn('lake.files-left', { ...facts, code: errorCode(error) });
    return;
  }
  try {
    const asked = isOn(parts, 'asks-before-removal') ? attempt.locationAsked : undefined;
    const isInDoubt = isOn(parts, 'files-left-in-doubt');
    if (isInDoubt && asked !== undefined && (await isKnown(parts, batch, asked))) {
      parts.logger.warn('lake.files-left', { ...facts, code: 'refused-but-known', asked });
      return;
    }
    await deletePaths(parts, attempt.paths);
  } catch (doubt) {
    parts.logger.error('lake.files-left', doubt, facts);
  }
}
