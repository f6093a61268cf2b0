/**
 * The attempt fails at each of its steps; afterwards the table is readable and holds exactly what
 * was committed.
 *
 * The table is read by ClickHouse's own Iceberg reader at the catalog's pointer. "Left" means that
 * not one file was deleted.
 */
import { existsSync, readdirSync } from 'node:fs';
import { Session } from 'chdb';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { errorCode } from '../../errors.ts';
import type { Batch } from '../../ports/lake.ts';
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

const root = () => `${lake.folder}/warehouse/cold/${table.name}`;
const files = () =>
  readdirSync(root(), { recursive: true, withFileTypes: true })
    .filter((one) => one.isFile())
    .map((one) => one.name)
    .sort();

function offsetsSeen(): string {
  const pinned = lake.base().slice(lake.base().indexOf('/metadata/') + 1);
  const source = `icebergLocal('${root()}', SETTINGS iceberg_metadata_file_path = '${pinned}')`;
  const facts = 'count() AS rows, uniqExact(offset) AS distinct, max(offset) AS last';
  const sql = `SELECT ${facts} FROM ${source}`;
  const [row] = store.query<{ rows: number; distinct: number; last: string }>(sql);
  return `${row?.rows} rows, ${row?.distinct} distinct, last ${row?.last}`;
}

const nextBatch = (batchId = 'second', epoch = 7n): Batch => ({
  ...lake.batch(batchId, [store.freeze(range(100n, 199n))]),
  epoch,
});

async function failure(batch: Batch, signal?: AbortSignal) {
  try {
    await lake.engine.append(batch, signal);
  } catch (error) {
    return { code: errorCode(error), message: String(error) };
  }
  return { code: 'none', message: '' };
}

beforeEach(async () => {
  const folder = temporaryFolder();
  process.chdir(folder);
  store = new SqlHotStore(new Session(`${folder}/hot`));
  lake = createLake(folder, store);
  await lake.engine.ensureTable(table);
  store.insert(tradesSelect(range(0n, 299n)));
  await lake.engine.append(lake.batch('first', [store.freeze(range(0n, 99n))]));
});

afterEach(() => {
  store.close();
  lake.remove();
});

const before = '100 rows, 100 distinct, last 99';
const after = '200 rows, 200 distinct, last 199';

test.each(['partitions', 'write-before', 'write-after', 'digests'] as const)(
  'no answer of the hot store at %s: the table is as before, nothing is deleted',
  async (step) => {
    const filesBefore = files();
    store.faultNext = step;
    expect(await failure(nextBatch())).toMatchObject({ code: 'unknown-outcome' });
    expect(offsetsSeen()).toBe(before);
    expect(files()).toEqual(expect.arrayContaining(filesBefore));
    await lake.engine.append(nextBatch('second', 8n));
    expect(offsetsSeen()).toBe(after);
  },
);

test('the swing did not happen and gave no answer: all files are left', async () => {
  lake.catalog.faultNext = 'lost-before';
  expect(await failure(nextBatch())).toMatchObject({ code: 'unknown-outcome' });
  expect(offsetsSeen()).toBe(before);
  const filesLeft = files();
  const orphans = (await lake.engine.listOrphans(table, -Infinity)).map((one) => one.path);
  expect(orphans.filter((path) => path.endsWith('.parquet'))).toHaveLength(2);
  expect(orphans).toHaveLength(5);
  await lake.engine.append(nextBatch('second', 8n));
  expect(offsetsSeen()).toBe(after);
  expect(files()).toEqual(expect.arrayContaining(filesLeft));
});

test('the swing happened and gave no answer: a blind retry is refused', async () => {
  lake.catalog.faultNext = 'lost-after';
  const batch = nextBatch();
  expect(await failure(batch)).toMatchObject({ code: 'unknown-outcome' });
  expect(offsetsSeen()).toBe(after);
  expect(await failure(batch)).toMatchObject({ code: 'conflict' });
  expect(await failure(nextBatch())).toMatchObject({
    code: 'table-invalid',
    message: expect.stringContaining('already in snapshot'),
  });
  expect(offsetsSeen()).toBe(after);
});

