/**
 * The files of a new snapshot that appends and maintenance both make: a merged manifest's entries
 * and the manifest list.
 *
 * Reading what is to be merged is the only part of a commit whose cost is not constant, and it
 * happens once in `manifestsMergeMin` commits.
 */
import { carriedEntries } from './manifest.ts';
import { buildManifestList, mergeLimits, planMerge } from './manifest-list.ts';
import type { ManifestEntry, ManifestFile } from './manifest-schema.ts';
import type { SnapshotDraft } from './next-metadata.ts';
import type { EngineParts } from './parts.ts';
import { randomUuid } from './random.ts';
import type { TableMetadata } from './table-metadata.ts';

/** How many manifests are read at the same time. */
const readsAtOnceMax = 16;

export interface Merge {
  /** Entries of the manifests that are replaced, as EXISTING; empty when no merge is due. */
  readonly carried: readonly ManifestEntry[];
  readonly replaced: readonly ManifestFile[];
  readonly keep: readonly ManifestFile[];
}

export async function mergeIfDue(
  parts: EngineParts,
  metadata: TableMetadata,
  manifests: readonly ManifestFile[],
  manifestsNew: number,
): Promise<Merge> {
  const limits = mergeLimits(metadata.properties ?? {}, parts.manifestsMergeMin);
  const { merge, keep } = planMerge(manifests, manifestsNew, limits);
  const carried: ManifestEntry[] = [];
  for (let first = 0; first < merge.length; first += readsAtOnceMax) {
    const some = merge.slice(first, first + readsAtOnceMax);
    const read = await Promise.all(some.map((one) => parts.store.manifest(one)));
    for (const [index, entries] of read.entries()) {
      carried.push(...carriedEntries(some[index]!, entries));
    }
  }
  return { carried, replaced: merge, keep };
}

export interface NewManifestList {
  readonly location: string;
  readonly body: Buffer;
}

export function newManifestList(
  parts: EngineParts,
  metadata: TableMetadata,
  draft: SnapshotDraft,
  manifests: readonly ManifestFile[],
): NewManifestList {
  const name = `snap-${draft.id}-1-${randomUuid(parts.random)}.avro`;
  return {
    location: `${metadata.location}/metadata/${name}`,
    body: buildManifestList(manifests, draft, parts.random),
  };
}
