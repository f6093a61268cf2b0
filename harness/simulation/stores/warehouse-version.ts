/**
 * Versions of a simulated lake table: snapshots with their manifests, and the step from one version
 * to the next.
 *
 * A version is what one metadata file says. It never changes; a commit writes another one. Only
 * what the protocol and its checkers rest on is here: lineage, sequence numbers, batch ids, which
 * manifest names which files, how many rows a summary claims. Bytes, schemas and bounds belong to
 * the real engine and its tests.
 */
import type { LakeSnapshot } from '../../checkers/history/history.ts';

export interface DataFile {
  readonly path: string;
  readonly rows: number;
}

export interface Manifest {
  readonly path: string;
  readonly files: readonly DataFile[];
}

export interface Snapshot {
  readonly snapshotId: number;
  readonly parentId: number | null;
  readonly sequenceNumber: number;
  readonly operation: LakeSnapshot['operation'];
  readonly batch: string | null;
  readonly manifests: readonly Manifest[];
  readonly rowsClaimed: number;
}

export interface TableVersion {
  readonly location: string;
  /** Oldest first. */
  readonly snapshots: readonly Snapshot[];
  readonly currentId: number | null;
  readonly sequenceLast: number;
  /** Locations of the versions before this one, oldest first. */
  readonly log: readonly string[];
  /** Snapshots that the version before this one had and this one has not. */
  readonly expired: readonly number[];
}

export function emptyVersion(location: string): TableVersion {
  return { location, snapshots: [], currentId: null, sequenceLast: 0, log: [], expired: [] };
}

export function currentSnapshot(version: TableVersion): Snapshot | null {
  return version.snapshots.findLast((one) => one.snapshotId === version.currentId) ?? null;
}

export const rowsOfManifests = (manifests: readonly Manifest[]): number =>
  manifests.reduce((sum, one) => sum + one.files.reduce((rows, file) => rows + file.rows, 0), 0);

/** The next version: with a snapshot on top, without the expired ones; either may be missing. */
export function nextVersion(
  base: TableVersion,
  location: string,
  added: Snapshot | null,
  expired: ReadonlySet<number>,
): TableVersion {
  const all = added === null ? base.snapshots : [...base.snapshots, added];
  return {
    location,
    snapshots: all.filter((one) => !expired.has(one.snapshotId)),
    currentId: added?.snapshotId ?? base.currentId,
    sequenceLast: added?.sequenceNumber ?? base.sequenceLast,
    log: [...base.log, base.location],
    expired: [...expired],
  };
}

/** The current snapshot and its ancestors as far as the version knows them, newest first. */
function lineage(version: TableVersion): readonly Snapshot[] {
  const byId = new Map(version.snapshots.map((one) => [one.snapshotId, one]));
  const line: Snapshot[] = [];
  let next = byId.get(version.currentId ?? Number.NaN);
  while (next !== undefined && line.length < byId.size) {
    line.push(next);
    next = byId.get(next.parentId ?? Number.NaN);
  }
  return line;
}

/** What the table may forget when `keptMin` snapshots of the main line have to stay. */
export function expirable(version: TableVersion, keptMin: number): readonly Snapshot[] {
  const line = lineage(version);
  const kept = new Set(line.slice(0, keptMin));
  const keptOldest = Math.min(...[...kept].map((one) => one.sequenceNumber));
  const onLine = new Set(line);
  return version.snapshots.filter(
    (one) => !kept.has(one) && (onLine.has(one) || one.sequenceNumber < keptOldest),
  );
}

/** Manifests that only the expired snapshots lead to. */
export function unreachable(
  expired: readonly Snapshot[],
  kept: readonly Snapshot[],
): readonly string[] {
  const inUse = new Set(kept.flatMap((one) => one.manifests.map(({ path }) => path)));
  const candidates = new Set(expired.flatMap((one) => one.manifests.map(({ path }) => path)));
  return [...candidates].filter((path) => !inUse.has(path));
}
