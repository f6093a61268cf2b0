/**
 * Which snapshots a table may forget: a pure decision.
 *
 * On the main branch the newest `snapshotsKeptMin` snapshots stay, and older ones stay while they
 * are younger than `snapshotAgeMsMax`; an age of 0 means that only the count decides. Everything
 * that a tag or another branch leads to stays. A snapshot that no branch or tag leads to (after a
 * rollback, for example) goes once it is older than all that is kept. The table's own
 * `history.expire.*` properties win over the engine's settings.
 */
import { numberProperty } from './manifest-list.ts';
import { propertyNames } from './schema.ts';
import { currentSnapshot, type Snapshot, type TableMetadata } from './table-metadata.ts';

export interface ExpiryLimits {
  readonly snapshotsKeptMin: number;
  /** Milliseconds; 0 = by count only. */
  readonly snapshotAgeMsMax: number;
}

export function expiryLimits(metadata: TableMetadata, defaults: ExpiryLimits): ExpiryLimits {
  const properties = metadata.properties ?? {};
  const { snapshotsKeptMin, snapshotAgeMsMax } = propertyNames;
  return {
    snapshotsKeptMin: numberProperty(properties, snapshotsKeptMin, defaults.snapshotsKeptMin),
    snapshotAgeMsMax: numberProperty(properties, snapshotAgeMsMax, defaults.snapshotAgeMsMax),
  };
}

/** A snapshot and its ancestors as far as the metadata knows them, newest first. */
function lineage(byId: ReadonlyMap<bigint, Snapshot>, id: bigint | undefined): Snapshot[] {
  const line: Snapshot[] = [];
  let next = id === undefined ? undefined : byId.get(id);
  while (next && line.length < byId.size) {
    line.push(next);
    const parent: bigint | null | undefined = next['parent-snapshot-id'];
    next = parent === null || parent === undefined ? undefined : byId.get(parent);
  }
  return line;
}

/** Snapshots to expire, oldest first; none when the table forbids garbage collection. */
export function planExpiry(
  metadata: TableMetadata,
  limits: ExpiryLimits,
  nowMs: number,
): readonly Snapshot[] {
  if (metadata.properties?.[propertyNames.collectGarbage] === 'false') return [];
  const snapshots = metadata.snapshots ?? [];
  const byId = new Map(snapshots.map((one) => [one['snapshot-id'], one]));
  const main = lineage(byId, currentSnapshot(metadata)?.['snapshot-id']);
  if (main.length === 0) return [];
  const kept = new Set<Snapshot>();
  for (const [index, one] of main.entries()) {
    const ageMs = nowMs - one['timestamp-ms'];
    const isYoung = limits.snapshotAgeMsMax > 0 && ageMs <= limits.snapshotAgeMsMax;
    if (index < limits.snapshotsKeptMin || isYoung) kept.add(one);
  }
  const keptOldestMs = Math.min(...[...kept].map((one) => one['timestamp-ms']));
  for (const [name, ref] of Object.entries(metadata.refs ?? {})) {
    if (name === 'main') continue;
    const line = lineage(byId, ref['snapshot-id']);
    for (const one of ref.type === 'tag' ? line.slice(0, 1) : line) kept.add(one);
  }
  const onMain = new Set(main);
  return snapshots.filter((one) => {
    if (kept.has(one)) return false;
    return onMain.has(one) || one['timestamp-ms'] < keptOldestMs;
  });
}

/**
 * The metadata without these snapshots, their statistics, and the part of the log that they cut
 * off.
 */
export function withoutSnapshots(
  metadata: TableMetadata,
  expired: readonly Snapshot[],
): TableMetadata {
  const ids = new Set(expired.map((one) => one['snapshot-id']));
  const stays = (one: { readonly 'snapshot-id': bigint }) => !ids.has(one['snapshot-id']);
  const log = metadata['snapshot-log'] ?? [];
  const lastGone = log.findLastIndex((one) => !stays(one));
  const others: Record<string, unknown> = {};
  for (const key of ['statistics', 'partition-statistics']) {
    const list = metadata[key];
    if (Array.isArray(list)) others[key] = list.filter(stays);
  }
  return {
    ...metadata,
    ...others,
    snapshots: metadata.snapshots?.filter(stays),
    'snapshot-log': log.slice(lastGone + 1),
  };
}
