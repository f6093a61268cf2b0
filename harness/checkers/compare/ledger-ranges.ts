/**
 * G5, ranges and heads: the ranges of a partition lie end to end from the start, and every head
 * stands where its ranges end.
 *
 * A hole between ranges is a `range-gap`: offsets that nobody answers for. Two ranges over one
 * offset are `overlapping-ranges`. A head below what is closed went back (`head-regression`). A
 * head beyond it claims offsets that no range (bronze) or no committed batch (lake) covers:
 * `range-gap` and `silent-no-commit`.
 */
import type { LedgerHead, LedgerRange, LedgerState } from '../stores/ledger.ts';
import { rangeName } from '../stores/ledger.ts';
import type { CodedFinding } from './finding-log.ts';
import { ledgerFinding } from './ledger-finding.ts';
import { type PartitionName, partitionName, spansByPartition } from './offset-spans.ts';

const bronzeLayer = 'bronze';

export function checkRanges(ledger: LedgerState): readonly CodedFinding[] {
  const starts = new Map(bronzeHeads(ledger).map((h) => [partitionName(h), h.offsetStart]));
  return [...spansByPartition(ledger.ranges)].flatMap(([name, ranges]) =>
    contiguous(ranges, starts.get(name) ?? ranges[0]!.offsetFirst),
  );
}

const bronzeHeads = (ledger: LedgerState) => ledger.heads.filter((h) => h.layer === bronzeLayer);

function contiguous(ranges: readonly LedgerRange[], start: bigint): readonly CodedFinding[] {
  const found: CodedFinding[] = [];
  let next = start;
  for (const range of ranges) {
    const at = { topicId: range.topicId, partition: range.partition, offset: next };
    const actual = { range: rangeName(range) };
    if (range.offsetFirst > next) {
      const words = `no range covers offsets ${next} to ${range.offsetFirst - 1n} before ${rangeName(range)}`;
      found.push(ledgerFinding('range-gap', words, at, { offsetFirst: `${next}` }, actual));
    }
    if (range.offsetFirst < next) {
      const first = { ...at, offset: range.offsetFirst };
      const words = `${rangeName(range)} begins below ${next}, where the ranges before it end`;
      found.push(
        ledgerFinding('overlapping-ranges', words, first, { offsetFirst: `${next}` }, actual),
      );
    }
    if (range.offsetLast >= next) next = range.offsetLast + 1n;
  }
  return found;
}

export function checkHeads(ledger: LedgerState): readonly CodedFinding[] {
  const closed = spansByPartition(ledger.ranges.filter((range) => range.state === 'done'));
  const batches = ledger.batches.filter((batch) => batch.state === 'committed');
  const committed = spansByPartition(batches.flatMap((batch) => batch.ranges));
  const lakeHeads = ledger.heads.filter((head) => head.layer === ledger.lakeLease);
  return [
    ...bronzeHeads(ledger).flatMap((head) => headWrong(head, closed, 'range-gap', 'closed range')),
    ...headsWithoutRow(ledger, closed),
    ...lakeHeads.flatMap((head) =>
      headWrong(head, committed, 'silent-no-commit', 'committed batch'),
    ),
  ];
}

type Ends = ReadonlyMap<PartitionName, ReadonlyArray<{ readonly offsetLast: bigint }>>;

function headWrong(
  head: LedgerHead,
  covered: Ends,
  aheadCode: 'range-gap' | 'silent-no-commit',
  what: string,
): readonly CodedFinding[] {
  const end = (covered.get(partitionName(head)) ?? []).reduce(
    (max, { offsetLast }) => (offsetLast >= max ? offsetLast + 1n : max),
    head.offsetStart,
  );
  if (head.offsetNext === end) return [];
  const back = head.offsetNext < end;
  const offset = back ? head.offsetNext : end;
  const at = { topicId: head.topicId, partition: head.partition, offset };
  const name = `head of ${head.layer} ${partitionName(head)}`;
  const words = back
    ? `the ${name} is ${head.offsetNext}, below ${end}, where the last ${what} ends`
    : `the ${name} is ${head.offsetNext}, and no ${what} covers offsets from ${end} on`;
  const expected = { offsetNext: end.toString() };
  const actual = { offsetNext: head.offsetNext.toString() };
  return [ledgerFinding(back ? 'head-regression' : aheadCode, words, at, expected, actual)];
}

/** A partition with closed ranges and no head at all: it went back to nothing. */
function headsWithoutRow(
  ledger: LedgerState,
  closed: ReadonlyMap<PartitionName, readonly LedgerRange[]>,
): readonly CodedFinding[] {
  const known = new Set(bronzeHeads(ledger).map(partitionName));
  return [...closed]
    .filter(([name]) => !known.has(name))
    .map(([name, ranges]) => {
      const last = ranges.at(-1)!;
      const at = { topicId: last.topicId, partition: last.partition, offset: last.offsetLast };
      const expected = { offsetNext: (last.offsetLast + 1n).toString() };
      return ledgerFinding(
        'head-regression',
        `${name} has closed ranges and no head`,
        at,
        expected,
        {},
      );
    });
}
