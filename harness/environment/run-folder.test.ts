import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { dummyIdentity, temporaryFolder } from './dummy.test-kit.ts';
import { identityOf } from './process-table.ts';
import { RunFolder, readRecord, recordedRuns } from './run-folder.ts';

const process1 = (name: string) => ({
  ...dummyIdentity(),
  name,
  command: 'sleep 600',
  stopSignal: 'SIGTERM' as const,
});

test('a run names its harness before anything is started', () => {
  const cache = temporaryFolder();
  const run = RunFolder.create(cache);
  const [seen] = recordedRuns(cache);
  expect(seen).toMatchObject({ entry: run.folder, record: { id: run.id, throwAway: true } });
  expect(seen!.record.harness).toEqual(identityOf(process.pid));
});

test('each process is on disk as soon as it is added, and a restart replaces it', () => {
  const run = RunFolder.create(temporaryFolder());
  const [first, second] = [process1('kafka'), process1('kafka')];
  run.add(first);
  expect(readRecord(run.folder)!.processes).toEqual([first]);
  run.add(second);
  expect(readRecord(run.folder)!.processes).toEqual([second]);
});

test('another user may enter the run folder, because Postgres does not run as root', () => {
  const run = RunFolder.create(temporaryFolder());
  expect(statSync(run.folder).mode & 0o777).toBe(0o755);
});

test('a chosen folder keeps its data after the run and is known to the cache meanwhile', () => {
  const [cache, chosen] = [temporaryFolder(), temporaryFolder()];
  const run = RunFolder.create(cache, chosen);
  writeFileSync(join(chosen, 'data'), 'kept');
  expect(recordedRuns(cache).map(({ record }) => record.id)).toEqual([run.id]);
  run.remove();
  expect(recordedRuns(cache)).toEqual([]);
  expect(readFileSync(join(chosen, 'data'), 'utf8')).toBe('kept');
  expect(existsSync(join(chosen, 'processes.json'))).toBe(false);
});

test('two runs do not share a chosen folder', () => {
  const [cache, chosen] = [temporaryFolder(), temporaryFolder()];
  RunFolder.create(cache, chosen);
  expect(() => RunFolder.create(cache, chosen)).toThrow('in use by another run');
});
