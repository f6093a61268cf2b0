/**
 * Conformance of the catalog: pointer, batch and heads move together or not at all, for the
 * pipeline's own swings and for those of a stock writer.
 *
 * Registered by `ledger.suite.test-kit.ts` for the simulated and for the real database.
 */
import { describe, expect, test } from 'vitest';
import { errorCode } from '../../../src/pipeline/errors.ts';
import type { Batch } from '../../../src/pipeline/ports/lake.ts';
import {
  closeRanges,
  type EachGround,
  keyOf,
  lakeLease,
  lakeWith,
  outcome,
  partitionAt,
  table,
  take,
  topicId,
} from './ledger-ground.test-kit.ts';

const allRows = 1_000_000;

export function swingSuite(ground: EachGround): void {
  const freeze = async (lease: Awaited<ReturnType<typeof take>>, base = 'base-0') =>
    (await ground().ledger.freeze(lease, table, base, allRows))!;
  const swing = (batch: Batch, to: string) => outcome(ground().catalog.swing(batch, to));
  const pointer = () => ground().catalog.pointer(table);
  const state = (batch: Batch) => ground().ledger.batchState(batch);
  const outsider = (from: string, to: string, epoch: bigint | null) =>
    ground()
      .outsider.swing(table, from, to, epoch)
      .then((matched) => (matched ? 'done' : 'lost race'), errorCode);

  describe('tables', () => {
    test('a table is registered once; who comes second changes nothing', async () => {
      expect(await pointer()).toBe(null);
      await ground().catalog.create(table, 'base-0');
      await ground().catalog.create(table, 'base-other');
      expect(await pointer()).toBe('base-0');
      expect(await ground().catalog.pointer({ ...table, name: 'other' })).toBe(null);
    });

    test('a leased table is neither dropped nor made by a stock writer', async () => {
      await take(ground(), lakeLease);
      expect(await outcome(ground().outsider.create(table, 'base-x'))).toBe('refused');
      await ground().catalog.create(table, 'base-0');
      expect(await outcome(ground().outsider.create(table, 'base-x'))).toBe('refused');
      expect(await outcome(ground().outsider.drop(table))).toBe('refused');
      expect(await pointer()).toBe('base-0');
    });

    test('a table without a lease is nobody’s business', async () => {
      await ground().outsider.create(table, 'base-0');
      expect(await outcome(ground().outsider.create(table, 'base-0'))).toBe('conflict');
      expect(await outsider('base-0', 'base-1', null)).toBe('done');
      expect(await outsider('base-0', 'base-2', null)).toBe('lost race');
      expect(await outsider('base-0', 'base-2', 5n)).toBe('conflict');
      expect(await pointer()).toBe('base-1');
      await ground().outsider.drop(table);
      expect(await pointer()).toBe(null);
    });
  });

  describe('a swing', () => {
    test('moves pointer, batch and heads together', async () => {
      const lease = await lakeWith(ground(), [[5], [6]]);
      const batch = await freeze(lease);
      expect(await swing(batch, 'base-1')).toBe('done');
      expect([await pointer(), await state(batch)]).toEqual(['base-1', 'committed']);
      expect(await ground().ledger.openBatch(table)).toBe(null);
      expect(await ground().ledger.freeze(lease, table, 'base-1', allRows)).toBe(null);
      await closeRanges(ground(), await take(ground(), `ingest:${topicId}:1`), 1, [3]);
      const next = await freeze(lease, 'base-1');
      expect(next.ranges).toMatchObject([{ partition: 1, offsetFirst: 6n, offsetLast: 8n }]);
      expect(await swing(next, 'base-2')).toBe('done');
    });

    test('of maintenance moves the pointer and no head', async () => {
      const lease = await lakeWith(ground(), [[5]]);
      const batch = await ground().ledger.freezeMaintenance(lease, table, 'base-0');
      expect(await swing(batch, 'base-1')).toBe('done');
      expect([await pointer(), await state(batch)]).toEqual(['base-1', 'committed']);
      expect((await freeze(lease, 'base-1')).ranges).toMatchObject([{ offsetFirst: 0n }]);
    });

    test('sent twice takes effect once, and the second one is told', async () => {
      const batch = await freeze(await lakeWith(ground(), [[5]]));
      expect(await swing(batch, 'base-1')).toBe('done');
      expect(await swing(batch, 'base-1')).toBe('conflict');
      expect(await swing(batch, 'base-2')).toBe('conflict');
      expect(await pointer()).toBe('base-1');
    });

    test('of an old epoch comes to nothing', async () => {
      const lease = await lakeWith(ground(), [[5]]);
      const batch = await freeze(lease);
      const newer = await ground().ledger.fence(lease);
      expect(await swing(batch, 'base-1')).toBe('fenced');
      const again = await ground().ledger.reopen(newer, batch, 'base-0');
      expect(await swing(batch, 'base-1')).toBe('fenced');
      expect([await pointer(), await state(batch)]).toEqual(['base-0', 'open']);
      expect(await swing(again, 'base-1')).toBe('done');
    });

    test('in the right epoch needs an open batch of this epoch', async () => {
      const lease = await lakeWith(ground(), [[5]]);
      const batch = await freeze(lease);
      const newer = await ground().ledger.fence(lease);
      expect(await swing({ ...batch, epoch: newer.epoch }, 'base-1')).toBe('conflict');
      expect([await pointer(), await state(batch)]).toEqual(['base-0', 'open']);
    });

    test('commits the batch that it names and no other', async () => {
      const batch = await freeze(await lakeWith(ground(), [[5]]));
      expect(await swing({ ...batch, batchId: 'another' }, 'base-1')).toBe('conflict');
      expect([await pointer(), await state(batch)]).toEqual(['base-0', 'open']);
    });

    test('from where the pointer is not comes to nothing, and the lost race is told first', async () => {
      const lease = await lakeWith(ground(), [[5]]);
      const batch = await freeze(lease);
      expect(await swing({ ...batch, base: 'base-x' }, 'base-1')).toBe('conflict');
      await ground().ledger.fence(lease);
      expect(await swing({ ...batch, base: 'base-x' }, 'base-1')).toBe('conflict');
      const elsewhere = { ...batch, table: { ...table, name: 'none' } };
      expect(await swing(elsewhere, 'base-1')).toBe('conflict');
      expect(await pointer()).toBe('base-0');
    });

    test('from another base than the ledger knows comes to nothing', async () => {
      const lease = await lakeWith(ground(), [[5]]);
      const batch = await freeze(lease);
      await ground().ledger.reopen(lease, batch, 'base-x');
      expect(await swing(batch, 'base-1')).toBe('conflict');
      expect([await pointer(), await state(batch)]).toEqual(['base-0', 'open']);
    });

    test('whose ranges do not begin at the heads of the table comes to nothing', async () => {
      const batch = await freeze(await lakeWith(ground(), [[5], [5]]));
      await ground().outsider.setHead(lakeLease, keyOf(1), 2n);
      expect(await swing(batch, 'base-1')).toBe('conflict');
      expect([await pointer(), await state(batch)]).toEqual(['base-0', 'open']);
      await ground().outsider.setHead(lakeLease, keyOf(1), 5n);
      expect(await swing(batch, 'base-1')).toBe('conflict');
      expect(await outcome(ground().outsider.setHead(lakeLease, keyOf(1), 0n))).toBe('refused');
    });

    test('never goes to a location that was swung to before', async () => {
      const lease = await lakeWith(ground(), [[5]]);
      await swing(await freeze(lease), 'base-1');
      await closeRanges(ground(), await take(ground(), `ingest:${topicId}:0`), 0, [5]);
      const next = await freeze(lease, 'base-1');
      expect(await swing(next, 'base-1')).toBe('conflict');
      expect(await state(next)).toBe('open');
      expect(await swing(next, 'base-2')).toBe('done');
    });
  });

  describe('a fence and a swing at once', () => {
    test('whoever is first, the answer is the truth and the old epoch is over', async () => {
      const lease = await lakeWith(ground(), [[5]]);
      const batch = await freeze(lease);
      const [swung, fenced] = await Promise.all([
        swing(batch, 'base-1'),
        ground().ledger.fence(lease),
      ]);
      const committed = { done: 'committed', fenced: 'open' }[swung];
      expect(await state(batch)).toBe(committed);
      expect(await pointer()).toBe(swung === 'done' ? 'base-1' : 'base-0');
      expect(fenced.epoch).toBeGreaterThan(lease.epoch);
      expect(await swing(batch, 'base-2')).not.toBe('done');
    });

    test('of two swings of one batch, one takes effect', async () => {
      const batch = await freeze(await lakeWith(ground(), [[5]]));
      const ends = await Promise.all(['base-1', 'base-2'].map((to) => swing(batch, to)));
      expect([...ends].sort()).toEqual(['conflict', 'done']);
      expect(await pointer()).toBe(['base-1', 'base-2'][ends.indexOf('done')]);
    });
  });

  describe('a stock writer', () => {
    test('without an epoch is refused a leased table', async () => {
      const batch = await freeze(await lakeWith(ground(), [[5]]));
      expect(await outsider('base-0', 'stock-1', null)).toBe('fenced');
      expect([await pointer(), await state(batch)]).toEqual(['base-0', 'open']);
    });

    test('that lost the race is told so: quietly without an epoch, loudly with one', async () => {
      const lease = await lakeWith(ground(), [[5]]);
      expect(await outsider('base-x', 'stock-1', null)).toBe('lost race');
      expect(await outsider('base-x', 'stock-1', lease.epoch)).toBe('conflict');
    });

    test('with the epoch of the lease commits the open batch, as Spark does for us', async () => {
      const lease = await lakeWith(ground(), [[5]]);
      expect(await outsider('base-0', 'stock-1', lease.epoch)).toBe('conflict');
      const batch = await freeze(lease);
      expect(await outsider('base-0', 'stock-1', lease.epoch - 1n)).toBe('fenced');
      expect(await outsider('base-0', 'stock-1', lease.epoch)).toBe('done');
      expect([await pointer(), await state(batch)]).toEqual(['stock-1', 'committed']);
      expect(await ground().ledger.freeze(lease, table, 'stock-1', allRows)).toBe(null);
    });

    test('whose batch was given up commits no other one', async () => {
      const lease = await lakeWith(ground(), [[5]]);
      const given = await ground().ledger.freezeMaintenance(lease, table, 'base-0');
      const newer = await ground().ledger.fence(lease);
      await ground().ledger.voidBatch(newer, given);
      const batch = await freeze(newer);
      expect(await outsider('base-0', 'late-1', lease.epoch)).toBe('fenced');
      expect([await pointer(), await state(batch)]).toEqual(['base-0', 'open']);
    });
  });

  test('another table is another lease', async () => {
    const other = { ...table, name: 'other' };
    await closeRanges(ground(), await partitionAt(ground(), 0), 0, [5]);
    const leases = [
      await take(ground(), lakeLease),
      await take(ground(), 'lake.cold.other'),
    ] as const;
    await ground().catalog.create(table, 'base-0');
    await ground().catalog.create(other, 'other-0');
    const first = await freeze(leases[0]);
    const second = (await ground().ledger.freeze(leases[1], other, 'other-0', allRows))!;
    expect(second.ranges).toEqual(first.ranges);
    expect(await swing(second, 'other-1')).toBe('done');
    expect([await pointer(), await ground().catalog.pointer(other)]).toEqual(['base-0', 'other-1']);
    expect(await state(first)).toBe('open');
  });
}
