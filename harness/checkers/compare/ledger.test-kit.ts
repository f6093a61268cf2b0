/** A small healthy ledger with its contents and its lake, for tests that then break one thing. */
import type { LakeSnapshot, LakeState } from '../lake/lake-state.ts';
import {
  type LedgerBatch,
  type LedgerRange,
  type LedgerState,
  rangeName,
} from '../stores/ledger.ts';
import type { RangeContent } from '../stores/range-contents.ts';
import { topicId } from './memory-layer.test-kit.ts';

export const lakeLease = 'lake.cold.bronze_trades_binance';

/** Two of ten records are dead letters. */
export function closedRange(first: number, last: number, epoch = 1): LedgerRange {
  const rows = BigInt(last - first + 1);
  return {
    topicId,
    partition: 0,
    offsetFirst: BigInt(first),
    offsetLast: BigInt(last),
    state: 'done',
    epoch: BigInt(epoch),
    owner: `owner-${epoch}`,
    rows,
    bronze: { rows: rows - 2n, sum: BigInt(1_000 + first) },
    deadLetters: { rows: 2n, sum: BigInt(5_000 + first) },
    intentAt: 1,
    doneAt: 2,
  };
}

export function committedBatch(number: number, ranges: readonly LedgerRange[]): LedgerBatch {
  const sums = ranges.map((range) => range.bronze!);
  return {
    batch: `batch-${number}`,
    epoch: 3n,
    kind: 'append',
    base: `file:///lake/metadata/0000${number - 1}.metadata.json`,
    state: 'committed',
    newLocation: `file:///lake/metadata/0000${number}.metadata.json`,
    at: number,
    ranges: [
      {
        topicId,
        partition: 0,
        offsetFirst: ranges[0]!.offsetFirst,
        offsetLast: ranges.at(-1)!.offsetLast,
        digest: {
          rows: sums.reduce((total, d) => total + d.rows, 0n),
          sum: sums.reduce((total, d) => total + d.sum, 0n),
        },
      },
    ],
  };
}

/**
 * Three closed ranges (0-9, 10-19, 20-29) and an open intent in bronze; two of them in two batches
 * of the lake.
 */
export function healthyLedger(): LedgerState {
  const ranges = [closedRange(0, 9), closedRange(10, 19), closedRange(20, 29, 2)];
  const intent: LedgerRange = {
    ...closedRange(30, 39, 2),
    state: 'intent',
    bronze: null,
    deadLetters: null,
    doneAt: null,
  };
  const head = { topicId, partition: 0, offsetStart: 0n };
  return {
    topicId,
    ranges: [...ranges, intent],
    heads: [
      { ...head, layer: 'bronze', offsetNext: 30n },
      { ...head, layer: lakeLease, offsetNext: 20n },
    ],
    lakeLease,
    batches: [committedBatch(1, [ranges[0]!]), committedBatch(2, [ranges[1]!])],
    pointer: 'file:///lake/metadata/00002.metadata.json',
  };
}

export function contentsOf(ledger: LedgerState): Map<string, RangeContent> {
  const nothing = { rows: 0n, sum: 0n };
  return new Map(
    ledger.ranges.map((range) => [
      rangeName(range),
      { bronze: range.bronze ?? nothing, deadLetters: range.deadLetters ?? nothing },
    ]),
  );
}

export function snapshotOf(number: number, batch: string | null = `batch-${number}`): LakeSnapshot {
  return {
    snapshotId: BigInt(100 + number),
    parentId: number === 1 ? null : BigInt(99 + number),
    sequenceNumber: BigInt(number),
    timestampMs: number,
    operation: 'append',
    summary: batch === null ? {} : { 'tidemark.batch-id': batch },
    manifestList: `file:///lake/metadata/snap-${number}.avro`,
    manifests: [],
  };
}

export function lakeWith(snapshots: readonly LakeSnapshot[]): LakeState {
  const last = snapshots.at(-1)!;
  return {
    metadataLocation: 'file:///lake/metadata/00002.metadata.json',
    location: 'file:///lake',
    formatVersion: 2,
    currentSnapshotId: last.snapshotId,
    lastSequenceNumber: last.sequenceNumber,
    columns: [],
    specs: new Map(),
    snapshots,
    references: new Map([['main', last.snapshotId]]),
    manifests: new Map(),
    metadataLog: [],
    unreadable: [],
  };
}
