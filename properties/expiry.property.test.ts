/**
 * Which snapshots a table forgets: never one that somebody needs, never more when more shall be
 * kept, and nothing at all the second time.
 *
 * The history is drawn with branches, tags, rollbacks and clocks that stand still.
 */
import fc from 'fast-check';
import { describe, expect } from 'vitest';
import { planExpiry, withoutSnapshots } from '../src/pipeline/adapters/iceberg/expiry.ts';
import { newTableMetadata } from '../src/pipeline/adapters/iceberg/new-table.ts';
import {
  currentSnapshot,
  type Snapshot,
  type SnapshotRef,
  type TableMetadata,
} from '../src/pipeline/adapters/iceberg/table-metadata.ts';
import { seededTests } from './seeded.ts';

const seededTest = seededTests(import.meta.filename);

const history = fc.record({
  /** How far back the parent is (1 = the one before; more than there are = none), and the pause. */
  steps: fc.array(
    fc.record({
      back: fc.oneof({ weight: 6, arbitrary: fc.constant(1) }, fc.nat({ max: 4 })),
      pauseMs: fc.constantFrom(0, 1, 1_000),
    }),
    { minLength: 1, maxLength: 14 },
  ),
  current: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.nat({ max: 5 })),
  refs: fc.dictionary(
    fc.stringMatching(/^[a-z]{1,3}$/),
    fc.record({
      type: fc.constantFrom('tag' as const, 'branch' as const),
      at: fc.nat({ max: 16 }),
    }),
    { maxKeys: 3 },
  ),
});
const keptMin = fc.integer({ min: 1, max: 8 });
const ageMs = fc.constantFrom(0, 1, 1_000, 2_500, 1_000_000);

function tableOf({ steps, current, refs }: Drawn): TableMetadata {
  let timeMs = 1_000;
  const snapshots = steps.map(({ back, pauseMs }, i): Snapshot => {
    timeMs += pauseMs;
    const parent = back === 0 || back > i ? undefined : BigInt(i + 1 - back);
    return {
      'snapshot-id': BigInt(i + 1),
      ...(parent === undefined ? {} : { 'parent-snapshot-id': parent }),
      'sequence-number': BigInt(i + 1),
      'timestamp-ms': timeMs,
      'manifest-list': `file:///l${i}`,
      summary: {},
    };
  });
  const currentId = BigInt(Math.max(1, snapshots.length - current));
  const named = Object.entries(refs).map(([name, { type, at }]): [string, SnapshotRef] => [
    name,
    { type, 'snapshot-id': BigInt(at + 1) },
  ]);
  return {
    ...newTableMetadata('file:///w', 'uuid', 0),
    snapshots,
    'snapshot-log': snapshots.map((one) => ({
      'snapshot-id': one['snapshot-id'],
      'timestamp-ms': one['timestamp-ms'],
    })),
    'current-snapshot-id': currentId,
    refs: { ...Object.fromEntries(named), main: { type: 'branch', 'snapshot-id': currentId } },
    statistics: snapshots.map((one) => ({ 'snapshot-id': one['snapshot-id'] })),
  };
}
type Drawn = typeof history extends fc.Arbitrary<infer T> ? T : never;

const nowMs = 10_000;
const plan = (table: TableMetadata, snapshotsKeptMin: number, snapshotAgeMsMax: number) =>
  planExpiry(table, { snapshotsKeptMin, snapshotAgeMsMax }, nowMs);

/** A snapshot with all its ancestors, newest first, straight from the parents. */
function lineOf(table: TableMetadata, id: bigint | undefined): Snapshot[] {
  const one = table.snapshots?.find((known) => known['snapshot-id'] === id);
  if (one === undefined) return [];
  return [one, ...lineOf(table, one['parent-snapshot-id'] ?? undefined)];
}

describe('a table that forgets', () => {
  seededTest(
    'keeps its current snapshot, the newest, the young, and all that a tag or branch leads to',
    fc.property(history, keptMin, ageMs, (drawn, count, age) => {
      const table = tableOf(drawn);
      const gone = new Set(plan(table, count, age));
      const main = lineOf(table, currentSnapshot(table)?.['snapshot-id']);
      const needed = [
        ...main.slice(0, count),
        ...main.filter((one) => age > 0 && nowMs - one['timestamp-ms'] <= age),
        ...Object.entries(table.refs!).flatMap(([name, ref]) => {
          const line = lineOf(table, ref['snapshot-id']);
          return name === 'main' || ref.type === 'tag' ? line.slice(0, 1) : line;
        }),
      ];
      expect(needed.filter((one) => gone.has(one))).toEqual([]);
      const unneeded = main.filter((one) => !needed.includes(one));
      expect(unneeded.filter((one) => !gone.has(one))).toEqual([]);
    }),
    { runs: 500 },
  );

  seededTest(
    'forgets what nobody leads to only when it is older than all that main keeps',
    fc.property(history, keptMin, ageMs, (drawn, count, age) => {
      const table = tableOf(drawn);
      const gone = plan(table, count, age);
      const main = lineOf(table, currentSnapshot(table)?.['snapshot-id']);
      const oldestMs = Math.min(
        ...main
          .filter((one, i) => i < count || (age > 0 && nowMs - one['timestamp-ms'] <= age))
          .map((one) => one['timestamp-ms']),
      );
      const astray = gone.filter((one) => !main.includes(one));
      expect(astray.filter((one) => one['timestamp-ms'] >= oldestMs)).toEqual([]);
    }),
    { runs: 300 },
  );

  seededTest(
    'leaves a whole table: current snapshot, references, log and statistics name what is there',
    fc.property(history, keptMin, ageMs, (drawn, count, age) => {
      const table = tableOf(drawn);
      const expired = plan(table, count, age);
      const left = withoutSnapshots(table, expired);
      const ids = new Set(left.snapshots!.map((one) => one['snapshot-id']));
      expect(left.snapshots!.length + expired.length).toBe(table.snapshots!.length);
      expect(currentSnapshot(left)).toEqual(currentSnapshot(table));
      const known = new Set(table.snapshots!.map((one) => one['snapshot-id']));
      for (const ref of Object.values(left.refs!)) {
        expect(ids.has(ref['snapshot-id'])).toBe(known.has(ref['snapshot-id']));
      }
      expect(left['snapshot-log']!.every((one) => ids.has(one['snapshot-id']))).toBe(true);
      expect(left.statistics!.map((one) => one['snapshot-id'])).toEqual([...ids]);
      expect(left['snapshot-log']!.at(-1)).toEqual(
        ids.has(table.snapshots!.at(-1)!['snapshot-id'])
          ? table['snapshot-log']!.at(-1)
          : undefined,
      );
      expect(plan(left, count, age)).toEqual([]);
    }),
    { runs: 500 },
  );

  seededTest(
    'forgets no more when more is to be kept, and nothing when garbage must stay',
    fc.property(history, keptMin, keptMin, ageMs, ageMs, (drawn, a, b, ageA, ageB) => {
      const table = tableOf(drawn);
      const less = new Set(plan(table, Math.min(a, b), Math.min(ageA, ageB)));
      const more = plan(table, Math.max(a, b), Math.max(ageA, ageB));
      expect(more.filter((one) => !less.has(one))).toEqual([]);
      expect(plan({ ...table, properties: { 'gc.enabled': 'false' } }, 1, 0)).toEqual([]);
    }),
    { runs: 300 },
  );
});
