import { expect, test } from 'vitest';
import { waitFor } from '../system-clock.ts';
import { deadIdentity, dummy, dummyIdentity } from './dummy.test-kit.ts';
import {
  descendantsOf,
  identityOf,
  isAlive,
  readProcess,
  readPs,
  signalProcess,
  stateOf,
} from './process-table.ts';

test('a process is alive until it ends', async () => {
  expect(isAlive(dummyIdentity())).toBe(true);
  expect(isAlive(await deadIdentity())).toBe(false);
});

test('the same pid with another start time is somebody else, and gets no signal', () => {
  const real = dummyIdentity();
  const stranger = { ...real, startTime: '1@00000000' };
  expect(stateOf(stranger)).toBe('dead');
  expect(signalProcess(stranger, 'SIGKILL')).toBe(false);
  expect(isAlive(real)).toBe(true);
});

test('a stopped process is seen as paused, and as alive after it continues', async () => {
  const identity = dummyIdentity();
  signalProcess(identity, 'SIGSTOP');
  await waitFor(() => stateOf(identity) === 'paused', { condition: 'paused', boundMs: 5000 });
  signalProcess(identity, 'SIGCONT');
  await waitFor(() => stateOf(identity) === 'alive', { condition: 'alive', boundMs: 5000 });
});

test('the family of a process is found, and nobody else', async () => {
  const parent = dummy('sh', ['-c', 'sleep 600 & sleep 600 & wait']);
  const family = await waitFor(
    () => {
      const found = descendantsOf(parent.pid!);
      return found.length === 2 && found;
    },
    { condition: 'the shell has two children', boundMs: 5000 },
  );
  expect(family.map((child) => child.parentPid)).toEqual([parent.pid, parent.pid]);
  for (const child of family) signalProcess(child, 'SIGKILL');
});

test('ps, which other systems need, sees the same process in the same state', () => {
  const identity = dummyIdentity();
  const [seen] = readPs(['-p', String(identity.pid)]);
  expect(seen).toMatchObject({ pid: identity.pid, parentPid: process.pid, state: 'alive' });
  expect(seen!.startTime).toMatch(/\d\d:\d\d:\d\d/);
});

test('a pid that nobody has is no process', async () => {
  const { pid } = await deadIdentity();
  expect(readProcess(pid)).toBe(null);
  expect(readPs(['-p', String(pid)])).toEqual([]);
  expect(() => identityOf(pid)).toThrow(`no process ${pid}`);
});
