import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { systemClock } from '../system-clock.ts';
import { deadIdentity, dummyIdentity, temporaryFolder } from './dummy.test-kit.ts';
import { withLock } from './file-lock.ts';

const lockPath = () => join(temporaryFolder(), 'locks', 'thing.lock');

test('two who want the lock have it one after the other', async () => {
  const path = lockPath();
  const order: string[] = [];
  const work = (name: string) => async () => {
    order.push(`${name} in`);
    await systemClock.sleep(20);
    order.push(`${name} out`);
  };
  await Promise.all([withLock(path, work('a')), withLock(path, work('b'))]);
  expect(order).toHaveLength(4);
  expect(order[0]!.slice(0, 1)).toBe(order[1]!.slice(0, 1));
  expect(readdirSync(dirname(path))).toEqual([]);
});

test('a lock whose holder is dead is taken over', async () => {
  const path = lockPath();
  await withLock(path, async () => undefined);
  writeFileSync(path, JSON.stringify(await deadIdentity()));
  expect(await withLock(path, async () => 'mine')).toBe('mine');
  expect(existsSync(path)).toBe(false);
});

test('a pid that was given to somebody else does not keep the lock', async () => {
  const path = lockPath();
  await withLock(path, async () => undefined);
  writeFileSync(path, JSON.stringify({ ...dummyIdentity(), startTime: '1@00000000' }));
  expect(await withLock(path, async () => 'mine')).toBe('mine');
});

test('a living holder is waited for, with a bound, and named', async () => {
  const path = lockPath();
  const holder = dummyIdentity();
  await withLock(path, async () => undefined);
  writeFileSync(path, JSON.stringify(holder));
  const seen: number[] = [];
  const options = { waitMsMax: 200, onWait: ({ pid }: { pid: number }) => seen.push(pid) };
  const refused = withLock(path, async () => 'mine', options);
  await expect(refused).rejects.toMatchObject({ code: 'lock-held' });
  expect(seen).toEqual([holder.pid]);
  expect(existsSync(path)).toBe(true);
});

test('work that fails gives the lock back', async () => {
  const path = lockPath();
  const fails = async () => {
    throw new Error('no');
  };
  await expect(withLock(path, fails)).rejects.toThrow('no');
  expect(existsSync(path)).toBe(false);
});
