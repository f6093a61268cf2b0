/**
 * Maintenance keeps a table small without changing a row: merges, expiry, and which files may go.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { Session } from 'chdb';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { localPath } from './durable-files.ts';
import { readManifest } from './manifest.ts';
import { readManifestList } from './manifest-list.ts';
import { currentSnapshot, metadataText, type Snapshot } from './table-metadata.ts';
import {
  createLake,
  type Lake,
  range,
  table,
  temporaryFolder,
  tradesSelect,
} from './testing/lake.ts';
import { SqlHotStore } from './testing/sql-hot-store.ts';

let lake: Lake;
let store: SqlHotStore;

const listOf = (snapshot: Snapshot) =>
  readManifestList(readFileSync(localPath(snapshot['manifest-list'])));
const entriesOf = (location: string) => readManifest(readFileSync(localPath(location)));
const current = () => currentSnapshot(lake.metadata())!;

/** Rows, and distinct offsets, of every snapshot the table still has, oldest first. */
function countsBySnapshot(): string[] {
  const pinned = lake.base().slice(lake.base().indexOf('/metadata/') + 1);
  const folder = `${lake.folder}/warehouse/cold/${table.name}`;
  const source = `icebergLocal('${folder}', SETTINGS iceberg_metadata_file_path = '${pinned}')`;
  return lake.metadata().snapshots!.map((snapshot) => {
    const sql = `SELECT count() AS rows, uniqExact(offset) AS distinct FROM ${source}
      SETTINGS iceberg_snapshot_id = ${snapshot['snapshot-id']}`;
    const [row] = store.query<{ rows: number; distinct: number }>(sql);
    return `${row?.rows}/${row?.distinct}`;
  });
}

let appended = 0n;
async function append(times: number): Promise<void> {
  for (let i = 0; i < times; i++, appended++) {
    const frozen = store.freeze(range(appended * 10n, appended * 10n + 9n));
    lake.clock.timeMs += 1_000;
    await lake.engine.append(lake.batch(`batch-${appended}`, [frozen]));
  }
}
const maintain = (name = 'maintenance') =>
  lake.engine.maintain(lake.batch(name, [], 'maintenance'));

beforeEach(async () => {
  const folder = temporaryFolder();
  process.chdir(folder);
  appended = 0n;
  store = new SqlHotStore(new Session(`${folder}/hot`));
  lake = createLake(folder, store, { manifestsMergeMin: 5, snapshotsKeptMin: 4 });
  await lake.engine.ensureTable(table);
  store.insert(tradesSelect(range(0n, 299n)));
});

afterEach(() => {
  store.close();
  lake.remove();
});

test('a merged manifest keeps the sequence number and the snapshot of each file', async () => {
  await append(4);
  const single = lake.metadata().snapshots!;
  await append(1);
  const [merged, ...others] = listOf(current());
  expect(others).toEqual([]);
  const last = current();
  const entries = entriesOf(merged!.manifest_path);
  const carried = entries.filter((one) => one.status === 0);
  for (const snapshot of single) {
    const mine = carried.filter((one) => one.snapshot_id === snapshot['snapshot-id']);
    expect(mine).toHaveLength(2);
    for (const one of mine) {
      expect(one.sequence_number).toBe(snapshot['sequence-number']);
      expect(one.file_sequence_number).toBe(snapshot['sequence-number']);
    }
  }
  const added = entries.filter((one) => one.status === 1);
  expect(added.map((one) => [one.snapshot_id, one.sequence_number])).toEqual([
    [last['snapshot-id'], null],
    [last['snapshot-id'], null],
  ]);
  expect(merged).toMatchObject({
    sequence_number: 5n,
    min_sequence_number: 1n,
    added_files_count: 2,
    existing_files_count: 8,
    existing_rows_count: 40n,
  });
  expect(last.summary).toMatchObject({ 'total-records': '50', 'total-data-files': '10' });
});

test('expiry deletes what only old snapshots led to, and every kept one reads', async () => {
  await append(12);
  expect(await lake.engine.maintenanceDue(table)).toBe(true);
  const old = lake.metadata().snapshots!.slice(0, 8);
  const kept = lake.metadata().snapshots!.slice(8);
  const inUse = new Set(kept.flatMap(listOf).map((one) => one.manifest_path));
  const gone = old.flatMap(listOf).filter((one) => !inUse.has(one.manifest_path));
  const data = old.flatMap(listOf).flatMap((one) => entriesOf(one.manifest_path));
  expect(gone.length).toBeGreaterThan(0);
  await maintain();
  expect(countsBySnapshot()).toEqual(['90/90', '100/100', '110/110', '120/120']);
  for (const one of old) expect(existsSync(localPath(one['manifest-list']))).toBe(false);
  for (const one of gone) expect(existsSync(localPath(one.manifest_path))).toBe(false);
  for (const one of data) expect(existsSync(localPath(one.data_file.file_path))).toBe(true);
  expect(await lake.engine.listOrphans(table, -Infinity)).toEqual([]);
  expect(await lake.engine.maintenanceDue(table)).toBe(false);
});

