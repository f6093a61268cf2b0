/**
 * What foreign readers see of a table that the native engine wrote: ClickHouse's own Iceberg reader
 * and icebird, a JavaScript reader. Neither shares code with the writer. The content is hostile on
 * purpose: prices below zero, quantities of 38 digits, long names beyond ASCII, a microsecond
 * before midnight.
 */
import { readFileSync } from 'node:fs';
import { Session } from 'chdb';
import { icebergManifests, icebergRead } from 'icebird';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { localPath } from './durable-files.ts';
import {
  createLake,
  type Lake,
  range,
  table,
  temporaryFolder,
  tradesSelect,
} from './testing/lake.ts';
import { bronzeTable, SqlHotStore } from './testing/sql-hot-store.ts';

const rowsAll = 1_000n;
const step = 50n;
const facts = `toString(count()) AS rows, toString(sum(offset)) AS offsets,
  toString(sum(price)) AS prices, toString(sum(quantity)) AS quantities,
  toString(sum(cityHash64(toString(exchange), toString(symbol), trade_id, toString(side),
    event_time, trade_time))) AS others`;

let lake: Lake;
let store: SqlHotStore;

const lakeSource = () => {
  const pinned = lake.base().slice(lake.base().indexOf('/metadata/') + 1);
  const folder = `${lake.folder}/warehouse/cold/${table.name}`;
  return `icebergLocal('${folder}', SETTINGS iceberg_metadata_file_path = '${pinned}')`;
};
const both = (where: string) => [
  store.query(`SELECT ${facts} FROM ${lakeSource()} WHERE ${where}`),
  store.query(`SELECT ${facts} FROM ${bronzeTable} WHERE ${where}`),
];

/** icebird reads by `fetch`, which knows no files. */
async function fetchFile(url: string | URL | Request): Promise<Response> {
  return new Response(new Uint8Array(readFileSync(localPath(String(url)))));
}

beforeAll(async () => {
  const folder = temporaryFolder();
  process.chdir(folder);
  store = new SqlHotStore(new Session(`${folder}/hot`));
  lake = createLake(folder, store, { manifestsMergeMin: 7 });
  vi.stubGlobal('fetch', fetchFile);
  await lake.engine.ensureTable(table);
});

afterAll(() => {
  vi.unstubAllGlobals();
  store.close();
  lake.remove();
});

test('a table without a snapshot reads as empty', () => {
  const [found] = store.query(`SELECT count() AS rows FROM ${lakeSource()}`);
  expect(found).toEqual({ rows: 0 });
});

test('a batch of dead letters only is committed with no file', async () => {
  await lake.engine.append(lake.batch('empty', [store.freeze(range(0n, 9n, 5))]));
  expect(store.query(`SELECT count() AS rows FROM ${lakeSource()}`)).toEqual([{ rows: 0 }]);
  expect(lake.metadata().snapshots?.[0]?.summary['total-records']).toBe('0');
});

test('ClickHouse finds every row of every append, unchanged', async () => {
  store.insert(tradesSelect(range(0n, rowsAll - 1n)));
  for (let first = 0n; first < rowsAll; first += step) {
    const frozen = store.freeze(range(first, first + step - 1n));
    await lake.engine.append(lake.batch(`batch-${first}`, [frozen]));
  }
  const [found, expected] = both('1');
  expect(found).toEqual(expected);
  expect(found).toMatchObject([{ rows: '1000' }]);
});

const conditions = [
  "exchange = 'kraken'",
  "exchange = 'binance' AND toDate(trade_time) = '2026-02-03'",
  "trade_time >= '2026-02-04 23:59:59.999999' AND trade_time < '2026-02-05 00:00:00'",
  'offset BETWEEN 333 AND 341',
  'price < -40',
  "price = toDecimal128(5, 8) - toDecimal128('0.00000001', 8)",
  "quantity <= toDecimal128('-999999999999999999999999999998.00000001', 8)",
  "quantity >= toDecimal128('999999999999999999999999999999.00000001', 8)",
  "symbol > 'größer als sechzehn Zeichen 98'",
  "symbol = 'größer als sechzehn Zeichen 994'",
  'trade_id = 9000000000000000777',
  "event_time < '2026-02-01 00:00:00.010012'",
];

test.each(conditions)('a reader that prunes loses no row: %s', (where) => {
  const [found, expected] = both(where);
  expect(found).toEqual(expected);
  expect(found).not.toMatchObject([{ rows: '0' }]);
});

test('icebird, which knows nothing of 63-bit ids, reads the same identities', async () => {
  const text = readFileSync(localPath(lake.base()), 'utf8');
  const metadata = JSON.parse(text);
  const rows = await icebergRead({ tableUrl: metadata.location, metadata });
  const offsets = rows.map((row) => Number(row.offset)).sort((a, b) => a - b);
  expect(offsets).toEqual(Array.from({ length: Number(rowsAll) }, (_, index) => index));
  const kraken = rows.filter((row) => row.exchange === 'kraken').map((row) => Number(row.offset));
  expect(kraken.every((offset) => offset % 3 === 0)).toBe(true);
  const entries = (await icebergManifests(metadata)).flatMap((one) => one.entries);
  expect(entries.reduce((sum, one) => sum + Number(one.data_file.record_count), 0)).toBe(1000);
});

test('a range appended by an engine that has just started joins what was there', async () => {
  store.insert(tradesSelect(range(1_000n, 1_099n)));
  const frozen = store.freeze(range(1_000n, 1_099n));
  await lake.restarted().append(lake.batch('after-restart', [frozen]));
  const [found, expected] = both('1');
  expect(found).toEqual(expected);
});

test('trades of the first and of the last day that a feed can name are found again', async () => {
  const times = ['1970-01-01 00:00:00.000000', '2286-11-20 17:46:39.999000'];
  for (const [index, time] of times.entries()) {
    const only = range(BigInt(index), BigInt(index), 1);
    store.insert(`SELECT * REPLACE (toDateTime64('${time}', 6, 'UTC') AS trade_time)
      FROM (${tradesSelect(only)})`);
    await lake.engine.append(lake.batch(`day-${index}`, [store.freeze(only)]));
  }
  // ClickHouse counts days in 16 bits when it prunes by partition, and so loses what lies
  // beyond 2149-06-06; PyIceberg and DuckDB prune the same file right. Its bounds are used here.
  const settings = 'SETTINGS use_iceberg_partition_pruning = 0';
  for (const time of times) {
    const [found, expected] = both(`trade_time = '${time}' AND partition = 1 ${settings}`);
    expect(found).toEqual(expected);
    expect(found).toMatchObject([{ rows: '1' }]);
  }
});
