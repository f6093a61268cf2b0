/**
 * The algebra of offsets: ranges that lie end to end, spans that are found again, totals that add
 * up, and checks that name exactly what was broken.
 *
 * A healthy partition is cut at random; then one thing is done to it, and the checkers must say
 * that thing, with its offsets, and nothing else. Naive searches stand beside the fast ones.
 */
import fc from 'fast-check';
import { describe, expect } from 'vitest';
import { closedRange, healthyLedger } from '../harness/checkers/compare/ledger.test-kit.ts';
import { checkHeads, checkRanges } from '../harness/checkers/compare/ledger-ranges.ts';
import { topicId } from '../harness/checkers/compare/memory-layer.test-kit.ts';
import {
  partitionName,
  spanAt,
  spansByPartition,
} from '../harness/checkers/compare/offset-spans.ts';
import { PartitionTotals } from '../harness/checkers/compare/partition-totals.ts';
import type { LayerRow } from '../harness/checkers/layer.ts';
import { rangeName as checkersName, type LedgerState } from '../harness/checkers/stores/ledger.ts';
import { type OffsetRange, rangeName, rangeSpan } from '../src/pipeline/model/range.ts';
import { seededTests } from './seeded.ts';

const seededTest = seededTests(import.meta.filename);

const offset = fc.oneof(fc.bigInt({ min: 0n, max: 40n }), fc.bigInt({ min: 0n, max: 2n ** 62n }));
const range: fc.Arbitrary<OffsetRange> = fc
  .record({
    topicId: fc.uuid(),
    partition: fc.nat({ max: 2 ** 31 - 1 }),
    offsetFirst: offset,
    length: fc.oneof(fc.bigInt({ min: 1n, max: 40n }), fc.bigInt({ min: 1n, max: 2n ** 62n })),
  })
  .map(({ length, ...one }) => ({ ...one, offsetLast: one.offsetFirst + length - 1n }));

describe('one range', () => {
  seededTest(
    'cut anywhere, the spans of its parts add up to its own',
    fc.property(
      range,
      fc.array(fc.bigInt({ min: 0n, max: 2n ** 62n }), { maxLength: 8 }),
      (whole, at) => {
        const cuts = at.map((one) => whole.offsetFirst + (one % rangeSpan(whole)));
        const starts = [...new Set([whole.offsetFirst, ...cuts])].sort((a, b) => (a < b ? -1 : 1));
        const parts = starts.map((offsetFirst, i) => {
          const offsetLast = (starts[i + 1] ?? whole.offsetLast + 1n) - 1n;
          return { ...whole, offsetFirst, offsetLast };
        });
        expect(parts.every((part) => rangeSpan(part) >= 1n)).toBe(true);
        expect(parts.reduce((sum, part) => sum + rangeSpan(part), 0n)).toBe(rangeSpan(whole));
      },
    ),
    { runs: 500 },
  );

  seededTest(
    'is named the same by the pipeline and the checkers, and the name tells all of it',
    fc.property(range, (one) => {
      expect(checkersName(one)).toBe(rangeName(one));
      const [, topic, partition, first, last] = /^([^/]+)\/(\d+):(\d+)-(\d+)$/.exec(
        rangeName(one),
      )!;
      expect({
        topicId: topic,
        partition: Number(partition),
        offsetFirst: BigInt(first!),
        offsetLast: BigInt(last!),
      }).toEqual(one);
    }),
    { runs: 300 },
  );
});

/** Lengths of spans and of the holes before them, of one of three partitions each. */
const layout = fc.array(
  fc.record({
    partition: fc.nat({ max: 2 }),
    hole: fc.nat({ max: 3 }),
    length: fc.integer({ min: 1, max: 6 }),
  }),
  { maxLength: 20 },
);

describe('spans of offsets', () => {
  seededTest(
    'the span of an offset is the one that a search through all of them finds, in any order',
    fc.property(layout, fc.nat({ max: 60 }), fc.nat(), (pieces, wanted, turn) => {
      const next = [0, 0, 0];
      const spans = pieces.map(({ partition, hole, length }) => {
        const first = next[partition]! + hole;
        next[partition] = first + length;
        return {
          topicId,
          partition,
          offsetFirst: BigInt(first),
          offsetLast: BigInt(first + length - 1),
        };
      });
      const at = spans.length === 0 ? 0 : turn % spans.length;
      const grouped = spansByPartition([...spans.slice(at), ...spans.slice(0, at)].toReversed());
      for (const partition of [0, 1, 2]) {
        const key = partitionName({ topicId, partition });
        const naive = spans.find(
          (one) =>
            one.partition === partition && one.offsetFirst <= wanted && wanted <= one.offsetLast,
        );
        expect(spanAt(grouped.get(key) ?? [], BigInt(wanted))).toEqual(naive ?? null);
      }
    }),
    { runs: 500 },
  );
});

const lengths = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 12 });

