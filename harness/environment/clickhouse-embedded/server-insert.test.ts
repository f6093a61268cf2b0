/**
 * Writing: every way to bring data, settings that change what is written, bodies in pieces, files
 * cleaned up.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { waitFor } from '../../system-clock.ts';
import {
  post,
  type Running,
  rowBinary,
  sql,
  startServer,
  temporaryFolder,
} from './server.fixture.ts';

const folder = temporaryFolder();
const data = join(folder.path, 'data');
let server: Running;

const structure = 'partition Int32, offset Int64, value String';
const fromInput = `INSERT INTO t (partition, offset, value)
  SELECT partition, offset, upper(value) FROM input('${structure}') FORMAT RowBinary`;
const plain = 'INSERT INTO t (partition, offset, value) FORMAT RowBinary';

const run = (query: string, parameters: Record<string, string> = {}) =>
  sql(server.url, query, parameters);
const insert = (query: string, body: Buffer<ArrayBuffer>, parameters = {}, headers = {}) =>
  post(server.url, body, { query, ...parameters }, headers);
const count = () => run('SELECT count(), uniqExact(offset) FROM t');
const parts = () => run("SELECT count() FROM system.parts WHERE table = 't' AND active");

/** The files of bodies that are there now. */
function bodies(): string[] {
  const digest = createHash('sha256').update(data).digest('hex');
  const name = `clickhouse-embedded-${digest.slice(0, 16)}`;
  const spool = [join('/dev/shm', name), join(tmpdir(), name)].find((path) => existsSync(path));
  if (spool === undefined) throw new Error('the folder for bodies is not where the test looks');
  return readdirSync(spool);
}

beforeAll(async () => {
  server = await startServer(['--data', data, '--sessions', '3']);
}, 60_000);

beforeEach(async () => {
  await run('DROP TABLE IF EXISTS t SYNC');
  await run(`CREATE TABLE t (${structure}, late Int32 DEFAULT offset + 1)
    ENGINE = MergeTree ORDER BY (partition, offset)
    SETTINGS non_replicated_deduplication_window = 100`);
});

afterAll(async () => {
  expect(bodies()).toEqual([]);
  await server.end('SIGTERM');
  folder.remove();
});

describe('where the data stands', () => {
  test('SQL in the URL, data in the body', async () => {
    const reply = await insert(plain, rowBinary(1000));
    expect([reply.status, reply.text]).toEqual([200, '']);
    const summary = JSON.parse(reply.headers.get('x-clickhouse-summary') ?? '{}');
    expect(summary.read_rows).toBe('1000');
    expect(await count()).toBe('1000\t1000');
    expect(await run('SELECT max(late), any(value) FROM t')).toBe(`1000\t${'v'.repeat(20)}`);
  });

  test('SQL and data in the body, with quotes, semicolons and SQL inside the data', async () => {
    const value = "it's; -- FORMAT CSV; DROP TABLE t";
    const row = JSON.stringify({ partition: 1, offset: 1, value });
    await run(`INSERT INTO t FORMAT JSONEachRow\n${row}`);
    await run(
      "INSERT INTO t (partition, offset, value) VALUES (1, 2, 'x;'), (1, 1 + 2, concat('y', 'z'))",
    );
    await run("INSERT INTO t (partition, offset, value) SELECT 1, 4, 'w'");
    const got = await run('SELECT offset, value FROM t ORDER BY offset FORMAT JSONCompactEachRow');
    expect(got.split('\n').map((line) => JSON.parse(line))).toEqual(
      [
        ['1', value],
        ['2', 'x;'],
        ['3', 'yz'],
        ['4', 'w'],
      ].map(([offset, text]) => [Number(offset), text]),
    );
  });

  test('SQL at the head of a body much longer than a query may be', async () => {
    const lines = Array.from({ length: 200_000 }, (_, i) => `1,${i},"row ${i}"`).join('\n');
    await run(`INSERT INTO t (partition, offset, value) FORMAT CSV\n${lines}`);
    expect(await count()).toBe('200000\t200000');
  });

  test('VALUES in the URL with the rows in the body, and an empty body', async () => {
    await run("(1, 1, 'a')", { query: 'INSERT INTO t (partition, offset, value) VALUES' });
    expect((await insert(plain, Buffer.alloc(0))).status).toBe(200);
    expect(await count()).toBe('1\t1');
  });

  test('through input(), which keeps its SELECT', async () => {
    const reply = await insert(fromInput, rowBinary(5000));
    expect([reply.status, reply.text]).toEqual([200, '']);
    expect(await count()).toBe('5000\t5000');
    expect(await run('SELECT any(value) FROM t')).toBe('V'.repeat(20));
  });

  test.each(['Native', 'Parquet', 'ArrowStream', 'CSVWithNames', 'JSONCompactEachRow', 'Avro'])(
    'what is read as %s can be written as %s',
    async (format) => {
      await insert(plain, rowBinary(500));
      const query = `SELECT partition, offset, value FROM t ORDER BY offset FORMAT ${format}`;
      const response = await fetch(server.url, { method: 'POST', body: query });
      const bytes = Buffer.from(await response.arrayBuffer());
      await run('TRUNCATE TABLE t');
      const target = `INSERT INTO t (partition, offset, value) FORMAT ${format}`;
      expect((await insert(target, bytes)).text).toBe('');
      expect(await count()).toBe('500\t500');
    },
  );
});

