/**
 * Manifest lists: the manifests of one snapshot, and the decision which of them to merge.
 *
 * Each append adds one small manifest. Left alone, the list and the time to plan a scan grow with
 * every commit, so small manifests are merged once there are enough of them, up to a target size,
 * as Iceberg's Java writers do. Newest come first; a merged manifest that has reached the target is
 * left in peace.
 */
import { readContainer, writeContainer } from './avro-container.ts';
import { type ManifestFile, manifestFileNames, manifestFileWriter } from './manifest-schema.ts';
import type { RandomBytes } from './random.ts';
import { propertyNames, specId } from './schema.ts';

export function buildManifestList(
  manifests: readonly ManifestFile[],
  snapshot: {
    readonly id: bigint;
    readonly parentId: bigint | null;
    readonly sequenceNumber: bigint;
  },
  random: RandomBytes,
): Buffer {
  const metadata = {
    'snapshot-id': String(snapshot.id),
    'parent-snapshot-id': String(snapshot.parentId),
    'sequence-number': String(snapshot.sequenceNumber),
    'format-version': '2',
  };
  return writeContainer(manifestFileWriter, metadata, manifests, random);
}

/** Manifests of a list of any Iceberg v2 writer. */
export function readManifestList(bytes: Buffer): readonly ManifestFile[] {
  const { records } = readContainer(bytes, manifestFileNames);
  return (records as ManifestFile[]).map((one) => ({
    ...one,
    partitions: one.partitions ?? null,
    key_metadata: one.key_metadata ?? null,
  }));
}

export interface MergeLimits {
  readonly manifestsMergeMin: number;
  readonly manifestBytesTarget: number;
}

const manifestBytesTargetDefault = 8 * 1024 * 1024;

/** A positive integer out of the table's properties, or the default. */
export function numberProperty(
  properties: Readonly<Record<string, string>>,
  name: string,
  valueDefault: number,
): number {
  const value = Number(properties[name] ?? valueDefault);
  return Number.isSafeInteger(value) && value > 0 ? value : valueDefault;
}

export function mergeLimits(
  properties: Readonly<Record<string, string>>,
  manifestsMergeMin: number,
): MergeLimits {
  const { manifestsMergeMin: mergeName, manifestBytesTarget: targetName } = propertyNames;
  return {
    manifestsMergeMin: numberProperty(properties, mergeName, manifestsMergeMin),
    manifestBytesTarget: numberProperty(properties, targetName, manifestBytesTargetDefault),
  };
}

export interface MergePlan {
  /** Manifests to be replaced by one; empty when it is not worth it yet. */
  readonly merge: readonly ManifestFile[];
  readonly keep: readonly ManifestFile[];
}

/** What to merge when `manifestsNew` more manifests are about to be added. */
export function planMerge(
  manifests: readonly ManifestFile[],
  manifestsNew: number,
  limits: MergeLimits,
): MergePlan {
  const merge: ManifestFile[] = [];
  let bytes = 0;
  for (const one of manifests) {
    const isOurs = one.content === 0 && one.partition_spec_id === specId;
    const length = Number(one.manifest_length);
    if (!isOurs || bytes + length > limits.manifestBytesTarget) continue;
    merge.push(one);
    bytes += length;
  }
  if (merge.length + manifestsNew < Math.max(2, limits.manifestsMergeMin)) {
    return { merge: [], keep: manifests };
  }
  const merged = new Set(merge);
  return { merge, keep: manifests.filter((one) => !merged.has(one)) };
}
