/**
 * G6, fencing: nothing that an owner with an old epoch did stands behind what a newer epoch did.
 *
 * Epochs of closed ranges never fall along a partition, and epochs of committed batches never fall
 * in the order of their commits. A snapshot that adds or removes rows and carries no batch that the
 * ledger committed came from somebody who was not allowed to swing the pointer. Each of these is a
 * `zombie-commit`.
 */
import type { LakeState } from '../lake/lake-state.ts';
import type { LedgerState } from '../stores/ledger.ts';
import { rangeName } from '../stores/ledger.ts';
import type { CodedFinding } from './finding-log.ts';
import { batchIdProperty } from './ledger-batches.ts';
import { ledgerFinding } from './ledger-finding.ts';
import { spansByPartition } from './offset-spans.ts';

export function checkEpochs(ledger: LedgerState, lake: LakeState | null): readonly CodedFinding[] {
  return [
    ...rangeEpochs(ledger),
    ...batchEpochs(ledger),
    ...(lake === null ? [] : unknownSnapshots(ledger, lake)),
  ];
}

function rangeEpochs(ledger: LedgerState): readonly CodedFinding[] {
  const closed = ledger.ranges.filter((range) => range.state === 'done');
  return [...spansByPartition(closed).values()].flatMap((ranges) => {
    let highest = 0n;
    return ranges.flatMap((range) => {
      if (range.epoch >= highest) {
        highest = range.epoch;
        return [];
      }
      const words = `range ${rangeName(range)} was closed under epoch ${range.epoch}, after epoch ${highest}`;
      const at = { topicId: range.topicId, partition: range.partition, offset: range.offsetFirst };
      const actual = { epoch: `${range.epoch}`, owner: range.owner };
      return [ledgerFinding('zombie-commit', words, at, { epoch: `${highest} or more` }, actual)];
    });
  });
}

function batchEpochs(ledger: LedgerState): readonly CodedFinding[] {
  let highest = 0n;
  return ledger.batches
    .filter((batch) => batch.state === 'committed')
    .flatMap((batch) => {
      if (batch.epoch >= highest) {
        highest = batch.epoch;
        return [];
      }
      const words = `batch ${batch.batch} was committed under epoch ${batch.epoch}, after epoch ${highest}`;
      const expected = { epoch: `${highest} or more` };
      const actual = { batch: batch.batch, epoch: `${batch.epoch}` };
      return [ledgerFinding('zombie-commit', words, null, expected, actual)];
    });
}

/**
 * `replace` rewrites files without changing rows; maintenance by any tool may do that without
 * naming a batch.
 */
const rowChanging = new Set(['append', 'overwrite', 'delete', 'unknown']);

function unknownSnapshots(ledger: LedgerState, lake: LakeState): readonly CodedFinding[] {
  const states = new Map(ledger.batches.map((batch) => [batch.batch, batch.state]));
  return lake.snapshots
    .filter((snapshot) => rowChanging.has(snapshot.operation))
    .flatMap((snapshot) => {
      const batch = snapshot.summary[batchIdProperty];
      const state = batch === undefined ? undefined : states.get(batch);
      if (state === 'committed') return [];
      const words = `snapshot ${snapshot.snapshotId} (${snapshot.operation}) belongs to no committed batch`;
      const actual = {
        snapshotId: `${snapshot.snapshotId}`,
        batch: batch ?? 'none',
        state: state ?? 'unknown',
        rows: snapshot.summary['added-records'] ?? 'unknown',
      };
      return [ledgerFinding('zombie-commit', words, null, null, actual)];
    });
}
