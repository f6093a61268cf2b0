/**
 * Conformance of batches: what is frozen, opened again and given up, and by whom.
 *
 * Registered by `ledger.suite.test-kit.ts` for the simulated and for the real database.
 */
import { describe, expect, test } from 'vitest';
import type { Batch } from '../../../src/pipeline/ports/lake.ts';
import type { Lease } from '../../../src/pipeline/ports/ledger.ts';
import {
  closeRanges,
  closing,
  type EachGround,
  keyOf,
  lakeLease,
  lakeWith,
  opening,
  outcome,
  partitionAt,
  table,
  take,
  topicId,
} from './ledger-ground.test-kit.ts';

const allRows = 1_000_000;
const spans = (batch: Batch | null) =>
  batch?.ranges.map((r) => [r.partition, Number(r.offsetFirst), Number(r.offsetLast)]) ?? null;

export function batchSuite(ground: EachGround): void {
  const freeze = (lease: Lease, rows = allRows) =>
    ground().ledger.freeze(lease, table, 'base-0', rows);

  describe('freezing', () => {
    test('a batch holds what is closed, one range a partition, with the sum of rows and digests', async () => {
      const big = 2n ** 64n - 5n;
      const partition = await partitionAt(ground(), 0, 10n);
      for (const [first, sum] of [
        [10, big],
        [20, 9n],
      ] as const) {
        const open = opening(0, first, 8, BigInt(first) + 9n);
        await ground().ledger.advance(partition, keyOf(0), { open });
        const close = closing(open, 2, sum);
        await ground().ledger.advance(partition, keyOf(0), { close });
      }
      const lease = await lakeWith(ground(), []);
      const batch = await freeze(lease);
      expect(batch).toEqual({
        table,
        batchId: expect.stringMatching(/./),
        epoch: lease.epoch,
        kind: 'append',
        base: 'base-0',
        ranges: [
          {
            topicId,
            partition: 0,
            offsetFirst: 10n,
            offsetLast: 29n,
            digest: { rows: 12n, sum: 4n },
          },
        ],
      });
      expect(await ground().ledger.openBatch(table)).toEqual(batch);
      expect(await ground().ledger.batchState(batch!)).toBe('open');
    });

    test('nothing closed, nothing frozen; an open range does not count', async () => {
      const lease = await lakeWith(ground(), [[]]);
      expect(await freeze(lease)).toBe(null);
      const partition = await take(ground(), `ingest:${topicId}:0`);
      await ground().ledger.advance(partition, keyOf(0), { open: opening(0, 0, 10) });
      expect(await freeze(lease)).toBe(null);
      expect(await ground().ledger.openBatch(table)).toBe(null);
    });

    test('an old epoch with nothing to freeze is told so, and that changes nothing', async () => {
      const old = await lakeWith(ground(), [[]]);
      await ground().ledger.fence(old);
      expect(await freeze(old)).toBe(null);
    });

    test.each([
      {
        what: 'all',
        closed: [[5, 5], [5]],
        rowsMax: 15,
        taken: [
          [0, 0, 9],
          [1, 0, 4],
        ],
      },
      {
        what: 'the first round always',
        closed: [[50], [50]],
        rowsMax: 1,
        taken: [
          [0, 0, 49],
          [1, 0, 49],
        ],
      },
      {
        what: 'whole rounds',
        closed: [
          [5, 5],
          [5, 5],
        ],
        rowsMax: 10,
        taken: [
          [0, 0, 4],
          [1, 0, 4],
        ],
      },
      {
        what: 'a part of a round',
        closed: [
          [5, 5],
          [5, 5],
        ],
        rowsMax: 15,
        taken: [
          [0, 0, 9],
          [1, 0, 4],
        ],
      },
      {
        what: 'nothing behind a range that is too large',
        closed: [
          [5, 9, 1],
          [5, 1, 1],
        ],
        rowsMax: 12,
        taken: [
          [0, 0, 4],
          [1, 0, 4],
        ],
      },
      {
        what: 'one partition far ahead',
        closed: [[1, 1, 1, 1], [1]],
        rowsMax: 4,
        taken: [
          [0, 0, 2],
          [1, 0, 0],
        ],
      },
      {
        what: 'ranges of holes',
        closed: [
          [0, 5],
          [0, 0, 0],
        ],
        rowsMax: 5,
        taken: [
          [0, 0, 5],
          [1, 0, 2],
        ],
      },
      {
        what: 'no holes behind what is too large',
        closed: [[3, 3, 0], []],
        rowsMax: 3,
        taken: [[0, 0, 2]],
      },
    ])('rounds take $what', async ({ closed, rowsMax, taken }) => {
      const lease = await lakeWith(ground(), closed);
      expect(spans(await freeze(lease, rowsMax))).toEqual(taken);
    });

    test('one open batch a table', async () => {
      const lease = await lakeWith(ground(), [[5]]);
      const batch = await freeze(lease);
      expect(await outcome(freeze(lease))).toBe('conflict');
      const more = ground().ledger.freezeMaintenance(lease, table, 'base-0');
      expect(await outcome(more)).toBe('conflict');
      expect(await ground().ledger.openBatch(table)).toEqual(batch);
    });

    test('an old epoch opens no batch, open one or not', async () => {
      const old = await lakeWith(ground(), [[5]]);
      const lease = await ground().ledger.fence(old);
      const maintenance = () => ground().ledger.freezeMaintenance(old, table, 'base-0');
      expect(await outcome(freeze(old))).toBe('fenced');
      expect(await outcome(maintenance())).toBe('fenced');
      await freeze(lease);
      expect(await outcome(freeze(old))).toBe('fenced');
      expect(await outcome(maintenance())).toBe('fenced');
    });

    test('who never had the lease opens no batch', async () => {
      await closeRanges(ground(), await partitionAt(ground(), 0), 0, [5]);
      const stranger = { name: lakeLease, holder: 'stranger', epoch: 1n };
      expect(await outcome(freeze(stranger))).toBe('fenced');
    });

    test('maintenance has no ranges', async () => {
      const lease = await lakeWith(ground(), [[5]]);
      const batch = await ground().ledger.freezeMaintenance(lease, table, 'base-0');
      expect(batch).toMatchObject({ kind: 'maintenance', ranges: [], epoch: lease.epoch });
      expect(await ground().ledger.openBatch(table)).toEqual(batch);
    });
  });

  describe('opening a batch again', () => {
    test('the same ranges in another epoch and on another base, also when more is closed now', async () => {
      const old = await lakeWith(ground(), [[5], [5]]);
      const batch = (await freeze(old))!;
      await closeRanges(ground(), await take(ground(), `ingest:${topicId}:0`), 0, [7]);
      const lease = await ground().ledger.fence(old);
      const again = await ground().ledger.reopen(lease, batch, 'base-9');
      expect(again).toEqual({ ...batch, epoch: lease.epoch, base: 'base-9' });
      expect(await ground().ledger.openBatch(table)).toEqual(again);
      expect(await outcome(ground().ledger.reopen(lease, again, 'base-10'))).toBe('done');
    });

    test('an old epoch opens nothing again, not even its own batch', async () => {
      const old = await lakeWith(ground(), [[5]]);
      const batch = (await freeze(old))!;
      const lease = await ground().ledger.fence(old);
      expect(await outcome(ground().ledger.reopen(old, batch, 'base-9'))).toBe('fenced');
      expect(await ground().ledger.openBatch(table)).toEqual(batch);
      const again = await ground().ledger.reopen(lease, batch, 'base-0');
      expect(await outcome(ground().ledger.reopen(old, again, 'base-9'))).toBe('fenced');
      expect(await ground().ledger.openBatch(table)).toEqual(again);
    });

    test('what is decided or unknown is not opened again, whatever the epoch', async () => {
      const lease = await lakeWith(ground(), [[5]]);
      const batch = (await freeze(lease))!;
      await ground().catalog.swing(batch, 'base-1');
      const newer = await ground().ledger.fence(lease);
      expect(await outcome(ground().ledger.reopen(newer, batch, 'base-1'))).toBe('conflict');
      expect(await outcome(ground().ledger.reopen(lease, batch, 'base-1'))).toBe('conflict');
      const unknown = { ...batch, batchId: 'unknown' };
      expect(await outcome(ground().ledger.reopen(newer, unknown, 'base-1'))).toBe('conflict');
      expect(await ground().ledger.batchState(batch)).toBe('committed');
    });
  });

  describe('giving a batch up', () => {
    test('only in a newer epoch than the one in which it may swing', async () => {
      const lease = await lakeWith(ground(), [[5]]);
      const batch = await ground().ledger.freezeMaintenance(lease, table, 'base-0');
      expect(await outcome(ground().ledger.voidBatch(lease, batch))).toBe('conflict');
      expect(await ground().ledger.batchState(batch)).toBe('open');
      const newer = await ground().ledger.fence(lease);
      expect(await outcome(ground().ledger.voidBatch(lease, batch))).toBe('fenced');
      expect(await outcome(ground().ledger.voidBatch(newer, batch))).toBe('done');
      expect(await ground().ledger.batchState(batch)).toBe('void');
      expect(await ground().ledger.openBatch(table)).toBe(null);
    });

    test('what was frozen in it is frozen by the next one, and its own swing comes to nothing', async () => {
      const lease = await lakeWith(ground(), [[5]]);
      const batch = (await freeze(lease))!;
      const newer = await ground().ledger.fence(lease);
      await ground().ledger.voidBatch(newer, batch);
      expect(await outcome(ground().catalog.swing(batch, 'base-1'))).toBe('fenced');
      const next = (await freeze(newer))!;
      expect(next.ranges).toEqual(batch.ranges);
      expect(next.batchId).not.toBe(batch.batchId);
      const dressed = { ...batch, epoch: newer.epoch };
      expect(await outcome(ground().catalog.swing(dressed, 'base-1'))).toBe('conflict');
      expect(await ground().ledger.openBatch(table)).toEqual(next);
    });

    test('what is decided or unknown stays what it is', async () => {
      const lease = await lakeWith(ground(), [[5]]);
      const batch = (await freeze(lease))!;
      await ground().catalog.swing(batch, 'base-1');
      const newer = await ground().ledger.fence(lease);
      expect(await outcome(ground().ledger.voidBatch(newer, batch))).toBe('conflict');
      expect(await ground().ledger.batchState(batch)).toBe('committed');
      const unknown = { ...batch, batchId: 'unknown' };
      expect(await outcome(ground().ledger.voidBatch(newer, unknown))).toBe('conflict');
      expect(await outcome(ground().ledger.batchState(unknown))).toBe('conflict');
    });
  });
}
