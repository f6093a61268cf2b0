/**
 * Conformance of going back: a database that is restored from an older backup is exactly what it
 * was, and nothing of the line of time that was lost has a say in it.
 *
 * Registered by `ledger.suite.test-kit.ts` for the simulated and for the real database.
 */
import { describe, expect, test } from 'vitest';
import {
  closeRanges,
  closing,
  type EachGround,
  keyOf,
  lakeLease,
  lakeWith,
  leaseOf,
  opening,
  outcome,
  partitionAt,
  table,
  take,
} from './ledger-ground.test-kit.ts';

const allRows = 1_000_000;

export function restoreSuite(ground: EachGround): void {
  describe('a restored database', () => {
    test('is what it was: heads, open range, open batch, pointer', async () => {
      const partition = await partitionAt(ground(), 0);
      await closeRanges(ground(), partition, 0, [5]);
      const open = opening(0, 5, 5);
      await ground().ledger.advance(partition, keyOf(0), { open });
      const lease = await take(ground(), lakeLease);
      await ground().catalog.create(table, 'base-0');
      const batch = (await ground().ledger.freeze(lease, table, 'base-0', allRows))!;
      const look = async () => [
        await ground().ledger.head(keyOf(0), 0n),
        await ground().ledger.intent(keyOf(0)),
        await ground().ledger.openBatch(table),
        await ground().catalog.pointer(table),
        await ground().ledger.batchState(batch),
      ];
      const before = await look();
      expect(before).toEqual([5n, open, batch, 'base-0', 'open']);
      const restore = await ground().backup();
      await ground().ledger.advance(partition, keyOf(0), { close: closing(open) });
      await ground().catalog.swing(batch, 'base-1');
      expect(await look()).toEqual([10n, null, null, 'base-1', 'committed']);
      await restore();
      expect(await look()).toEqual(before);
      expect(await ground().ledger.renew(lease, 1_000)).toBe(true);
    });

    test('refuses an owner whose lease it does not know, as it refuses any old epoch', async () => {
      await closeRanges(ground(), await partitionAt(ground(), 0), 0, [5]);
      await ground().catalog.create(table, 'base-0');
      const restore = await ground().backup();
      const lease = await take(ground(), lakeLease);
      const lost = (await ground().ledger.freeze(lease, table, 'base-0', allRows))!;
      await restore();
      expect(await outcome(ground().catalog.swing(lost, 'base-1'))).toBe('fenced');
      expect(await ground().catalog.pointer(table)).toBe('base-0');
    });

    test('does not know a batch that was opened later', async () => {
      const lease = await lakeWith(ground(), [[5]]);
      const restore = await ground().backup();
      const lost = (await ground().ledger.freeze(lease, table, 'base-0', allRows))!;
      await restore();
      expect(await outcome(ground().ledger.batchState(lost))).toBe('conflict');
      expect(await outcome(ground().ledger.reopen(lease, lost, 'base-0'))).toBe('conflict');
      expect(await outcome(ground().catalog.swing(lost, 'base-1'))).toBe('conflict');
      const again = (await ground().ledger.freeze(lease, table, 'base-0', allRows))!;
      expect(again.ranges).toEqual(lost.ranges);
      expect(again.batchId).not.toBe(lost.batchId);
      expect(await outcome(ground().catalog.swing(lost, 'base-1'))).toBe('conflict');
    });

    test('hands out no epoch again, of leases it knew and of leases it did not', async () => {
      const known = await take(ground(), leaseOf(0), 'a');
      const restore = await ground().backup();
      const lost = new Map<string, bigint[]>();
      for (const name of [leaseOf(0), leaseOf(1)]) {
        const held = await take(ground(), name, 'a');
        const epochs = [held.epoch, (await ground().ledger.fence(held)).epoch];
        lost.set(name, epochs);
      }
      await restore();
      await ground().ledger.release(known);
      for (const [name, epochs] of lost) {
        for (let times = 0; times < 4; times += 1) {
          const lease = await take(ground(), name, 'b');
          expect(epochs.every((epoch) => epoch < lease.epoch)).toBe(true);
        }
      }
    });

    test('lets a zombie of the lost line neither open, nor close, nor freeze, nor swing', async () => {
      const before = await lakeWith(ground(), [[5]]);
      const restore = await ground().backup();
      const zombie = await take(ground(), leaseOf(0), 'owner');
      const zombieLake = await ground().ledger.fence(before);
      const lost = (await ground().ledger.freeze(zombieLake, table, 'base-0', allRows))!;
      await restore();
      await ground().wait(2);
      const heir = await take(ground(), leaseOf(0), 'owner');
      const heirLake = await ground().ledger.fence(before);
      const open = opening(0, 5, 5);
      const { ledger } = ground();
      expect(await outcome(ledger.advance(zombie, keyOf(0), { open }))).toBe('fenced');
      await ledger.advance(heir, keyOf(0), { open });
      const close = closing(open);
      expect(await outcome(ledger.advance(zombie, keyOf(0), { close }))).toBe('fenced');
      expect(await outcome(ledger.freeze(zombieLake, table, 'base-0', allRows))).toBe('fenced');
      const batch = (await ledger.freeze(heirLake, table, 'base-0', allRows))!;
      expect(await outcome(ground().catalog.swing(lost, 'base-1'))).toBe('fenced');
      expect(await ledger.batchState(batch)).toBe('open');
      expect(await ledger.intent(keyOf(0))).toEqual(open);
    });
  });
}
