/**
 * G5, batches: what the ledger calls committed is in the table, and the table's pointer is where
 * the ledger left it.
 *
 * A committed append without a snapshot that carries its id is a `silent-no-commit`. A snapshot
 * that is there and no longer leads to the current one, or a pointer that stands at an older place,
 * means that the table went back behind the ledger: `ahead-of-table`. Expired snapshots are
 * ordinary: only batches younger than the oldest batch still to be seen are asked for. A batch
 * whose digest is not the sum of the ranges it froze is a `digest-mismatch`.
 */
import type { LakeSnapshot, LakeState } from '../lake/lake-state.ts';
import type { LedgerBatch, LedgerBatchRange, LedgerRange, LedgerState } from '../stores/ledger.ts';
import { rangeName } from '../stores/ledger.ts';
import type { CodedFinding } from './finding-log.ts';
import { ledgerFinding } from './ledger-finding.ts';
import { partitionName, spansByPartition } from './offset-spans.ts';

export const batchIdProperty = 'tidemark.batch-id';

export function checkBatches(ledger: LedgerState, lake: LakeState | null): readonly CodedFinding[] {
  const committed = ledger.batches.filter((batch) => batch.state === 'committed');
  return [
    ...frozenDigests(ledger, committed),
    ...pointerWrong(ledger, committed),
    ...lakeAheadOfBronze(ledger),
    ...(lake === null ? [] : snapshotsMissing(committed, lake)),
  ];
}

function frozenDigests(
  ledger: LedgerState,
  committed: readonly LedgerBatch[],
): readonly CodedFinding[] {
  const closed = spansByPartition(ledger.ranges.filter((range) => range.state === 'done'));
  return committed.flatMap((batch) =>
    batch.ranges.flatMap((frozen) => {
      const inside = (closed.get(partitionName(frozen)) ?? []).filter(
        (r) => r.offsetFirst >= frozen.offsetFirst && r.offsetLast <= frozen.offsetLast,
      );
      if (sameContent(frozen, inside)) return [];
      const at = {
        topicId: frozen.topicId,
        partition: frozen.partition,
        offset: frozen.offsetFirst,
      };
      const words = `batch ${batch.batch} froze ${rangeName(frozen)} with another content than its closed ranges have`;
      return [
        ledgerFinding('digest-mismatch', words, at, null, {
          batch: batch.batch,
          rows: `${frozen.digest.rows}`,
        }),
      ];
    }),
  );
}

function sameContent(frozen: LedgerBatchRange, ranges: readonly LedgerRange[]): boolean {
  const rows = ranges.reduce((sum, range) => sum + (range.bronze?.rows ?? 0n), 0n);
  const sum = ranges.reduce((total, range) => total + (range.bronze?.sum ?? 0n), 0n);
  return rows === frozen.digest.rows && BigInt.asUintN(64, sum) === frozen.digest.sum;
}

/**
 * The pointer must be where the last committed batch put it; what else moved it decides what it is
 * called.
 */
function pointerWrong(
  ledger: LedgerState,
  committed: readonly LedgerBatch[],
): readonly CodedFinding[] {
  const last = committed.at(-1);
  if (last === undefined || last.newLocation === ledger.pointer) return [];
  const earlier = new Set(committed.flatMap((batch) => [batch.base, batch.newLocation]));
  const back = ledger.pointer === null || earlier.has(ledger.pointer);
  if (!back) return [];
  const words = `the pointer of ${ledger.lakeLease} is behind batch ${last.batch}`;
  const expected = { pointer: last.newLocation ?? '' };
  return [
    ledgerFinding('ahead-of-table', words, null, expected, { pointer: ledger.pointer ?? 'none' }),
  ];
}

function lakeAheadOfBronze(ledger: LedgerState): readonly CodedFinding[] {
  const bronze = new Map(
    ledger.heads.filter((h) => h.layer === 'bronze').map((h) => [partitionName(h), h.offsetNext]),
  );
  return ledger.heads
    .filter((head) => head.layer === ledger.lakeLease)
    .filter((head) => head.offsetNext > (bronze.get(partitionName(head)) ?? head.offsetStart))
    .map((head) => {
      const offset = bronze.get(partitionName(head)) ?? head.offsetStart;
      const words = `the lake's head of ${partitionName(head)} is ahead of the head of bronze`;
      const at = { topicId: head.topicId, partition: head.partition, offset };
      const actual = { offsetNext: `${head.offsetNext}` };
      return ledgerFinding('ahead-of-table', words, at, { offsetNext: `${offset}` }, actual);
    });
}

function snapshotsMissing(
  committed: readonly LedgerBatch[],
  lake: LakeState,
): readonly CodedFinding[] {
  const byBatch = new Map(
    lake.snapshots.map((snapshot) => [snapshot.summary[batchIdProperty], snapshot]),
  );
  const ancestry = ancestorsOf(lake);
  const appends = committed.filter((batch) => batch.kind === 'append' && rowsOf(batch) > 0n);
  const oldestSeen = appends.findIndex((batch) => byBatch.has(batch.batch));
  const from = ancestry.complete ? 0 : Math.max(oldestSeen, 0);
  return appends.slice(from).flatMap((batch) => {
    const snapshot = byBatch.get(batch.batch);
    const facts = { batch: batch.batch, rows: `${rowsOf(batch)}` };
    if (snapshot === undefined) {
      const words = `batch ${batch.batch} is committed, and no snapshot carries its id`;
      return [ledgerFinding('silent-no-commit', words, firstOf(batch), facts, {})];
    }
    if (ancestry.ids.has(snapshot.snapshotId)) return [];
    const words = `batch ${batch.batch} is committed, and its snapshot does not lead to the current one`;
    const actual = { snapshotId: `${snapshot.snapshotId}` };
    return [ledgerFinding('ahead-of-table', words, firstOf(batch), facts, actual)];
  });
}

const rowsOf = (batch: LedgerBatch) => batch.ranges.reduce((sum, r) => sum + r.digest.rows, 0n);

function firstOf(batch: LedgerBatch) {
  const [range] = batch.ranges;
  if (range === undefined) return null;
  return { topicId: range.topicId, partition: range.partition, offset: range.offsetFirst };
}

/**
 * The current snapshot and its ancestors; `complete` when they reach back to the first commit of
 * the table.
 */
function ancestorsOf(lake: LakeState): { ids: ReadonlySet<bigint>; complete: boolean } {
  const byId = new Map<bigint, LakeSnapshot>(lake.snapshots.map((s) => [s.snapshotId, s]));
  const ids = new Set<bigint>();
  if (lake.currentSnapshotId === null) return { ids, complete: true };
  let at = byId.get(lake.currentSnapshotId);
  while (at !== undefined && !ids.has(at.snapshotId)) {
    ids.add(at.snapshotId);
    if (at.parentId === null) return { ids, complete: true };
    at = byId.get(at.parentId);
  }
  return { ids, complete: false };
}
