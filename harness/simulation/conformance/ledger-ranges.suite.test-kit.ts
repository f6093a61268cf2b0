/**
 * Conformance of ranges and heads: opened at the head by the owner, closed once, never changed.
 *
 * Registered by `ledger.suite.test-kit.ts` for the simulated and for the real database.
 */
import { describe, expect, test } from 'vitest';
import type { ClosedRange, IntentRange, Lease } from '../../../src/pipeline/ports/ledger.ts';
import {
  afterShortMs,
  closeRanges,
  closing,
  type EachGround,
  keyOf,
  leaseOf,
  opening,
  outcome,
  partitionAt,
  shortMs,
  take,
} from './ledger-ground.test-kit.ts';

const key = keyOf(0);

export function rangeSuite(ground: EachGround): void {
  const advance = (lease: Lease, step: { open?: IntentRange; close?: ClosedRange }) =>
    outcome(ground().ledger.advance(lease, key, step));
  const head = () => ground().ledger.head(key, 777n);
  const intent = () => ground().ledger.intent(key);

  describe('heads', () => {
    test('a head begins where the partition was first seen, and stays', async () => {
      expect(await ground().ledger.head(key, 40n)).toBe(40n);
      expect(await ground().ledger.head(key, 90n)).toBe(40n);
      expect(await ground().ledger.head(keyOf(1), 90n)).toBe(90n);
    });

    test('a head of 63 bits keeps every digit', async () => {
      const start = 2n ** 62n + 1n;
      const lease = await partitionAt(ground(), 0, start);
      const open = opening(0, start, 3, start + 9n);
      expect(await advance(lease, { open })).toBe('done');
      expect(await intent()).toEqual(open);
      expect(await advance(lease, { close: closing(open) })).toBe('done');
      expect(await head()).toBe(start + 10n);
    });

    test('nobody moves a head back', async () => {
      await closeRanges(ground(), await partitionAt(ground(), 0), 0, [10]);
      expect(await outcome(ground().outsider.setHead('bronze', key, 9n))).toBe('refused');
      expect(await head()).toBe(10n);
    });
  });

  describe('opening a range', () => {
    test('the open range can be read by everybody, and the head waits for its end', async () => {
      const lease = await partitionAt(ground(), 0, 100n);
      expect(await intent()).toBe(null);
      const open = opening(0, 100, 4, 120n);
      expect(await advance(lease, { open })).toBe('done');
      expect(await intent()).toEqual(open);
      expect(await head()).toBe(100n);
    });

    test('a range begins at the head: not before, not behind, not without one', async () => {
      const homeless = await take(ground(), leaseOf(0));
      expect(await advance(homeless, { open: opening(0, 0, 1) })).toBe('conflict');
      const lease = await partitionAt(ground(), 0, 100n);
      expect(await advance(lease, { open: opening(0, 99, 1) })).toBe('conflict');
      expect(await advance(lease, { open: opening(0, 101, 1) })).toBe('conflict');
      expect(await intent()).toBe(null);
    });

    test('one range at a time, whoever asks', async () => {
      const lease = await partitionAt(ground(), 0);
      const open = opening(0, 0, 10);
      expect(await advance(lease, { open })).toBe('done');
      expect(await advance(lease, { open })).toBe('conflict');
      const newer = await ground().ledger.fence(lease);
      expect(await advance(newer, { open: opening(0, 0, 5) })).toBe('conflict');
      expect(await intent()).toEqual(open);
    });

    test('of two requests at once, one opens its range', async () => {
      const lease = await partitionAt(ground(), 0);
      const ranges = [opening(0, 0, 3), opening(0, 0, 4)];
      const ends = await Promise.all(ranges.map((open) => advance(lease, { open })));
      expect([...ends].sort()).toEqual(['conflict', 'done']);
      expect(await intent()).toEqual(ranges[ends.indexOf('done')]);
    });

    test('an old epoch opens nothing, nor does who never had the lease', async () => {
      const stranger = { name: leaseOf(0), holder: 'stranger', epoch: 1n };
      await ground().ledger.head(key, 0n);
      expect(await advance(stranger, { open: opening(0, 0, 1) })).toBe('fenced');
      const lease = await partitionAt(ground(), 0);
      await ground().ledger.fence(lease);
      expect(await advance(lease, { open: opening(0, 0, 1) })).toBe('fenced');
      expect(await advance(lease, { open: opening(0, 5, 1) })).toBe('fenced');
      expect(await advance(lease, { open: opening(0, 0, 9, 3n) })).toBe('fenced');
      expect(await intent()).toBe(null);
    });

    test('a lease that expired still opens until somebody takes it: time alone decides nothing', async () => {
      await ground().ledger.head(key, 0n);
      const lease = (await ground().ledger.acquire(leaseOf(0), 'a', shortMs))!;
      await ground().wait(afterShortMs);
      const open = opening(0, 0, 10);
      expect(await advance(lease, { open })).toBe('done');
      await take(ground(), leaseOf(0), 'b');
      expect(await advance(lease, { close: closing(open) })).toBe('fenced');
    });

    test.each([
      { what: 'ends before it begins', open: opening(0, 0, 0, -1n), code: 'refused' },
      { what: 'has more records than offsets', open: opening(0, 0, 11, 9n), code: 'refused' },
      { what: 'has fewer records than none', open: opening(0, 0, -1, 9n), code: 'refused' },
      { what: 'is full', open: opening(0, 0, 10, 9n), code: 'done' },
      { what: 'is all holes', open: opening(0, 0, 0, 9n), code: 'done' },
      { what: 'is one offset', open: opening(0, 0, 1, 0n), code: 'done' },
    ])('a range that $what: $code', async ({ open, code }) => {
      expect(await advance(await partitionAt(ground(), 0), { open })).toBe(code);
      expect(await intent()).toEqual(code === 'done' ? open : null);
    });
  });

  describe('closing a range', () => {
    test('the head moves behind the range, holes and all', async () => {
      const lease = await partitionAt(ground(), 0, 5n);
      const open = opening(0, 5, 3, 14n);
      await advance(lease, { open });
      expect(await advance(lease, { close: closing(open, 1) })).toBe('done');
      expect(await head()).toBe(15n);
      expect(await intent()).toBe(null);
    });

    test('closed and opened in one step, or neither', async () => {
      const lease = await partitionAt(ground(), 0);
      const [first, second] = [opening(0, 0, 10), opening(0, 10, 10)];
      await advance(lease, { open: first });
      const close = closing(first);
      const tooFar = opening(0, 11, 1);
      expect(await advance(lease, { close, open: tooFar })).toBe('conflict');
      const tooMany = opening(0, 10, 11, 19n);
      expect(await advance(lease, { close, open: tooMany })).toBe('refused');
      expect([await intent(), await head()]).toEqual([first, 0n]);
      const badClose = { ...close, deadLetters: { rows: 1n, sum: 0n } };
      expect(await advance(lease, { close: badClose, open: second })).toBe('refused');
      expect([await intent(), await head()]).toEqual([first, 0n]);
      expect(await advance(lease, { close, open: second })).toBe('done');
      expect([await intent(), await head()]).toEqual([second, 10n]);
    });

    test('an empty step is a step', async () => {
      expect(await advance(await partitionAt(ground(), 0), {})).toBe('done');
    });

    test('bronze and dead letters together are all its records, no more and no less', async () => {
      const lease = await partitionAt(ground(), 0);
      const open = opening(0, 0, 10);
      await advance(lease, { open });
      for (const [bronze, dead] of [
        [10n, 1n],
        [8n, 1n],
      ] as const) {
        const close = {
          ...open,
          bronze: { rows: bronze, sum: 1n },
          deadLetters: { rows: dead, sum: 1n },
        };
        expect(await advance(lease, { close })).toBe('refused');
      }
      expect([await intent(), await head()]).toEqual([open, 0n]);
      expect(await advance(lease, { close: closing(open, 10) })).toBe('done');
    });

    test('twice is once: what is closed is no open range any more', async () => {
      const lease = await partitionAt(ground(), 0);
      const open = opening(0, 0, 10);
      await advance(lease, { open });
      const close = closing(open);
      expect(await advance(lease, { close })).toBe('done');
      expect(await advance(lease, { close })).toBe('conflict');
      expect(await advance(lease, { close: closing(opening(0, 10, 1)) })).toBe('conflict');
      expect(await head()).toBe(10n);
    });

    test('an old epoch closes nothing; its heir closes what it left open', async () => {
      const old = await partitionAt(ground(), 0);
      const open = opening(0, 0, 10);
      await advance(old, { open });
      await ground().ledger.release(old);
      const heir = await take(ground(), leaseOf(0), 'heir');
      const next = opening(0, 10, 1);
      expect(await advance(old, { close: closing(open) })).toBe('fenced');
      expect(await advance(old, { close: closing(open), open: next })).toBe('fenced');
      expect([await intent(), await head()]).toEqual([open, 0n]);
      expect(await advance(heir, { close: closing(open) })).toBe('done');
      // Which of the two is told first does not matter to anybody, but it is the same everywhere.
      expect(await advance(old, { close: closing(open) })).toBe('conflict');
    });

    test('a head that somebody moved is not closed over', async () => {
      const lease = await partitionAt(ground(), 0);
      const open = opening(0, 0, 10);
      await advance(lease, { open });
      await ground().outsider.setHead('bronze', key, 4n);
      expect(await advance(lease, { close: closing(open) })).toBe('conflict');
      expect(await head()).toBe(4n);
    });

    test('partitions do not know each other', async () => {
      const leases = [await partitionAt(ground(), 0), await partitionAt(ground(), 1)] as const;
      await advance(leases[0], { open: opening(0, 0, 10) });
      const other = opening(1, 0, 5);
      await ground().ledger.advance(leases[1], keyOf(1), { open: other });
      await ground().ledger.advance(leases[1], keyOf(1), { close: closing(other) });
      expect([await head(), await ground().ledger.head(keyOf(1), 0n)]).toEqual([0n, 5n]);
      const wrong = ground().ledger.advance(leases[0], keyOf(1), { open: opening(1, 5, 5) });
      expect(await outcome(wrong)).toBe(leases[0].epoch === leases[1].epoch ? 'done' : 'fenced');
    });
  });
}
