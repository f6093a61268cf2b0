/**
 * G4, lineage: the snapshots of a table form one readable line that only moves forward.
 *
 * Broken is: a current snapshot that the metadata does not hold, a sequence number that does not
 * rise from parent to child or lies above the table's last one, a manifest list that cannot be
 * read, a circle, and a snapshot that no branch or tag leads to (the table was rolled back, or a
 * commit was lost). A parent that is gone is ordinary: snapshots expire.
 */
import type { CodedFinding } from '../compare/finding-log.ts';
import { lakeFinding } from './lake-finding.ts';
import type { LakeSnapshot, LakeState } from './lake-state.ts';

export function checkLineage(state: LakeState): readonly CodedFinding[] {
  const byId = new Map(state.snapshots.map((s) => [s.snapshotId, s]));
  return [
    ...currentMissing(state, byId),
    ...state.snapshots.flatMap((snapshot) => sequenceWrong(state, snapshot, byId)),
    ...state.unreadable
      .filter((file) => file.what === 'manifest-list')
      .map((file) =>
        broken(`manifest list ${file.uri} cannot be read`, { uri: file.uri, reason: file.reason }),
      ),
    ...abandoned(state, byId),
  ];
}

const broken = (message: string, facts: Readonly<Record<string, string>>) =>
  lakeFinding('lineage-broken', message, null, facts);

type ById = ReadonlyMap<bigint, LakeSnapshot>;

function currentMissing(state: LakeState, byId: ById): readonly CodedFinding[] {
  const id = state.currentSnapshotId;
  const main = state.references.get('main');
  if (id !== null && !byId.has(id)) {
    return [broken(`the current snapshot ${id} is not in the metadata`, { snapshotId: `${id}` })];
  }
  if (id !== null && main !== undefined && main !== id) {
    return [
      broken(`branch main is at ${main}, the current snapshot is ${id}`, { main: `${main}` }),
    ];
  }
  return [];
}

function sequenceWrong(state: LakeState, child: LakeSnapshot, byId: ById): readonly CodedFinding[] {
  const facts = { snapshotId: `${child.snapshotId}`, sequenceNumber: `${child.sequenceNumber}` };
  if (child.sequenceNumber > state.lastSequenceNumber) {
    const last = state.lastSequenceNumber;
    return [
      broken(`snapshot ${child.snapshotId} is above the last sequence number ${last}`, facts),
    ];
  }
  const parent = child.parentId === null ? undefined : byId.get(child.parentId);
  if (parent === undefined || child.sequenceNumber > parent.sequenceNumber) return [];
  return [
    broken(
      `snapshot ${child.snapshotId} has sequence number ${child.sequenceNumber}, its parent ` +
        `${parent.snapshotId} has ${parent.sequenceNumber}`,
      facts,
    ),
  ];
}

/**
 * Snapshots that nobody leads to, as far as the ancestry is known: where it ends at an expired
 * parent, older ones are unknown.
 */
function abandoned(state: LakeState, byId: ById): readonly CodedFinding[] {
  const heads = [...state.references.values()];
  if (state.currentSnapshotId !== null) heads.push(state.currentSnapshotId);
  const reached = new Set<bigint>();
  let knownFrom = 0n;
  for (const head of heads) {
    let at = byId.get(head);
    while (at !== undefined && !reached.has(at.snapshotId)) {
      reached.add(at.snapshotId);
      const parent: LakeSnapshot | undefined =
        at.parentId === null ? undefined : byId.get(at.parentId);
      const expired = at.parentId !== null && parent === undefined;
      if (expired && at.sequenceNumber > knownFrom) knownFrom = at.sequenceNumber;
      at = parent;
    }
  }
  return state.snapshots
    .filter((s) => !reached.has(s.snapshotId) && s.sequenceNumber > knownFrom)
    .map((s) =>
      broken(`snapshot ${s.snapshotId} is no ancestor of any branch or tag`, {
        snapshotId: `${s.snapshotId}`,
        sequenceNumber: `${s.sequenceNumber}`,
        operation: s.operation,
      }),
    );
}
