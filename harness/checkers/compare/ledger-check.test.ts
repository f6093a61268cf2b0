import { describe, expect, test } from 'vitest';
import type { LakeState } from '../lake/lake-state.ts';
import { type LedgerRange, type LedgerState, rangeName } from '../stores/ledger.ts';
import {
  closedRange,
  committedBatch,
  contentsOf,
  healthyLedger,
  lakeLease,
  lakeWith,
  snapshotOf,
} from './ledger.test-kit.ts';
import { checkLedger } from './ledger-check.ts';

const healthy = healthyLedger();
const healthyLake = lakeWith([snapshotOf(1), snapshotOf(2)]);

/** `code offset` of every finding. */
function findings(
  ledger: LedgerState,
  lake: LakeState | null = healthyLake,
  contents = contentsOf(healthy),
): readonly string[] {
  const result = checkLedger(ledger, contents, lake);
  return [...result.findings, ...result.fencing].map(
    (f) => `${f.code} ${f.identity?.offset ?? '-'}`,
  );
}

const withRanges = (...ranges: readonly LedgerRange[]): LedgerState => ({ ...healthy, ranges });
const [first, second, third, intent] = healthy.ranges as [
  LedgerRange,
  LedgerRange,
  LedgerRange,
  LedgerRange,
];
const withHead = (layer: string, offsetNext: bigint): LedgerState => ({
  ...healthy,
  heads: healthy.heads.map((head) => (head.layer === layer ? { ...head, offsetNext } : head)),
});

test('a healthy ledger with an open intent has no finding, and the intent is listed', () => {
  const result = checkLedger(healthy, contentsOf(healthy), healthyLake);
  expect([...result.findings, ...result.fencing]).toEqual([]);
  expect(result.openIntents).toEqual([intent]);
  expect(findings(healthy, null)).toEqual([]);
});

describe('ranges and heads', () => {
  test('offsets that no range answers for are a range gap', () => {
    const gap = { ...second, offsetFirst: 12n };
    const contents = contentsOf(withRanges(gap));
    const ledger = { ...withRanges(first, gap, third, intent), batches: [] };
    const heads = withHead(lakeLease, 0n).heads;
    expect(findings({ ...ledger, heads, pointer: null }, null, contents)).toEqual(['range-gap 10']);
  });

  test('two ranges over the same offsets overlap', () => {
    const overlapping = closedRange(15, 24, 2);
    const rest = { ...third, offsetFirst: 25n };
    const ledger = withRanges(first, second, overlapping, rest, intent);
    expect(findings(ledger)).toEqual(['overlapping-ranges 15']);
  });

  test('a first range behind the recorded start of the partition is a gap', () => {
    const started = healthy.heads.map((head) => ({ ...head, offsetStart: 0n }));
    const ledger = { ...withRanges(second, third, intent), heads: started, batches: [] };
    const heads = withHead(lakeLease, 0n).heads;
    expect(findings({ ...ledger, heads }, null)).toEqual(['range-gap 0']);
  });

  test('a topic that was taken up in the middle has no gap', () => {
    const heads = healthy.heads.map((head) => ({ ...head, offsetStart: 10n }));
    const ledger = { ...withRanges(second, third, intent), heads, batches: [healthy.batches[1]!] };
    expect(findings(ledger, lakeWith([{ ...snapshotOf(2), parentId: null }]))).toEqual([]);
  });

  test('a head below what is closed went back', () => {
    expect(findings(withHead('bronze', 20n))).toEqual(['head-regression 20']);
    expect(findings(withHead(lakeLease, 10n))).toEqual(['head-regression 10']);
  });

  test('closed ranges without any head went back to nothing', () => {
    const heads = healthy.heads.filter((head) => head.layer !== 'bronze');
    expect(findings({ ...healthy, heads })).toContain('head-regression 29');
  });

  test('a head beyond every closed range claims a gap', () => {
    expect(findings(withHead('bronze', 35n))).toEqual(['range-gap 30']);
  });

  test('a lake head beyond every committed batch is a silent no-commit', () => {
    expect(findings(withHead(lakeLease, 25n))).toEqual(['silent-no-commit 20']);
  });

  test('a lake head beyond the head of bronze is ahead of its table', () => {
    const ledger = withHead('bronze', 15n);
    expect(findings({ ...ledger, ranges: [first, closedRange(10, 14)] })).toContain(
      'ahead-of-table 15',
    );
  });
});