test.each(['conflict', 'fenced'] as const)(
  'refused for sure (%s): our files are nobody’s and go, the table’s stay',
  async (fault) => {
    const filesBefore = files();
    lake.catalog.faultNext = fault;
    expect(await failure(nextBatch())).toMatchObject({ code: fault });
    expect(files()).toEqual(filesBefore);
    expect(offsetsSeen()).toBe(before);
  },
);

test('a refusal that the catalog itself contradicts deletes nothing', async () => {
  lake.catalog.faultNext = 'lying-conflict';
  expect(await failure(nextBatch())).toMatchObject({ code: 'conflict' });
  expect(offsetsSeen()).toBe(after);
  expect(await lake.engine.listOrphans(table, -Infinity)).toEqual([]);
});

test('a refusal while the catalog can’t be asked deletes nothing', async () => {
  const filesBefore = files();
  const batch = nextBatch();
  lake.catalog.faultNext = 'fenced';
  lake.catalog.pointerFails = true;
  expect(await failure(batch)).toMatchObject({ code: 'fenced' });
  expect(files().length).toBe(filesBefore.length + 5);
});

test('the base moved: refused, not retried', async () => {
  const stale = nextBatch('stale');
  const other = lake.batch('other', [store.freeze(range(200n, 299n))]);
  await lake.restarted().append(other);
  expect(await failure(stale)).toMatchObject({ code: 'conflict' });
  expect(offsetsSeen()).toBe('200 rows, 200 distinct, last 299');
});

test.each([
  ['a missing row', 'AND offset != 142'],
  ['a duplicate row', 'UNION ALL SELECT * FROM bronze_trades_binance WHERE offset = 142'],
])('files with %s are never visible and are removed', async (_title, suffix) => {
  const filesBefore = files();
  store.writeSuffix = suffix;
  expect(await failure(nextBatch())).toMatchObject({ code: 'digest-mismatch' });
  expect(files()).toEqual(filesBefore);
  expect(offsetsSeen()).toBe(before);
});

test('other content than the ledger froze: the range and both digests are named', async () => {
  const [frozen] = nextBatch().ranges;
  const altered = { ...frozen!, digest: { rows: 100n, sum: 1n } };
  const found = await failure(lake.batch('second', [altered]));
  expect(found.code).toBe('digest-mismatch');
  expect(found.message).toMatch(
    /\/0:100-199: expected 100:0000000000000001, found 100:[0-9a-f]{16}/,
  );
  expect(offsetsSeen()).toBe(before);
});

test('a stop before the swing leaves the batch open and the table as it was', async () => {
  expect(await failure(nextBatch(), AbortSignal.abort())).toMatchObject({ code: 'interrupted' });
  expect(offsetsSeen()).toBe(before);
});

test('a name that exists already is never written again', async () => {
  const repeating = lake.restarted({ random: (size) => Buffer.alloc(size, 1) });
  await repeating.append(nextBatch());
  const third = lake.batch('third', [store.freeze(range(200n, 299n))]);
  await expect(repeating.append(third)).rejects.toThrow(/no free snapshot id|EEXIST/);
  expect(offsetsSeen()).toBe(after);
});

test('an existing table is left as it is, and a metadata file that is gone is named', async () => {
  const base = lake.base();
  await lake.restarted().ensureTable(table);
  expect(lake.base()).toBe(base);
  const gone = { ...nextBatch(), base: base.replace(/\/[^/]*$/, '/00009-gone.metadata.json') };
  expect(await failure(gone)).toMatchObject({ code: 'table-invalid' });
  expect(existsSync(base.replace('file://', ''))).toBe(true);
});