test.each(['lost-before', 'lost-after', 'conflict', 'fenced'] as const)(
  'maintenance whose swing ends with %s deletes no file of the table',
  async (fault) => {
    await append(8);
    const files = lake.metadata().snapshots!.flatMap((one) => {
      return [one['manifest-list'], ...listOf(one).map((manifest) => manifest.manifest_path)];
    });
    lake.catalog.faultNext = fault;
    await expect(maintain()).rejects.toThrow(/planted/);
    for (const one of files) expect(existsSync(localPath(one))).toBe(true);
    expect(countsBySnapshot().at(-1)).toBe('80/80');
    await append(1);
    await maintain('again');
    expect(countsBySnapshot().at(-1)).toBe('90/90');
  },
);

test('files of an open batch are no candidates, however old they are', async () => {
  await append(8);
  lake.catalog.faultNext = 'lost-before';
  await expect(append(1)).rejects.toThrow(/planted/);
  const open = (await lake.engine.listOrphans(table, -Infinity)).map((one) => one.path);
  lake.clock.timeMs += 365 * 86_400_000;
  await maintain();
  for (const path of open) expect(existsSync(path)).toBe(true);
});

test('a swing is made even when there is nothing to do, so that the batch is closed', async () => {
  await append(1);
  const base = lake.base();
  expect(await lake.engine.maintenanceDue(table)).toBe(false);
  await maintain();
  expect(lake.base()).not.toBe(base);
  expect(lake.catalog.committed.at(-1)).toBe('maintenance');
  expect(countsBySnapshot()).toEqual(['10/10']);
});

test('small manifests of other writers are merged, and no row changes', async () => {
  lake = { ...lake, engine: lake.restarted({ manifestsMergeMin: 100 }) };
  await append(7);
  const strict = lake.restarted({ manifestsMergeMin: 5, snapshotsKeptMin: 100 });
  expect(await strict.maintenanceDue(table)).toBe(true);
  await strict.maintain(lake.batch('merge', [], 'maintenance'));
  expect(current().summary).toMatchObject({
    operation: 'replace',
    'manifests-replaced': '7',
    'total-records': '70',
    'tidemark.batch-id': 'merge',
    'tidemark.epoch': '7',
  });
  const [merged] = listOf(current());
  expect(merged).toMatchObject({
    added_files_count: 0,
    sequence_number: 8n,
    min_sequence_number: 1n,
  });
  expect(countsBySnapshot().slice(-2)).toEqual(['70/70', '70/70']);
});

test('a tagged snapshot stays readable, and the table’s own properties win', async () => {
  await append(3);
  const tagged = current();
  const metadata = lake.metadata();
  const pinned = lake.base().replace(/[^/]*$/, '00099-tagged.metadata.json');
  const refs = { ...metadata.refs, keep: { 'snapshot-id': tagged['snapshot-id'], type: 'tag' } };
  const properties = { ...metadata.properties, 'history.expire.min-snapshots-to-keep': '2' };
  writeFileSync(localPath(pinned), metadataText({ ...metadata, refs, properties } as never));
  lake.catalog.pointers.set(`lake.cold.${table.name}`, pinned);
  await append(5);
  await maintain();
  expect(countsBySnapshot()).toEqual(['30/30', '70/70', '80/80']);
});

test('metadata files that fall out of the log are deleted after the commit', async () => {
  await append(1);
  const metadata = lake.metadata();
  const bounded = lake.base().replace(/[^/]*$/, '00050-bounded.metadata.json');
  const properties = { ...metadata.properties, 'write.metadata.previous-versions-max': '2' };
  writeFileSync(localPath(bounded), metadataText({ ...metadata, properties }));
  const old = metadata['metadata-log']!.map((one) => one['metadata-file']);
  lake.catalog.pointers.set(`lake.cold.${table.name}`, bounded);
  await append(2);
  for (const one of old) expect(existsSync(localPath(one))).toBe(false);
  expect(existsSync(localPath(bounded))).toBe(true);
  expect(lake.metadata()['metadata-log']).toHaveLength(2);
});
