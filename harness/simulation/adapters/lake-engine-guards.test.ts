/**
 * What each guard of the simulated lake engine prevents.
 *
 * The promises of a healthy engine are the conformance suite's. Here every mechanism is switched
 * off once and the damage is looked at; with the mechanism on, the same steps leave none.
 */
import { describe, expect, test } from 'vitest';
import { MemoryCatalog } from '../../../src/pipeline/adapters/iceberg/testing/memory-catalog.ts';
import { errorCode } from '../../../src/pipeline/errors.ts';
import type { Batch } from '../../../src/pipeline/ports/lake.ts';
import type { Logger } from '../../../src/pipeline/ports/logger.ts';
import type { HistoryFact } from '../../checkers/history/history.ts';
import { blockOf, trades } from '../conformance/hot-store-blocks.test-kit.ts';
import { directRemote } from '../remote.ts';
import { HotStoreMachine } from '../stores/hot-store-machine.ts';
import { Warehouse } from '../stores/warehouse.ts';
import { type EngineGuard, engineGuards } from '../stores/warehouse-guards.ts';
import { createSimulatedEngine } from './lake-engine.ts';

const silent: Logger = { debug() {}, info() {}, warn() {}, error() {} };
const table = { catalog: 'lake', namespace: 'cold', name: 't' };
const span = (first: bigint, last: bigint) => ({
  topicId: 't',
  partition: 0,
  offsetFirst: first,
  offsetLast: last,
});

async function ground(off?: EngineGuard) {
  const facts: HistoryFact[] = [];
  const observe = (fact: HistoryFact) => void facts.push(fact);
  const hotStore = new HotStoreMachine({ observe, deduplicationWindow: 10 });
  const block = blockOf(trades(0n, 60), { topicId: 't' });
  hotStore.finishInsert(hotStore.beginInsert('bronze', block, 1n, 'a', 'one'));
  const warehouse = new Warehouse(observe);
  const catalog = new MemoryCatalog();
  const engine = createSimulatedEngine({
    warehouse,
    hotStore,
    catalog,
    remote: directRemote,
    process: 'one',
    logger: silent,
    snapshotsKeptMin: 2,
    manifestsMergeMin: 3,
    guards: off === undefined ? {} : { [off]: false },
  });
  await engine.ensureTable(table);
  const pointer = () => catalog.pointers.get('lake.cold.t')!;
  const batch = (batchId: string, first: bigint, last: bigint): Batch => {
    const range = span(first, last);
    const ranges = [{ ...range, digest: hotStore.inspect(range).bronze.digest }];
    return { table, batchId, epoch: 1n, kind: 'append', base: pointer(), ranges };
  };
  const append = (batchId: string, first: bigint, last: bigint) =>
    codeOf(engine.append(batch(batchId, first, last)));
  const maintain = () =>
    codeOf(engine.maintain({ ...batch('m', 0n, 0n), kind: 'maintenance', ranges: [] }));
  const current = () => warehouse.describeVersion(pointer()).snapshot!;
  /** Rows that a reader gets, or the code of why there are none. */
  const rows = () => {
    try {
      return warehouse.readTable(pointer()).length;
    } catch (error) {
      return errorCode(error);
    }
  };
  /** Snapshots that the table still has and that no reader can read. */
  const unreadable = () =>
    warehouse.version(pointer()).snapshots.filter((one) => {
      try {
        warehouse.readSnapshot(one);
        return false;
      } catch {
        return true;
      }
    }).length;
  return { warehouse, catalog, engine, batch, append, maintain, current, rows, unreadable };
}

type Ground = Awaited<ReturnType<typeof ground>>;

const codeOf = (attempt: Promise<unknown>) =>
  attempt.then(
    () => 'done',
    (error: unknown) => errorCode(error),
  );

