/**
 * An Iceberg table as plain data: the current metadata, and every snapshot, manifest and data file
 * that it reaches.
 *
 * The checks of this folder are pure functions of this value (and of what the data files really
 * hold). What could not be read stands in `unreadable` instead of being left out, so that no check
 * mistakes it for absent.
 */

/**
 * A value in its Iceberg single-value form: integers, times (microseconds) and days as bigint;
 * strings and others as bytes.
 */
export type Bound = bigint | Uint8Array;

export interface LakeColumn {
  readonly id: number;
  readonly name: string;
  /** Iceberg's name of the type: `int`, `long`, `string`, `decimal(38, 8)`, `timestamptz`. */
  readonly type: string;
}

export interface PartitionField {
  readonly name: string;
  readonly transform: string;
  readonly sourceId: number;
}

export interface LakeDataFile {
  /** Canonical URI. */
  readonly uri: string;
  readonly specId: number;
  readonly partition: ReadonlyMap<string, Bound | null>;
  readonly recordCount: bigint;
  readonly sizeBytes: bigint;
  readonly valueCounts: ReadonlyMap<number, bigint>;
  readonly nullCounts: ReadonlyMap<number, bigint>;
  readonly lowerBounds: ReadonlyMap<number, Uint8Array>;
  readonly upperBounds: ReadonlyMap<number, Uint8Array>;
}

export interface ManifestEntry {
  readonly status: 'existing' | 'added' | 'deleted';
  readonly file: LakeDataFile;
}

/** One line of a manifest list. */
export interface ManifestReference {
  readonly uri: string;
  readonly addedFiles: bigint;
  readonly existingFiles: bigint;
  readonly deletedFiles: bigint;
  readonly addedRows: bigint;
  readonly existingRows: bigint;
  readonly deletedRows: bigint;
  readonly specId: number;
  /** Bounds of the partition values in it, in the order of the spec's fields. */
  readonly partitionBounds: ReadonlyArray<{ lower: Uint8Array | null; upper: Uint8Array | null }>;
}

export interface LakeSnapshot {
  readonly snapshotId: bigint;
  readonly parentId: bigint | null;
  readonly sequenceNumber: bigint;
  readonly timestampMs: number;
  readonly operation: string;
  readonly summary: Readonly<Record<string, string>>;
  readonly manifestList: string;
  /** Null when the manifest list could not be read. */
  readonly manifests: readonly ManifestReference[] | null;
}

export interface UnreadableFile {
  readonly uri: string;
  readonly what: 'manifest-list' | 'manifest' | 'data';
  readonly reason: string;
}

export interface LakeState {
  readonly metadataLocation: string;
  readonly location: string;
  readonly formatVersion: number;
  readonly currentSnapshotId: bigint | null;
  readonly lastSequenceNumber: bigint;
  readonly columns: readonly LakeColumn[];
  readonly specs: ReadonlyMap<number, readonly PartitionField[]>;
  /** In the order of their sequence numbers. */
  readonly snapshots: readonly LakeSnapshot[];
  /** Snapshots that a branch or a tag names. */
  readonly references: ReadonlyMap<string, bigint>;
  readonly manifests: ReadonlyMap<string, readonly ManifestEntry[]>;
  /** Earlier metadata files that the current one still names. */
  readonly metadataLog: readonly string[];
  readonly unreadable: readonly UnreadableFile[];
}

/** The live data files of a snapshot, as often as they are referenced. */
export function filesOf(state: LakeState, snapshot: LakeSnapshot): readonly LakeDataFile[] {
  return (snapshot.manifests ?? [])
    .flatMap((reference) => state.manifests.get(reference.uri) ?? [])
    .filter((entry) => entry.status !== 'deleted')
    .map((entry) => entry.file);
}

export function currentSnapshot(state: LakeState): LakeSnapshot | null {
  return state.snapshots.find((s) => s.snapshotId === state.currentSnapshotId) ?? null;
}

/** All live data files that any snapshot references, once each. */
export function allFiles(state: LakeState): readonly LakeDataFile[] {
  const files = new Map<string, LakeDataFile>();
  for (const entries of state.manifests.values()) {
    for (const { status, file } of entries) if (status !== 'deleted') files.set(file.uri, file);
  }
  return [...files.values()];
}
