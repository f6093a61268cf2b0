/**
 * Compares two layers: digests per bucket of offsets first, records only where digests differ.
 *
 * Equal means equal rows, equal sum and equal ends of a bucket; anything else is looked at record
 * by record and ends in names. Both layers are compared up to the head that the ledger gives for
 * the actual one. A row of the actual layer at or behind its head is a phantom, unless an open
 * intent covers it. Memory holds the digests of both layers, the rows of one bucket and the
 * findings of one ledger range. When two digests differ and no record does, the readers contradict
 * themselves and the comparison fails instead of passing.
 */

import type { RowKind } from '../layer.ts';
import { type BucketDigest, bucketOffsets, type LayerReader, type LayerRow } from '../layer.ts';
import { compareRows, type RowDifference } from './compare-rows.ts';
import { FindingLog } from './finding-log.ts';
import {
  type OffsetSpan,
  type PartitionName,
  partitionName,
  spanAt,
  spansByPartition,
} from './offset-spans.ts';
import { PartitionTotals } from './partition-totals.ts';
import { type ClosedSpan, RangeTally } from './range-tally.ts';
import { type RowFindingCode, rowFinding } from './row-finding.ts';

export interface CompareOptions {
  /**
   * First offset that is not closed in the actual layer, per partition; without it both layers are
   * compared to their ends.
   */
  readonly heads?: ReadonlyMap<PartitionName, bigint>;
  /**
   * Ranges that the ledger has closed, with the rows of this kind: tells late duplicates and torn
   * batches from single ones.
   */
  readonly closedSpans?: readonly ClosedSpan[];
  /**
   * Spans at or behind the head of a partition that are being written, asked for after rows there
   * were read: such rows are neither right nor wrong yet. Without it every row behind the head is a
   * phantom.
   */
  readonly spansBehindHead?: (
    key: { topicId: string; partition: number },
    head: bigint,
  ) => Promise<readonly OffsetSpan[]>;
  /** Where findings go; give the same one to several comparisons to bound them together. */
  readonly findings?: FindingLog;
  readonly onProgress?: (rows: number) => void;
}

export interface Comparison {
  readonly findings: FindingLog;
  readonly partitions: number;
  readonly buckets: number;
  /** Buckets whose digests differ, or that a head cuts. */
  readonly bucketsOpened: number;
  /** What was compared of each side: up to the heads, and without rows in open spans. */
  readonly expected: PartitionTotals;
  readonly actual: PartitionTotals;
}

/** Rejects when a reader fails, or when digests differ and the rows do not. */
export async function compareLayers(
  expected: LayerReader,
  actual: LayerReader,
  kind: RowKind,
  options: CompareOptions = {},
): Promise<Comparison> {
  const findings = options.findings ?? new FindingLog();
  const [expectedDigests, actualDigests] = [
    await expected.digest(kind, options.onProgress),
    await actual.digest(kind, options.onProgress),
  ];
  const closed = spansByPartition(options.closedSpans ?? []);
  const partitions = pairBuckets(expectedDigests, actualDigests);
  const covered = { expected: new PartitionTotals(), actual: new PartitionTotals() };
  let buckets = 0;
  let bucketsOpened = 0;
  for (const [name, pairs] of partitions) {
    const emit = (code: RowFindingCode, row: RowDifference, span: OffsetSpan | null = null) =>
      findings.add(code, () => rowFinding(actual.name, code, row, span));
    const tally = new RangeTally(closed.get(name) ?? [], emit);
    const head = options.heads === undefined ? null : (options.heads.get(name) ?? 0n);
    for (const pair of pairs) {
      buckets += 1;
      if (settled(pair, head)) {
        if (pair.expected && pair.actual) {
          tally.present(pair.actual.offsetFirst, pair.actual.offsetLast);
          covered.expected.addBucket(pair.expected);
          covered.actual.addBucket(pair.actual);
        }
        continue;
      }
      bucketsOpened += 1;
      const read = await readPair(expected, actual, kind, pair);
      const rows = comparable(read, head, await spansBehind(options, pair, head, read));
      covered.expected.addRows(rows.expected);
      covered.actual.addRows(rows.actual);
      const found = compareBucket(rows, tally, emit);
      if (found === 0 && unexplained(pair, head)) throw contradiction(expected, actual, pair);
    }
    tally.finish();
  }
  return { findings, partitions: partitions.size, buckets, bucketsOpened, ...covered };
}

interface BucketPair {
  readonly topicId: string;
  readonly partition: number;
  readonly bucket: bigint;
  expected: BucketDigest | null;
  actual: BucketDigest | null;
}