describe('contents', () => {
  const changed = (range: LedgerRange, change: Partial<ReturnType<typeof content>>) =>
    new Map(contentsOf(healthy)).set(rangeName(range), { ...content(range), ...change });
  const content = (range: LedgerRange) => ({
    bronze: range.bronze!,
    deadLetters: range.deadLetters!,
  });

  test('another sum over the same number of rows names the range', () => {
    const contents = changed(second, { bronze: { ...second.bronze!, sum: 1n } });
    expect(findings(healthy, healthyLake, contents)).toEqual(['digest-mismatch 10']);
  });

  test('a dead letter too few names the range', () => {
    const contents = changed(third, { deadLetters: { rows: 1n, sum: 7n } });
    expect(findings(healthy, healthyLake, contents)).toEqual(['digest-mismatch 20']);
  });

  test('a closed range of which nothing is there was never written', () => {
    const nothing = { rows: 0n, sum: 0n };
    const contents = changed(second, { bronze: nothing, deadLetters: nothing });
    expect(findings(healthy, healthyLake, contents)).toEqual(['silent-no-commit 10']);
  });

  test('a closed range that the log left empty holds nothing, rightly', () => {
    const nothing = { rows: 0n, sum: 0n };
    const empty = { ...third, rows: 0n, bronze: nothing, deadLetters: nothing };
    const ledger = withRanges(first, second, empty, intent);
    expect(findings(ledger, healthyLake, contentsOf(ledger))).toEqual([]);
  });

  test('a range closed with fewer records than were read is a mismatch', () => {
    const short = { ...third, rows: 11n };
    expect(findings(withRanges(first, second, short, intent))).toEqual(['digest-mismatch 20']);
  });

  test('what an open intent holds is not judged', () => {
    const contents = changed(third, {}).set(rangeName(intent), {
      bronze: { rows: 3n, sum: 4n },
      deadLetters: { rows: 0n, sum: 0n },
    });
    expect(findings(healthy, healthyLake, contents)).toEqual([]);
  });
});

describe('batches', () => {
  test('a batch with another digest than the ranges it froze is named', () => {
    const wrong = committedBatch(2, [{ ...second, bronze: { rows: 8n, sum: 9n } }]);
    expect(findings({ ...healthy, batches: [healthy.batches[0]!, wrong] })).toEqual([
      'digest-mismatch 10',
    ]);
  });

  test('a committed batch without its snapshot is a silent no-commit', () => {
    const lake = lakeWith([snapshotOf(1)]);
    expect(findings(healthy, lake)).toEqual(['silent-no-commit 10']);
  });

  test('a committed batch whose snapshot has expired is ordinary', () => {
    const lake = lakeWith([snapshotOf(2)]);
    expect(findings(healthy, lake)).toEqual([]);
  });

  test('a batch without trades needs no snapshot', () => {
    const dead = { ...second, rows: 2n, bronze: { rows: 0n, sum: 0n } };
    const ledger = { ...withRanges(first, dead, third, intent) };
    const batches = [healthy.batches[0]!, committedBatch(2, [dead])];
    const contents = contentsOf(ledger);
    expect(findings({ ...ledger, batches }, lakeWith([snapshotOf(1)]), contents)).toEqual([]);
  });

  test('a table that was rolled back behind the ledger is ahead-of-table', () => {
    const rolledBack = { ...healthyLake, currentSnapshotId: 101n };
    expect(findings(healthy, rolledBack)).toEqual(['ahead-of-table 10']);
  });

  test('a pointer at an older place is ahead-of-table', () => {
    const older = 'file:///lake/metadata/00001.metadata.json';
    expect(findings({ ...healthy, pointer: older })).toEqual(['ahead-of-table -']);
    expect(findings({ ...healthy, pointer: null }, null)).toEqual(['ahead-of-table -']);
  });
});

describe('epochs', () => {
  test('a range closed under an older epoch behind a newer one is a zombie', () => {
    const ledger = withRanges(first, { ...second, epoch: 5n }, third, intent);
    expect(findings(ledger)).toEqual(['zombie-commit 20']);
  });

  test('a batch committed under an older epoch after a newer one is a zombie', () => {
    const batches = healthy.batches.map((b, i) => ({ ...b, epoch: i === 0 ? 9n : 8n }));
    expect(findings({ ...healthy, batches })).toEqual(['zombie-commit -']);
  });

  test('a snapshot that belongs to no committed batch is a zombie', () => {
    const foreign = lakeWith([snapshotOf(1), snapshotOf(2), snapshotOf(3, null)]);
    expect(findings(healthy, foreign)).toEqual(['zombie-commit -']);
    const unknown = lakeWith([snapshotOf(1), snapshotOf(2), snapshotOf(3, 'batch-x')]);
    expect(findings(healthy, unknown)).toEqual(['zombie-commit -']);
  });

  test('a maintenance snapshot that only replaces files is no zombie', () => {
    const replaced = { ...snapshotOf(3, null), operation: 'replace' };
    expect(findings(healthy, lakeWith([snapshotOf(1), snapshotOf(2), replaced]))).toEqual([]);
  });
});
