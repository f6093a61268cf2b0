/**
 * Conformance of leases, members and topics: who may have what, and until when.
 *
 * Registered by `ledger.suite.test-kit.ts` for the simulated and for the real database.
 */
import { describe, expect, test } from 'vitest';
import {
  afterShortMs,
  type EachGround,
  leaseOf,
  longMs,
  outcome,
  shortMs,
  take,
  topicId,
} from './ledger-ground.test-kit.ts';

const name = leaseOf(0);

export function leaseSuite(ground: EachGround): void {
  describe('leases', () => {
    test('a lease is held by one, and nobody else gets it while it lasts', async () => {
      const { ledger } = ground();
      const lease = await take(ground(), name, 'a');
      expect(lease).toMatchObject({ name, holder: 'a' });
      expect(lease.epoch).toBeGreaterThan(0n);
      expect(await ledger.acquire(name, 'b', longMs)).toBe(null);
      expect(await ledger.renew(lease, longMs)).toBe(true);
    });

    test('of many that want it at once, one gets it', async () => {
      const { ledger } = ground();
      const holders = ['a', 'b', 'c', 'd'];
      const got = await Promise.all(holders.map((h) => ledger.acquire(name, h, longMs)));
      expect(got.filter((lease) => lease !== null)).toHaveLength(1);
    });

    test('its holder may acquire it again, in a newer epoch that ends the older one', async () => {
      const { ledger } = ground();
      const first = await take(ground(), name, 'a');
      const second = await take(ground(), name, 'a');
      expect(second.epoch).toBeGreaterThan(first.epoch);
      expect(await ledger.renew(first, longMs)).toBe(false);
      expect(await ledger.renew(second, longMs)).toBe(true);
    });

    test('an expired one goes to who asks first, in a newer epoch', async () => {
      const { ledger } = ground();
      const old = (await ledger.acquire(name, 'a', shortMs))!;
      await ground().wait(afterShortMs);
      const heir = await take(ground(), name, 'b');
      expect(heir.epoch).toBeGreaterThan(old.epoch);
      expect(await ledger.renew(old, longMs)).toBe(false);
      expect(await outcome(ledger.fence(old))).toBe('fenced');
      expect(await ledger.acquire(name, 'a', longMs)).toBe(null);
    });

    test('renewing makes it last, also when it had expired and nobody took it', async () => {
      const { ledger } = ground();
      const lease = (await ledger.acquire(name, 'a', shortMs))!;
      await ground().wait(afterShortMs);
      expect(await ledger.renew(lease, longMs)).toBe(true);
      expect(await ledger.acquire(name, 'b', longMs)).toBe(null);
    });

    test('released, it is free at once, and the next epoch is newer', async () => {
      const { ledger } = ground();
      const lease = await take(ground(), name, 'a');
      await ledger.release(lease);
      expect(await ledger.renew(lease, longMs)).toBe(false);
      expect((await take(ground(), name, 'b')).epoch).toBeGreaterThan(lease.epoch);
    });

    test('a release by a former owner changes nothing', async () => {
      const { ledger } = ground();
      const old = await take(ground(), name, 'a');
      const lease = await ledger.fence(old);
      await ledger.release(old);
      await ledger.release({ ...lease, holder: 'b' });
      expect(await ledger.acquire(name, 'b', longMs)).toBe(null);
      expect(await ledger.renew(lease, longMs)).toBe(true);
    });

    test('a fence raises the epoch for its holder only, and only once for each epoch', async () => {
      const { ledger } = ground();
      const old = await take(ground(), name, 'a');
      expect(await outcome(ledger.fence({ ...old, holder: 'b' }))).toBe('fenced');
      const lease = await ledger.fence(old);
      expect(lease).toMatchObject({ name, holder: 'a' });
      expect(lease.epoch).toBeGreaterThan(old.epoch);
      expect(await outcome(ledger.fence(old))).toBe('fenced');
      expect(await ledger.renew(old, longMs)).toBe(false);
      expect(await outcome(ledger.fence({ ...lease, name: 'nobody.has.this' }))).toBe('fenced');
    });

    test('a fence does not make the lease last longer', async () => {
      const { ledger } = ground();
      const lease = await ledger.fence((await ledger.acquire(name, 'a', shortMs))!);
      await ground().wait(afterShortMs);
      expect((await take(ground(), name, 'b')).epoch).toBeGreaterThan(lease.epoch);
    });

    test('a promise of more than three lifetimes was made before the clock went back, and binds nobody', async () => {
      const { ledger } = ground();
      const old = (await ledger.acquire(name, 'a', longMs))!;
      expect(await ledger.acquire(name, 'b', longMs / 2)).toBe(null);
      const heir = (await ledger.acquire(name, 'b', longMs / 4))!;
      expect(heir.epoch).toBeGreaterThan(old.epoch);
    });

    test('epochs of one lease rise with every acquisition and every fence', async () => {
      const { ledger } = ground();
      const epochs: bigint[] = [];
      for (let times = 0; times < 10; times += 1) {
        const lease = await take(ground(), name, 'a');
        epochs.push(lease.epoch, (await ledger.fence(lease)).epoch);
      }
      expect([...new Set(epochs)].sort((a, b) => (a < b ? -1 : 1))).toEqual(epochs);
    });
  });

  describe('members', () => {
    const beat = (holder: string, ttlMs = longMs) =>
      ground().ledger.heartbeat('ingest', holder, ttlMs);

    test('each knows how many live and how many come before it', async () => {
      expect(await beat('b')).toEqual({ members: 1, rank: 0 });
      expect(await beat('a')).toEqual({ members: 2, rank: 0 });
      expect(await beat('c')).toEqual({ members: 3, rank: 2 });
      expect(await beat('b')).toEqual({ members: 3, rank: 1 });
    });

    test('who leaves or is silent for too long does not count, and other services never do', async () => {
      await beat('a', shortMs);
      await beat('b', shortMs);
      await ground().ledger.heartbeat('offload', '0', shortMs);
      expect(await beat('c', shortMs)).toEqual({ members: 3, rank: 2 });
      await ground().ledger.leave('ingest', 'a');
      expect(await beat('c', shortMs)).toEqual({ members: 2, rank: 1 });
      await ground().wait(afterShortMs);
      expect(await beat('c', shortMs)).toEqual({ members: 1, rank: 0 });
    });

    test('whose time is more than three lifetimes away announced itself before the clock went back', async () => {
      await beat('a', longMs);
      await beat('b', longMs / 2);
      expect(await beat('c', longMs / 4)).toEqual({ members: 2, rank: 1 });
    });

    test('a member that is late counts itself', async () => {
      await beat('a', shortMs);
      await ground().wait(afterShortMs);
      expect(await beat('a', shortMs)).toEqual({ members: 1, rank: 0 });
    });
  });

  describe('topics', () => {
    const other = 'f0000000-0000-4000-8000-000000000001';
    const register = (id: string, topic = 'trades') =>
      outcome(ground().ledger.registerTopic({ name: topic, topicId: id, partitions: 4 }));

    test('a topic is registered once and may be seen again', async () => {
      expect(await register(topicId)).toBe('done');
      expect(await register(topicId)).toBe('done');
      expect(await register(other, 'quotes')).toBe('done');
    });

    test('one that was made again under its name is refused until the old one is retired', async () => {
      await register(topicId);
      expect(await register(other)).toBe('topic-recreated');
      expect(await register(topicId)).toBe('done');
      await ground().outsider.retireTopic(topicId);
      expect(await register(other)).toBe('done');
      expect(await register(topicId)).toBe('topic-recreated');
    });
  });
}