/** Buckets of both layers side by side, in the order of offsets, per partition. */
function pairBuckets(
  expected: readonly BucketDigest[],
  actual: readonly BucketDigest[],
): ReadonlyMap<PartitionName, readonly BucketPair[]> {
  const pairs = new Map<string, BucketPair>();
  const pairOf = ({ topicId, partition, bucket }: BucketDigest): BucketPair => {
    const key = `${topicId}/${partition}/${bucket}`;
    const pair = pairs.get(key) ?? { topicId, partition, bucket, expected: null, actual: null };
    pairs.set(key, pair);
    return pair;
  };
  for (const digest of expected) pairOf(digest).expected = digest;
  for (const digest of actual) pairOf(digest).actual = digest;
  const groups = Map.groupBy(pairs.values(), partitionName);
  for (const group of groups.values()) group.sort((a, b) => (a.bucket < b.bucket ? -1 : 1));
  return groups;
}

function sameDigests(pair: BucketPair): boolean {
  const { expected: a, actual: b } = pair;
  if (a === null || b === null) return a === b;
  return (
    a.rows === b.rows &&
    a.sum === b.sum &&
    a.offsetFirst === b.offsetFirst &&
    a.offsetLast === b.offsetLast
  );
}

/**
 * True when the digests alone decide the bucket: equal below the head, or nothing of the actual
 * layer behind it.
 */
function settled(pair: BucketPair, head: bigint | null): boolean {
  if (head !== null && pair.bucket * bucketOffsets >= head) return pair.actual === null;
  return sameDigests(pair) && (head === null || (pair.actual?.offsetLast ?? 0n) < head);
}

/** Whether differing digests need a finding: a bucket that a head cuts may differ rightly. */
function unexplained(pair: BucketPair, head: bigint | null): boolean {
  return head === null || (pair.bucket + 1n) * bucketOffsets <= head;
}

interface RowPair {
  readonly expected: readonly LayerRow[];
  readonly actual: readonly LayerRow[];
}

async function readPair(
  expected: LayerReader,
  actual: LayerReader,
  kind: RowKind,
  pair: BucketPair,
): Promise<RowPair> {
  const first = pair.bucket * bucketOffsets;
  const read = (layer: LayerReader, digest: BucketDigest | null) =>
    digest === null
      ? Promise.resolve([])
      : layer.rows(kind, pair.topicId, pair.partition, first, first + bucketOffsets - 1n);
  return { expected: await read(expected, pair.expected), actual: await read(actual, pair.actual) };
}

async function spansBehind(
  { spansBehindHead }: CompareOptions,
  pair: BucketPair,
  head: bigint | null,
  { actual }: RowPair,
): Promise<readonly OffsetSpan[]> {
  if (head === null || spansBehindHead === undefined) return [];
  if (actual.every((row) => row.offset < head)) return [];
  return await spansBehindHead(pair, head);
}

/**
 * Leaves out what cannot be judged yet: the log from the head on, and rows that an open intent is
 * writing.
 */
function comparable(rows: RowPair, head: bigint | null, open: readonly OffsetSpan[]): RowPair {
  const below = (row: LayerRow) => head === null || row.offset < head;
  return {
    expected: rows.expected.filter(below),
    actual: rows.actual.filter((row) => below(row) || spanAt(open, row.offset) === null),
  };
}

/** Gives the number of differences. */
function compareBucket(
  { expected, actual }: RowPair,
  tally: RangeTally,
  emit: (code: RowFindingCode, row: RowDifference) => void,
): number {
  const difference = compareRows(expected, actual);
  const missing = new Map(difference.missing.map((row) => [row.offset, row]));
  const duplicates = new Map(difference.duplicates.map((row) => [row.offset, row]));
  for (const { offset } of expected) {
    tally.expect(offset, missing.get(offset) ?? null);
    const duplicate = duplicates.get(offset);
    if (duplicate !== undefined) tally.duplicate(duplicate);
  }
  for (const row of difference.phantoms) emit('phantom', row);
  for (const row of difference.altered) emit('altered', row);
  return missing.size + duplicates.size + difference.phantoms.length + difference.altered.length;
}

function contradiction(expected: LayerReader, actual: LayerReader, pair: BucketPair): Error {
  return new Error(
    `${expected.name} (${expected.reader}) and ${actual.name} (${actual.reader}) differ in the digest of ` +
      `${pair.topicId}/${pair.partition} bucket ${pair.bucket} and agree on its rows: ` +
      'one of the readers contradicts itself, or the layer changed while it was read; run it again',
  );
}