describe('compressed bodies', () => {
  const ways = [
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
    ['zstd', zstdCompressSync],
  ] as const;

  test.each(ways)('%s', async (name, compress) => {
    const body = compress(rowBinary(50_000)) as Buffer<ArrayBuffer>;
    await insert(fromInput, body, {}, { 'Content-Encoding': name });
    expect(await count()).toBe('50000\t50000');
  });

  test('one that is cut writes nothing', async () => {
    const body = gzipSync(rowBinary(50_000)).subarray(0, 5_000) as Buffer<ArrayBuffer>;
    const reply = await insert(plain, body, {}, { 'Content-Encoding': 'gzip' });
    expect(reply.headers.get('x-clickhouse-exception-code')).toBe('271');
    expect(await count()).toBe('0\t0');
  });

  test('lz4 is refused by name', async () => {
    const reply = await insert(plain, rowBinary(1), {}, { 'Content-Encoding': 'lz4' });
    expect(reply.status).toBe(501);
    expect(reply.text).toContain('Content-Encoding lz4');
  });
});

describe('settings take effect', () => {
  test('a SETTINGS clause of an INSERT ends with it', async () => {
    for (const query of [plain, fromInput]) {
      const clause = query.replace(' value)', ' value) SETTINGS max_block_size = 77');
      expect((await insert(clause, rowBinary(3))).text).toBe('');
      for (let i = 0; i < 6; i++) {
        expect(await run("SELECT getSetting('max_block_size')")).not.toBe('77');
      }
    }
  });

  test.each([
    ['FORMAT', plain],
    ['input()', fromInput],
  ])('a repeated token is dropped, a new one is not, with %s', async (_, query) => {
    const body = rowBinary(100);
    for (const token of ['one', 'one', 'two']) {
      await insert(query, body, { insert_deduplication_token: token });
    }
    expect(await count()).toBe('200\t100');
    // In this version insert_deduplicate=0 alone has no effect: deduplicate_insert is stronger.
    const off = { insert_deduplication_token: 'one', deduplicate_insert: 'disable' };
    await insert(query, body, { ...off, deduplicate_insert_select: 'disable' });
    expect(await count()).toBe('300\t100');
  });

  test('a token in the SETTINGS clause works as well', async () => {
    const query = plain.replace('FORMAT', "SETTINGS insert_deduplication_token = 'c' FORMAT");
    await insert(query, rowBinary(10));
    await insert(query, rowBinary(10));
    expect(await count()).toBe('10\t10');
  });

  test.each([
    ['FORMAT', plain],
    ['input()', fromInput],
  ])('100,000 rows in one insert make one part, with %s', async (_, query) => {
    await insert(query, rowBinary(100_000));
    expect([await count(), await parts()]).toEqual(['100000\t100000', '1']);
  });

  test.each([
    ['FORMAT', plain],
    ['input()', fromInput],
  ])('max_insert_block_size cuts parts when squashing is off, with %s', async (_, query) => {
    await run('SYSTEM STOP MERGES t');
    const small = { min_insert_block_size_rows: '1', min_insert_block_size_bytes: '1' };
    await insert(query, rowBinary(100_000), { ...small, max_insert_block_size: '10000' });
    expect([await count(), await parts()]).toEqual(['100000\t100000', '10']);
  });

  test('with async_insert=1 the rows are there when the answer is', async () => {
    const settings = { async_insert: '1', wait_for_async_insert: '0' };
    await insert(plain, rowBinary(10), settings);
    expect(await count()).toBe('10\t10');
  });
});

describe('bodies in pieces', () => {
  const begin = (query: string) => {
    const path = `/?query=${encodeURIComponent(query)}`;
    const sending = request({ port: server.port, path, method: 'POST', agent: new Agent() });
    sending.on('error', () => undefined);
    return sending;
  };

  test('a body that is broken off writes nothing and leaves no file', async () => {
    const body = rowBinary(10_000);
    const sending = begin(plain);
    sending.setHeader('Content-Length', body.length);
    sending.write(body.subarray(0, body.length / 2));
    await waitFor(() => bodies().length === 1, { condition: 'body arrives', boundMs: 5_000 });
    sending.destroy();
    await waitFor(() => bodies().length === 0, { condition: 'file is gone', boundMs: 5_000 });
    expect(await count()).toBe('0\t0');
  });

  test('a slow body does not hold a session', async () => {
    const slow = Array.from({ length: 5 }, () => begin(plain));
    for (const sending of slow) sending.write(rowBinary(1));
    await waitFor(() => bodies().length === 5, { condition: 'bodies arrive', boundMs: 5_000 });
    expect(await run('SELECT 1')).toBe('1');
    for (const sending of slow) sending.destroy();
    await waitFor(() => bodies().length === 0, { condition: 'files are gone', boundMs: 5_000 });
  });
});
