import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { waitFor } from '../system-clock.ts';
import { deadIdentity, dummy, dummyIdentity, temporaryFolder } from './dummy.test-kit.ts';
import {
  identityOf,
  isAlive,
  type ProcessIdentity,
  signalProcess,
  stateOf,
} from './process-table.ts';
import { endProcess, reap } from './reaper.ts';
import { type RunRecord, recordedRuns } from './run-folder.ts';

const self = () => identityOf(process.pid);

function plantRun(cache: string, change: Partial<RunRecord>): string {
  const id = change.id ?? 'run-1';
  const entry = join(cache, 'runs', id);
  mkdirSync(join(entry, 'data'), { recursive: true });
  const harness = change.harness ?? self();
  const record = { id, harness, kept: false, throwAway: true, processes: [], ...change };
  writeFileSync(join(entry, 'processes.json'), JSON.stringify(record));
  return entry;
}

const recorded = (identity: ProcessIdentity, name = 'kafka') => ({
  ...identity,
  name,
  command: 'sleep 600',
  stopSignal: 'SIGTERM' as const,
});

test('what a dead harness recorded is ended, and its throw-away folder removed', async () => {
  const cache = temporaryFolder();
  const left = dummyIdentity();
  const entry = plantRun(cache, { harness: await deadIdentity(), processes: [recorded(left)] });
  const reaped = await reap(cache);
  expect(reaped).toMatchObject([{ id: 'run-1', ended: [{ name: 'kafka', pid: left.pid }] }]);
  expect(isAlive(left)).toBe(false);
  expect(existsSync(entry)).toBe(false);
});

test('the run of a living harness is left alone', async () => {
  const cache = temporaryFolder();
  const service = dummyIdentity();
  const entry = plantRun(cache, { processes: [recorded(service)] });
  expect(await reap(cache)).toEqual([]);
  expect(isAlive(service)).toBe(true);
  expect(existsSync(entry)).toBe(true);
});

test('a process that got the pid of a recorded one is not touched', async () => {
  const cache = temporaryFolder();
  const stranger = dummyIdentity();
  const stale = recorded({ pid: stranger.pid, startTime: '1@00000000' });
  const entry = plantRun(cache, { harness: await deadIdentity(), processes: [stale] });
  expect((await reap(cache))[0]!.ended).toEqual([]);
  expect(isAlive(stranger)).toBe(true);
  expect(existsSync(entry)).toBe(false);
});

test('a harness whose pid was given to somebody else counts as dead', async () => {
  const cache = temporaryFolder();
  const left = dummyIdentity();
  const harness = { ...self(), startTime: '1@00000000' };
  plantRun(cache, { harness, processes: [recorded(left)] });
  await reap(cache);
  expect(isAlive(left)).toBe(false);
});

test('a kept run survives its harness', async () => {
  const cache = temporaryFolder();
  const service = dummyIdentity();
  const harness = await deadIdentity();
  plantRun(cache, { harness, kept: true, processes: [recorded(service)] });
  expect(await reap(cache)).toEqual([]);
  expect(isAlive(service)).toBe(true);
});

test('of a chosen folder only the record goes, the data stay', async () => {
  const [cache, chosen] = [temporaryFolder(), temporaryFolder()];
  mkdirSync(join(cache, 'runs'), { recursive: true });
  const harness = await deadIdentity();
  const record = { id: 'run-2', harness, kept: false, throwAway: false, processes: [] };
  writeFileSync(join(chosen, 'processes.json'), JSON.stringify(record));
  writeFileSync(join(chosen, 'data'), 'kept');
  symlinkSync(chosen, join(cache, 'runs', 'run-2'));
  await reap(cache);
  expect(readFileSync(join(chosen, 'data'), 'utf8')).toBe('kept');
  expect(existsSync(join(chosen, 'processes.json'))).toBe(false);
  expect(recordedRuns(cache)).toEqual([]);
});

test('two reapers at once end everything once and do not stumble over each other', async () => {
  const cache = temporaryFolder();
  const harness = await deadIdentity();
  const left = [dummyIdentity(), dummyIdentity()];
  plantRun(cache, { harness, processes: left.map((one, i) => recorded(one, `service-${i}`)) });
  await Promise.all([reap(cache), reap(cache)]);
  expect(left.filter(isAlive)).toEqual([]);
  expect(recordedRuns(cache)).toEqual([]);
});

test('a paused process is ended too', async () => {
  const paused = dummyIdentity();
  signalProcess(paused, 'SIGSTOP');
  await waitFor(() => stateOf(paused) === 'paused', { condition: 'paused', boundMs: 5000 });
  await endProcess(paused, 'SIGTERM');
  expect(isAlive(paused)).toBe(false);
});

test('a process that ignores the polite signal is killed after the bound, with its children', async () => {
  const parent = dummy('sh', ['-c', 'trap "" TERM; sleep 600 & echo; while :; do wait; done']);
  const identity = identityOf(parent.pid!);
  await endProcess(identity, 'SIGTERM', 300);
  expect(isAlive(identity)).toBe(false);
});

test('a record that a power cut left unreadable does not stop the others', async () => {
  const cache = temporaryFolder();
  const damaged = plantRun(cache, { id: 'damaged' });
  writeFileSync(join(damaged, 'processes.json'), '{"id": "dam');
  const left = dummyIdentity();
  plantRun(cache, { harness: await deadIdentity(), processes: [recorded(left)] });
  await reap(cache);
  expect(isAlive(left)).toBe(false);
});