/** A ledger whose partition 0 is closed in ranges of these lengths, from `start` on. */
function ledgerOf(parts: readonly number[], start: number): LedgerState {
  let next = start;
  const ranges = parts.map((length) => {
    next += length;
    return closedRange(next - length, next - 1);
  });
  const head = { layer: 'bronze', topicId, partition: 0, offsetStart: BigInt(start) };
  return {
    ...healthyLedger(),
    ranges,
    batches: [],
    heads: [{ ...head, offsetNext: BigInt(next) }],
  };
}

const findings = (ledger: LedgerState) => [...checkRanges(ledger), ...checkHeads(ledger)];
const said = (ledger: LedgerState) =>
  findings(ledger).map((one) => `${one.code} at ${one.identity?.offset}`);

describe('ranges that lie end to end', () => {
  seededTest(
    'are healthy however a partition is cut and wherever its log begins',
    fc.property(lengths, fc.nat({ max: 1_000 }), (parts, start) => {
      expect(findings(ledgerOf(parts, start))).toEqual([]);
    }),
    { runs: 300 },
  );

  seededTest(
    'a range that is gone is one gap, from its first offset',
    fc.property(lengths, fc.nat(), fc.nat({ max: 1_000 }), (parts, which, start) => {
      const whole = ledgerOf(parts, start);
      const at = which % parts.length;
      const gone = whole.ranges[at]!;
      const ranges = whole.ranges.filter((one) => one !== gone);
      // The last range leaves no hole between ranges: then the head stands too far.
      expect(said({ ...whole, ranges })).toEqual([`range-gap at ${gone.offsetFirst}`]);
    }),
    { runs: 300 },
  );

  seededTest(
    'a range that reaches back is one overlap, at the offset where it begins',
    fc.property(lengths, fc.nat(), fc.integer({ min: 1, max: 5 }), (parts, which, back) => {
      const whole = ledgerOf(parts, 100);
      const at = which % parts.length;
      fc.pre(at > 0 && parts[at - 1]! > back);
      const ranges = whole.ranges.map((one, i) =>
        i === at ? { ...one, offsetFirst: one.offsetFirst - BigInt(back) } : one,
      );
      expect(said({ ...whole, ranges })).toEqual([
        `overlapping-ranges at ${ranges[at]!.offsetFirst}`,
      ]);
    }),
    { runs: 300 },
  );

  seededTest(
    'the same range twice is one overlap, at its first offset',
    fc.property(lengths, fc.nat(), (parts, which) => {
      const whole = ledgerOf(parts, 0);
      const twice = whole.ranges[which % parts.length]!;
      expect(said({ ...whole, ranges: [...whole.ranges, { ...twice }] })).toEqual([
        `overlapping-ranges at ${twice.offsetFirst}`,
      ]);
    }),
    { runs: 300 },
  );

  seededTest(
    'a head anywhere else is named: back is a regression, ahead is a gap that nobody covers',
    fc.property(lengths, fc.integer({ min: -30, max: 30 }), (parts, off) => {
      const whole = ledgerOf(parts, 100);
      const [head] = whole.heads;
      const moved = { ...head!, offsetNext: head!.offsetNext + BigInt(off) };
      const end = head!.offsetNext;
      const expected =
        off === 0
          ? []
          : off < 0
            ? [`head-regression at ${moved.offsetNext}`]
            : [`range-gap at ${end}`];
      expect(said({ ...whole, heads: [moved] })).toEqual(expected);
    }),
    { runs: 300 },
  );
});

describe('totals of a partition', () => {
  const row = fc.record({
    partition: fc.nat({ max: 2 }),
    offset: fc.bigInt({ min: 0n, max: 2n ** 62n }),
    hash: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  });
  const rowOf = (one: { partition: number; offset: bigint; hash: bigint }): LayerRow => ({
    kind: 'trade',
    topicId,
    fields: {},
    ...one,
  });
  const totalOf = (rows: readonly LayerRow[]) => {
    const totals = new PartitionTotals();
    totals.addRows(rows);
    return totals;
  };

  seededTest(
    'are the same in one piece and in pieces added up in any order',
    fc.property(fc.array(row, { maxLength: 30 }), fc.array(fc.nat({ max: 3 })), (drawn, pieces) => {
      const rows = drawn.map(rowOf);
      const groups = Map.groupBy(rows, (_row) => pieces[rows.indexOf(_row)] ?? 0);
      const joined = new PartitionTotals();
      for (const group of [...groups.values()].toReversed()) joined.addAll(totalOf(group));
      const whole = totalOf(rows);
      expect(joined.partitions).toEqual(whole.partitions);
      expect([joined.rows, joined.sum]).toEqual([whole.rows, whole.sum]);
      expect(whole.rows).toBe(BigInt(rows.length));
      const sum = rows.reduce((total, one) => total + one.hash, 0n);
      expect(whole.sum).toBe(BigInt.asUintN(64, sum));
      for (const { partition, offsetFirst, offsetLast } of whole.partitions) {
        const offsets = rows.filter((one) => one.partition === partition).map((one) => one.offset);
        const sorted = offsets.sort((a, b) => (a < b ? -1 : 1));
        expect([offsetFirst, offsetLast]).toEqual([sorted[0], sorted.at(-1)]);
      }
    }),
    { runs: 200 },
  );
});
