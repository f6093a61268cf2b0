/**
 * Two layers compared: whatever is done to single records, the comparison names exactly these
 * records with exactly these codes, wherever buckets and ledger ranges happen to end.
 *
 * The log is drawn with holes wide enough to spread it over several buckets of 16,384 offsets. What
 * is expected follows from the list of damages alone, by the definitions in range-tally.ts.
 */
import fc from 'fast-check';
import { expect } from 'vitest';
import { compareLayers } from '../harness/checkers/compare/compare-layers.ts';
import {
  memoryLayer,
  topicId,
  tradeRow,
} from '../harness/checkers/compare/memory-layer.test-kit.ts';
import { partitionName } from '../harness/checkers/compare/offset-spans.ts';
import { seededTests } from './seeded.ts';

const seededTest = seededTests(import.meta.filename);

type Damage = 'none' | 'lost' | 'twice' | 'altered' | 'altered-twice';

/** One record: the hole before it, what happens to it, and whether a stray one stands beside it. */
interface Slot {
  readonly hole: number;
  readonly damage: Damage;
  readonly stray: boolean;
}

const slot: fc.Arbitrary<Slot> = fc.record({
  hole: fc.oneof(fc.constant(1), fc.constantFrom(2, 5_000, 16_384)),
  damage: fc.oneof(
    { weight: 3, arbitrary: fc.constant<Damage>('none') },
    { weight: 1, arbitrary: fc.constantFrom<Damage>('lost', 'twice', 'altered', 'altered-twice') },
  ),
  stray: fc.nat({ max: 15 }).map((n) => n === 0),
});
/** Runs of the same damage, so that beginnings, ends and whole ranges are hit and not only points. */
const slots = fc
  .array(fc.tuple(slot, fc.integer({ min: 1, max: 6 })), { minLength: 1, maxLength: 10 })
  .map((runs) => runs.flatMap(([one, times]) => Array.from({ length: times }, () => one)));
const rangeLengths = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 12 });

interface Placed extends Slot {
  readonly offset: number;
}

function place(drawn: readonly Slot[]): Placed[] {
  let offset = -1;
  return drawn.map((one) => {
    offset += one.hole + (one.stray ? 1 : 0);
    return { ...one, offset };
  });
}

/** Records by ledger range; the ones behind the last range are closed by none. */
function byRange(placed: readonly Placed[], lengths: readonly number[]): Placed[][] {
  const ranges: Placed[][] = [];
  let at = 0;
  for (const length of lengths) {
    const records = placed.slice(at, at + length);
    at += length;
    if (records.length > 0) ranges.push(records);
  }
  return ranges;
}

const copies = ({ damage }: Placed) =>
  damage === 'lost' ? 0 : damage === 'twice' || damage === 'altered-twice' ? 2 : 1;
const rowOf = (one: Placed, price?: string) => tradeRow(one.offset, price);

function actualRows(one: Placed) {
  const price = one.damage.startsWith('altered') ? '1.00000000' : undefined;
  const rows = Array.from({ length: copies(one) }, () => rowOf(one, price));
  return one.stray ? [tradeRow(one.offset - 1), ...rows] : rows;
}

/** The codes that the records of one closed range deserve; `whole` is false outside of ranges. */
function codesOf(records: readonly Placed[], whole: boolean): string[] {
  const lost = records.filter((one) => copies(one) === 0);
  const twice = records.filter((one) => copies(one) === 2);
  const isEnd = (some: readonly Placed[]) =>
    some.every((one, i) => one === records[i]) ||
    some.every((one, i) => one === records[records.length - some.length + i]);
  const torn = whole && lost.length >= 2 && lost.length < records.length && isEnd(lost);
  const late = whole && twice.length >= 2 && twice.length === records.length;
  return records.flatMap((one) => [
    ...(one.stray ? [`phantom ${one.offset - 1}`] : []),
    ...(copies(one) === 0 ? [`${torn ? 'torn-batch' : 'missing'} ${one.offset}`] : []),
    ...(copies(one) === 2 ? [`${late ? 'late-duplicate' : 'duplicate'} ${one.offset}`] : []),
    ...(one.damage.startsWith('altered') ? [`altered ${one.offset}`] : []),
  ]);
}

seededTest(
  'every damage is named by its own code and offset, and nothing else is',
  fc.asyncProperty(slots, rangeLengths, fc.boolean(), async (drawn, lengths, withHeads) => {
    const placed = place(drawn);
    const ranges = byRange(placed, lengths);
    const closed = ranges.flat();
    const rest = withHeads ? [] : placed.slice(closed.length);
    const head = BigInt(closed.at(-1)!.offset) + 1n;
    const judged = withHeads ? closed : placed;
    const log = memoryLayer(
      'log',
      placed.map((one) => rowOf(one)),
    );
    const layer = memoryLayer('bronze', judged.flatMap(actualRows));
    const compared = await compareLayers(log, layer, 'trade', {
      closedSpans: ranges.map((records) => ({
        topicId,
        partition: 0,
        offsetFirst: BigInt(records[0]!.offset - (records[0]!.stray ? 1 : 0)),
        offsetLast: BigInt(records.at(-1)!.offset),
        rows: BigInt(records.length),
      })),
      ...(withHeads ? { heads: new Map([[partitionName({ topicId, partition: 0 }), head]]) } : {}),
    });
    const found = compared.findings.findings.map((one) => `${one.code} ${one.identity?.offset}`);
    const expected = [...ranges.flatMap((one) => codesOf(one, true)), ...codesOf(rest, false)];
    expect(found.toSorted()).toEqual(expected.toSorted());
    expect(compared.expected.rows).toBe(BigInt(judged.length));
    expect(compared.actual.rows).toBe(BigInt(judged.flatMap(actualRows).length));
  }),
  { runs: 800 },
);
