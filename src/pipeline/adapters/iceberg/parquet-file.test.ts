/**
 * Real files of the embedded ClickHouse: what the footer says after the patch against what is in
 * the file.
 *
 * The writer stores Decimal(38, 8) as a fixed-length array, Decimal(18, 8) as one of 8 bytes, and
 * several row groups a file when told so; bounds are compared with minimum and maximum computed
 * from the rows themselves.
 */
import { copyFileSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { Session } from 'chdb';
import { parquetMetadata } from 'hyparquet';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { finishParquet } from './parquet-file.ts';
import { encodeBounds } from './parquet-statistics.ts';
import { lakeColumns } from './schema.ts';
import { createLake, type Lake, range, temporaryFolder, tradesSelect } from './testing/lake.ts';
import { SqlHotStore } from './testing/sql-hot-store.ts';

let lake: Lake;
let store: SqlHotStore;
let count = 0;

beforeAll(() => {
  const folder = temporaryFolder();
  store = new SqlHotStore(new Session(`${folder}/hot`));
  lake = createLake(folder, store);
});
afterAll(() => {
  store.close();
  lake.remove();
});

const select = tradesSelect(range(0n, 4_999n));

function written(settings = '', sql = select): string {
  const path = `${lake.folder}/file-${count++}.parquet`;
  store.session.query(`${sql} INTO OUTFILE '${path}' FORMAT Parquet ${settings}`);
  return path;
}

const groups = `SETTINGS output_format_parquet_row_group_size = 700, max_block_size = 700,
  output_format_parquet_parallel_encoding = 0`;

test.each([
  ['one row group', ''],
  ['several row groups', groups],
])('bounds, counts and sizes of a file with %s are those of its rows', async (_title, settings) => {
  const path = written(settings);
  const before = store.query(`SELECT sum(cityHash64(*)) AS h FROM file('${path}', Parquet)`);
  const file = await finishParquet(path, lakeColumns);
  expect(file.rows).toBe(5_000n);
  expect(file.bytes).toBe(BigInt(readFileSync(path).length));
  expect(file.splitOffsets.length > 1).toBe(settings !== '');
  for (const { id, name, type } of lakeColumns) {
    const value =
      type === 'timestamptz'
        ? (f: string) => `toString(toUnixTimestamp64Micro(${f}(${name})))`
        : type.startsWith('decimal')
          ? (f: string) => `toString(reinterpretAsInt128(${f}(${name})))`
          : (f: string) => `toString(${f}(\`${name}\`))`;
    const [row] = store.query<{ min: string; max: string }>(
      `SELECT ${value('min')} AS min, ${value('max')} AS max FROM (${select})`,
    );
    const column = file.columns.get(id);
    expect([name, column?.range?.min.toString(), column?.range?.max.toString()]).toEqual([
      name,
      row?.min,
      row?.max,
    ]);
    expect(column).toMatchObject({ values: 5_000n, nulls: 0n });
  }
  expect(encodeBounds(file, lakeColumns).upper.get(5)?.toString()).toBe('größer als sech{');
  const after = store.query(`SELECT sum(cityHash64(*)) AS h FROM file('${path}', Parquet)`);
  expect(after).toEqual(before);
});

test('an independent reader finds the field ids, and finishing twice changes nothing', async () => {
  const path = written();
  const first = await finishParquet(path, lakeColumns);
  const bytes = readFileSync(path);
  const metadata = parquetMetadata(new Uint8Array(bytes).buffer);
  const ids = metadata.schema.slice(1).map((one) => [one.field_id, one.name]);
  expect(ids).toEqual(lakeColumns.map((one) => [one.id, one.name]));
  expect(await finishParquet(path, lakeColumns)).toEqual(first);
  expect(readFileSync(path).equals(bytes)).toBe(true);
});

test.each([
  [
    'milliseconds',
    "REPLACE (toDateTime64(trade_time, 3, 'UTC') AS trade_time)",
    /trade_time is not/,
  ],
  ['another scale', 'REPLACE (toDecimal128(1, 6) AS price)', /price is not stored as decimal/],
  ['a missing column', 'EXCEPT (side)', /10 columns/],
  ['values that may be null', 'REPLACE (toNullable(side) AS side)', /side is not required/],
  ['another order', 'EXCEPT (side), side', /column 9 is event_time, not side/],
])('a file with %s is refused before it is touched', async (_title, change, message) => {
  const path = written('', `SELECT * ${change} FROM (${select})`);
  const bytes = readFileSync(path);
  await expect(finishParquet(path, lakeColumns)).rejects.toThrow(message);
  expect(readFileSync(path).equals(bytes)).toBe(true);
});

test('a file that was not written whole is refused', async () => {
  const whole = written();
  const cut = `${lake.folder}/cut.parquet`;
  copyFileSync(whole, cut);
  truncateSync(cut, readFileSync(whole).length - 9);
  await expect(finishParquet(cut, lakeColumns)).rejects.toThrow(/does not end like/);
  writeFileSync(cut, '');
  await expect(finishParquet(cut, lakeColumns)).rejects.toThrow(/no Parquet file/);
});
