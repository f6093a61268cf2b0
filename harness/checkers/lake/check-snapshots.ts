/**
 * G4, content: every snapshot that the metadata holds, not only the last, is a duplicate-free
 * prefix per partition, and only grows.
 *
 * A snapshot's rows and hash sum per partition are added up from its files. They must be exactly
 * those of the ledger's ranges up to the one that holds the snapshot's greatest offset: a missing,
 * doubled, foreign or altered record changes the sum. So no old snapshot is read again. A child
 * that holds fewer rows of a partition than its parent shrinks.
 */
import { greatest } from '../compare/bigints.ts';
import type { CodedFinding } from '../compare/finding-log.ts';
import { type PartitionName, partitionName } from '../compare/offset-spans.ts';
import type { Digest } from '../stores/ledger.ts';
import type { FileContent } from './file-content.ts';
import { lakeFinding } from './lake-finding.ts';
import { filesOf, type LakeSnapshot, type LakeState } from './lake-state.ts';
import type { PrefixDigests } from './prefix-digests.ts';

export interface PartitionTotal {
  readonly topicId: string;
  readonly partition: number;
  readonly digest: Digest;
  readonly offsetLast: bigint;
}

export interface SnapshotCheck {
  readonly findings: readonly CodedFinding[];
  readonly snapshotsChecked: number;
  /** Snapshots with a file whose content could not be read; other findings name it. */
  readonly snapshotsSkipped: number;
}

/** `contents` by canonical URI. */
export function checkSnapshots(
  state: LakeState,
  contents: ReadonlyMap<string, FileContent>,
  prefixes: PrefixDigests,
): SnapshotCheck {
  const totals = new Map<bigint, ReadonlyMap<PartitionName, PartitionTotal>>();
  for (const snapshot of state.snapshots) {
    const total = totalsOf(state, snapshot, contents);
    if (total !== null) totals.set(snapshot.snapshotId, total);
  }
  const findings = state.snapshots.flatMap((snapshot) => {
    const total = totals.get(snapshot.snapshotId);
    if (total === undefined) return [];
    const parent = snapshot.parentId === null ? undefined : totals.get(snapshot.parentId);
    return [
      ...notPrefix(snapshot, total, prefixes),
      ...(parent === undefined ? [] : shrinks(snapshot, parent, total)),
    ];
  });
  const snapshotsSkipped = state.snapshots.length - totals.size;
  return { findings, snapshotsChecked: totals.size, snapshotsSkipped };
}

/** Null when a manifest or a data file could not be read. */
function totalsOf(
  state: LakeState,
  snapshot: LakeSnapshot,
  contents: ReadonlyMap<string, FileContent>,
): ReadonlyMap<PartitionName, PartitionTotal> | null {
  const references = snapshot.manifests;
  if (references === null || references.some(({ uri }) => !state.manifests.has(uri))) return null;
  const totals = new Map<PartitionName, PartitionTotal>();
  for (const file of filesOf(state, snapshot)) {
    const content = contents.get(file.uri);
    if (content === undefined) return null;
    for (const bucket of content.buckets) {
      const name = partitionName(bucket);
      const known = totals.get(name);
      totals.set(name, {
        topicId: bucket.topicId,
        partition: bucket.partition,
        digest: {
          rows: (known?.digest.rows ?? 0n) + bucket.rows,
          sum: BigInt.asUintN(64, (known?.digest.sum ?? 0n) + bucket.sum),
        },
        offsetLast: greatest(known?.offsetLast ?? 0n, bucket.offsetLast),
      });
    }
  }
  return totals;
}

const digestFacts = ({ rows, sum }: Digest) => ({
  rows: rows.toString(),
  digest: sum.toString(16).padStart(16, '0'),
});

function identityOf(total: PartitionTotal) {
  const { topicId, partition, offsetLast } = total;
  return { topicId, partition, offset: offsetLast.toString() };
}

function notPrefix(
  snapshot: LakeSnapshot,
  totals: ReadonlyMap<PartitionName, PartitionTotal>,
  prefixes: PrefixDigests,
): readonly CodedFinding[] {
  return [...totals.values()].flatMap((total) => {
    const allowed = prefixes(total, total.offsetLast);
    const same = (d: Digest) => d.rows === total.digest.rows && d.sum === total.digest.sum;
    if (allowed.some(same)) return [];
    const [expected] = allowed;
    const surplus = expected === undefined ? null : total.digest.rows - expected.rows;
    const words =
      surplus === null
        ? 'reaches behind the last closed range'
        : surplus > 0n
          ? `holds ${surplus} rows too many`
          : surplus < 0n
            ? `lacks ${-surplus} rows`
            : 'holds the right number of rows and other content';
    return [
      lakeFinding(
        'snapshot-not-prefix',
        `snapshot ${snapshot.snapshotId}, ${total.topicId}/${total.partition} up to ${total.offsetLast}, ${words}`,
        expected === undefined ? null : digestFacts(expected),
        { snapshotId: `${snapshot.snapshotId}`, ...digestFacts(total.digest) },
        identityOf(total),
      ),
    ];
  });
}

function shrinks(
  snapshot: LakeSnapshot,
  parent: ReadonlyMap<PartitionName, PartitionTotal>,
  child: ReadonlyMap<PartitionName, PartitionTotal>,
): readonly CodedFinding[] {
  return [...parent].flatMap(([name, before]) => {
    const after = child.get(name);
    const rows = after?.digest.rows ?? 0n;
    if (rows >= before.digest.rows && (after?.offsetLast ?? -1n) >= before.offsetLast) return [];
    return [
      lakeFinding(
        'snapshot-shrinks',
        `snapshot ${snapshot.snapshotId} has ${rows} rows of ${name}, its parent ${before.digest.rows}`,
        { rows: before.digest.rows.toString(), offsetLast: before.offsetLast.toString() },
        { snapshotId: `${snapshot.snapshotId}`, rows: rows.toString() },
        identityOf(before),
      ),
    ];
  });
}
