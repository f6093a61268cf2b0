/**
 * G4: every version of the lake holds, of each partition, exactly the records up to its own
 * greatest offset, each once; and no snapshot holds less than its parent.
 *
 * A partition is named when something came or went in it, so that one that is wrong for ever is not
 * told again with every version. A snapshot that comes back (after maintenance that only expires
 * others) is compared with what it held before. What a restore does to the pointer is no version.
 */
import type { HistoryChecker } from './checker.ts';
import { type Emit, Findings, nameOf } from './finding.ts';
import { lakeRows, type PartitionRows, type TableRows, type VersionRows } from './lake-rows.ts';
import type { PartitionFacts } from './row-fact.ts';

type Partitions = ReadonlyMap<PartitionFacts, PartitionRows>;

export const lakePrefix: HistoryChecker = {
  name: 'lake-prefix',
  guarantee: 'G4',
  title: 'Every snapshot is a duplicate-free prefix of each partition and only grows',
  codes: ['snapshot-not-prefix', 'snapshot-shrinks'],
  check(history) {
    const findings = new Findings();
    let looked = 0;
    for (const table of lakeRows(history)) looked += checkTable(table, findings.add);
    return { findings: findings.list, looked };
  },
};

/** Gives the number of versions that have a snapshot. */
function checkTable({ versions }: TableRows, emit: Emit): number {
  const bySnapshot = new Map<number, Partitions>();
  let looked = 0;
  for (const version of versions) {
    const { snapshot } = version.version.swing;
    if (snapshot !== null) looked += 1;
    for (const rows of version.changed) if (!isPrefix(rows)) notPrefix(version, rows, emit);
    const id = snapshot?.snapshotId ?? Number.NaN;
    const before = bySnapshot.get(id) ?? bySnapshot.get(snapshot?.parentId ?? Number.NaN);
    for (const rows of before?.values() ?? []) compare(version, rows, emit);
    bySnapshot.set(id, version.partitions);
  }
  return looked;
}

function isPrefix({ rows, distinct, expected }: PartitionRows): boolean {
  return rows === distinct && distinct === expected;
}

function notPrefix({ version }: VersionRows, rows: PartitionRows, emit: Emit): void {
  const { topicId, partition } = rows.partition;
  const id = version.swing.snapshot?.snapshotId ?? null;
  emit({
    code: 'snapshot-not-prefix',
    layer: 'lake',
    message: `snapshot ${id} is no prefix of ${topicId}/${partition} up to ${rows.greatest}`,
    identity: { topicId, partition, offset: rows.greatest },
    subject: version.swing.to,
    expected: { rows: rows.expected },
    actual: [{ snapshotId: id, rows: rows.rows, distinct: rows.distinct }],
  });
}

function compare(version: VersionRows, before: PartitionRows, emit: Emit): void {
  const { partition } = before;
  const after = version.partitions.get(partition);
  const [rows, greatest] = [after?.rows ?? Number.NaN, after?.greatest ?? Number.NaN];
  if (rows >= before.rows && greatest >= before.greatest) return;
  const id = version.version.swing.snapshot?.snapshotId ?? null;
  emit({
    code: 'snapshot-shrinks',
    layer: 'lake',
    message: `snapshot ${id} holds less of ${nameOf(partition)} than the one before it`,
    identity: { ...partition, offset: before.greatest },
    subject: version.version.swing.to,
    expected: { rows: before.rows, greatest: before.greatest },
    actual: [{ snapshotId: id, rows: after?.rows ?? null, greatest: after?.greatest ?? null }],
  });
}
