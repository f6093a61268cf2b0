import { expect, test } from 'vitest';
import { planExpiry, withoutSnapshots } from './expiry.ts';
import { newTableMetadata } from './new-table.ts';
import { withSnapshot } from './next-metadata.ts';
import type { TableMetadata } from './table-metadata.ts';

/** Snapshots 1 to 10, one a second, each the child of the one before. */
function tenSnapshots(): TableMetadata {
  let metadata = newTableMetadata('file:///w/t', 'uuid', 0);
  for (let id = 1n; id <= 10n; id++) {
    const parentId = id === 1n ? null : id - 1n;
    const draft = { id, parentId, sequenceNumber: id, timestampMs: Number(id) * 1000 };
    metadata = withSnapshot(metadata, draft, `list-${id}`, { operation: 'append' });
  }
  return metadata;
}

const plan = (metadata: TableMetadata, snapshotsKeptMin: number, snapshotAgeMsMax = 0) =>
  planExpiry(metadata, { snapshotsKeptMin, snapshotAgeMsMax }, 10_000).map((one) =>
    Number(one['snapshot-id']),
  );

test('the newest stay by count, and young ones stay beyond the count', () => {
  expect(plan(tenSnapshots(), 3)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  expect(plan(tenSnapshots(), 3, 5_000)).toEqual([1, 2, 3, 4]);
  expect(plan(tenSnapshots(), 100)).toEqual([]);
  expect(plan(newTableMetadata('file:///w/t', 'uuid', 0), 1)).toEqual([]);
});

test('what a tag or another branch leads to stays', () => {
  const metadata = tenSnapshots();
  const refs = {
    ...metadata.refs,
    pinned: { 'snapshot-id': 5n, type: 'tag' as const },
    side: { 'snapshot-id': 2n, type: 'branch' as const },
  };
  expect(plan({ ...metadata, refs }, 3)).toEqual([3, 4, 6, 7]);
});

test('a table that forbids garbage collection forgets nothing', () => {
  expect(plan({ ...tenSnapshots(), properties: { 'gc.enabled': 'false' } }, 3)).toEqual([]);
});

test('snapshots that a rollback cut off go once they are older than what is kept', () => {
  const rolledBack = { ...tenSnapshots(), 'current-snapshot-id': 6n };
  expect(plan(rolledBack, 3)).toEqual([1, 2, 3]);
});

test('the log and the statistics forget with the snapshots', () => {
  const metadata = {
    ...tenSnapshots(),
    statistics: [{ 'snapshot-id': 2n }, { 'snapshot-id': 9n }],
  };
  const expired = planExpiry(metadata, { snapshotsKeptMin: 3, snapshotAgeMsMax: 0 }, 0);
  const left = withoutSnapshots(metadata, expired);
  expect(left.snapshots?.map((one) => one['snapshot-id'])).toEqual([8n, 9n, 10n]);
  expect(left['snapshot-log']?.map((one) => one['snapshot-id'])).toEqual([8n, 9n, 10n]);
  expect(left.statistics).toEqual([{ 'snapshot-id': 9n }]);
});