/** Steps, and what they leave with the guard on and with it off. */
const bugs: Readonly<
  Record<EngineGuard, readonly [(on: Ground) => Promise<unknown>, unknown, unknown]>
> = {
  proof: [
    async ({ warehouse, append, rows }) => {
      await append('a', 0n, 9n);
      warehouse.tearNext(3);
      return [await append('b', 10n, 19n), rows()];
    },
    ['digest-mismatch', 10],
    ['done', 13],
  ],
  'known-batch': [
    async ({ append, rows }) => [await append('a', 0n, 9n), await append('a', 0n, 9n), rows()],
    ['done', 'table-invalid', 10],
    ['done', 'done', 20],
  ],
  'abort-honoured': [
    async ({ engine, batch }) => codeOf(engine.append(batch('a', 0n, 9n), AbortSignal.abort())),
    'interrupted',
    'done',
  ],
  'files-left-in-doubt': [
    async ({ catalog, append, rows }) => {
      catalog.faultNext = 'lost-after';
      return [await append('a', 0n, 9n), rows()];
    },
    ['unknown-outcome', 10],
    ['unknown-outcome', 'table-invalid'],
  ],
  'asks-before-removal': [
    async ({ catalog, append, rows }) => {
      catalog.faultNext = 'lying-conflict';
      return [await append('a', 0n, 9n), rows()];
    },
    ['conflict', 10],
    ['conflict', 'table-invalid'],
  ],
  'fresh-names': [
    async ({ engine, batch, rows }) => {
      const same = batch('a', 0n, 9n);
      return [await codeOf(engine.append(same)), await codeOf(engine.append(same)), rows()];
    },
    ['done', 'conflict', 10],
    ['done', 'conflict', 'table-invalid'],
  ],
  'frozen-ranges': [
    async ({ append }) => [await append('a', 0n, 9n), await append('b', 10n, 19n)],
    ['done', 'done'],
    ['done', 'digest-mismatch'],
  ],
  'carries-files': [
    async ({ append, rows }) => [await append('a', 0n, 9n), await append('b', 10n, 19n), rows()],
    ['done', 'done', 20],
    ['done', 'done', 10],
  ],
  'names-files-once': [
    async ({ append, rows }) => [await append('a', 0n, 9n), rows()],
    ['done', 10],
    ['done', 20],
  ],
  'parent-right': [
    async ({ append, current }) => {
      await append('a', 0n, 9n);
      await append('b', 10n, 19n);
      return current().parentId === null;
    },
    false,
    true,
  ],
  'sequence-rises': [
    async ({ append, current }) => {
      await append('a', 0n, 9n);
      await append('b', 10n, 19n);
      return current().sequenceNumber;
    },
    2,
    0,
  ],
  'rows-claimed': [
    async ({ append, current }) => {
      await append('a', 0n, 9n);
      await append('b', 10n, 14n);
      return current().rowsClaimed;
    },
    15,
    10,
  ],
  'deletes-after-swing': [
    async ({ catalog, append, maintain, unreadable }) => {
      for (const i of [0n, 10n, 20n, 30n]) await append(`${i}`, i, i + 9n);
      catalog.faultNext = 'conflict';
      return [await maintain(), unreadable()];
    },
    ['conflict', 0],
    ['conflict', 2],
  ],
  'deletes-unreachable': [
    async ({ append, maintain, unreadable }) => {
      for (const i of [0n, 10n, 20n, 30n, 40n]) await append(`${i}`, i, i + 9n);
      return [await maintain(), unreadable()];
    },
    ['done', 0],
    ['done', 1],
  ],
};

describe('planted bugs', () => {
  test.each(Object.entries(engineGuards))('%s: %s', async (name) => {
    const guard = name as EngineGuard;
    const [steps, clean, broken] = bugs[guard];
    expect(clean).not.toEqual(broken);
    expect(await steps(await ground())).toEqual(clean);
    expect(await steps(await ground(guard))).toEqual(broken);
  });
});
