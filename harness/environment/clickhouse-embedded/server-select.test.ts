/**
 * Reading: formats, parameters, settings, compression, streams, and that one request leaves nothing
 * for the next.
 */
import { Agent, get, request } from 'node:http';
import { brotliDecompressSync, gunzipSync, inflateSync, zstdDecompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { post, type Running, sql, startServer, temporaryFolder } from './server.fixture.ts';

const folder = temporaryFolder();
let server: Running;

beforeAll(async () => {
  server = await startServer(['--data', folder.path, '--sessions', '2']);
}, 60_000);

afterAll(async () => {
  await server.end('SIGTERM');
  folder.remove();
});

describe('where the query stands', () => {
  test('in the URL, in the body, or begun in the URL and ended in the body', async () => {
    const inUrl = await fetch(`${server.url}/?query=SELECT+1`);
    expect(await inUrl.text()).toBe('1\n');
    expect(await sql(server.url, 'SELECT 2;')).toBe('2');
    expect(await sql(server.url, '+ 3', { query: 'SELECT 40' })).toBe('43');
  });

  test('a URL of 200 kB is taken', async () => {
    const long = `SELECT length('${'x'.repeat(200_000)}')`;
    expect(await sql(server.url, '', { query: long })).toBe('200000');
  });
});

describe('format', () => {
  const header = { 'X-ClickHouse-Format': 'JSONEachRow' };

  test('the FORMAT clause wins over the header, the header over default_format', async () => {
    const byHeader = await post(server.url, 'SELECT 1 AS a', { default_format: 'CSV' }, header);
    expect(byHeader.text).toBe('{"a":1}\n');
    expect(byHeader.headers.get('x-clickhouse-format')).toBe('JSONEachRow');
    const byClause = await post(server.url, "SELECT 'FORMAT x' AS a FORMAT CSV", {}, header);
    expect(byClause.text).toBe('"FORMAT x"\n');
    expect(byClause.headers.get('x-clickhouse-format')).toBe('CSV');
    expect(await sql(server.url, 'SELECT 1 AS a', { default_format: 'CSVWithNames' })).toBe(
      '"a"\n1',
    );
  });

  test('binary results come byte for byte', async () => {
    const query = 'SELECT number::UInt8 FROM numbers(256) FORMAT RowBinary';
    const response = await fetch(server.url, { method: 'POST', body: query });
    const bytes = Buffer.from(await response.arrayBuffer());
    expect(bytes).toEqual(Buffer.from(Array.from({ length: 256 }, (_, i) => i)));
    const parquet = await fetch(server.url, {
      method: 'POST',
      body: 'SELECT 1 AS a FORMAT Parquet',
    });
    expect(
      Buffer.from(await parquet.arrayBuffer())
        .subarray(0, 4)
        .toString(),
    ).toBe('PAR1');
  });

  test('statements other than SELECT give their rows too', async () => {
    expect(await sql(server.url, 'SHOW DATABASES')).toContain('default');
    expect(await sql(server.url, 'EXISTS TABLE nothing FORMAT JSONEachRow')).toBe('{"result":0}');
  });

  test('totals stay in the result of a format that is otherwise streamed', async () => {
    const query =
      'SELECT number % 2 AS k, count() FROM numbers(10) GROUP BY k WITH TOTALS ORDER BY k';
    expect(await sql(server.url, query)).toBe('0\t5\n1\t5\n\n0\t10');
  });
});

describe('parameters and settings', () => {
  test('param_* values are bound, whatever is in them', async () => {
    const values = { param_s: "it's \\\\ `q` \\n", param_n: '-7', param_l: "['a','b']" };
    const query = 'SELECT {s:String}, {n:Int8} + 1, {l:Array(String)}[2] FORMAT JSONCompactEachRow';
    expect(JSON.parse(await sql(server.url, query, values))).toEqual(["it's \\ `q` \n", -6, 'b']);
  });

  test('settings hold for their request and for no other', async () => {
    const query = "SELECT getSetting('max_threads'), getSetting('max_block_size')";
    const own = await sql(server.url, query, { max_threads: '1', max_block_size: '77' });
    expect(own).toBe('1\t77');
    await sql(server.url, 'SELECT 1 SETTINGS max_block_size = 78');
    await sql(server.url, 'SET max_block_size = 79');
    await post(server.url, 'SELECT nothing', { max_block_size: '80' });
    for (let i = 0; i < 6; i++)
      expect(await sql(server.url, query)).not.toMatch(/\t(77|78|79|80)$/);
    const parameter = await post(server.url, 'SELECT {s:String}');
    expect(parameter.headers.get('x-clickhouse-exception-code')).toBe('456');
  });

  test('a database, USE and temporary tables hold for their request only', async () => {
    await sql(server.url, 'CREATE DATABASE IF NOT EXISTS `odd name`');
    const here = await sql(server.url, 'SELECT currentDatabase()', { database: 'odd name' });
    expect(here).toBe('odd name');
    await sql(server.url, 'USE system');
    await sql(server.url, 'CREATE TEMPORARY TABLE fleeting (a Int32)');
    for (let i = 0; i < 4; i++) {
      expect(await sql(server.url, 'SELECT currentDatabase()')).toBe('default');
      expect((await post(server.url, 'SELECT * FROM fleeting')).status).toBe(404);
    }
  });

  test('200 requests with different parameters at once each get their own value', async () => {
    const asked = Array.from({ length: 200 }, (_, i) => String(i));
    const query = 'SELECT {v:String}';
    const got = await Promise.all(asked.map((v) => sql(server.url, query, { param_v: v })));
    expect(got).toEqual(asked);
  });

  test('query and parameters come in a multipart form too', async () => {
    const form = new FormData();
    form.append('query', 'SELECT length({v:String})');
    form.append('param_v', 'y'.repeat(1_000_000));
    const response = await fetch(server.url, { method: 'POST', body: form });
    expect(await response.text()).toBe('1000000\n');
  });
});

describe('headers', () => {
  test('the query id is echoed, or made', async () => {
    const named = await post(server.url, 'SELECT 1', { query_id: 'mine-1' });
    expect(named.headers.get('x-clickhouse-query-id')).toBe('mine-1');
    const unnamed = await post(server.url, 'SELECT 1');
    expect(unnamed.headers.get('x-clickhouse-query-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('the summary has what the engine told, and no invented counts', async () => {
    const whole = await post(server.url, 'SELECT number FROM numbers(5) FORMAT JSON');
    const summary = JSON.parse(whole.headers.get('x-clickhouse-summary') ?? '{}');
    expect(summary).toMatchObject({ result_rows: '5', result_bytes: '40' });
    expect(Object.keys(summary).sort()).toEqual(['elapsed_ns', 'result_bytes', 'result_rows']);
  });
});

describe('compressed answers', () => {
  const raw = (encoding: string, path: string) =>
    new Promise<{ encoding: string | undefined; bytes: Buffer }>((resolve, reject) => {
      const headers = { 'Accept-Encoding': encoding };
      get(`${server.url}${path}`, { headers, agent: new Agent() }, (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('error', reject);
        response.on('end', () => {
          const bytes = Buffer.concat(parts);
          resolve({ encoding: response.headers['content-encoding'], bytes });
        });
      }).on('error', reject);
    });
  const undo = {
    gzip: gunzipSync,
    deflate: inflateSync,
    br: brotliDecompressSync,
    zstd: zstdDecompressSync,
  };

  test.each(Object.entries(undo))(
    '%s, for a whole result and for a stream',
    async (name, decode) => {
      for (const format of ['JSONCompact', 'TSV']) {
        const query = encodeURIComponent(`SELECT number FROM numbers(200000) FORMAT ${format}`);
        const path = `/?query=${query}&enable_http_compression=1`;
        const { encoding, bytes } = await raw(`lzma, ${name}`, path);
        expect(encoding).toBe(name);
        expect(decode(bytes).toString()).toContain('199999');
        expect(bytes.length).toBeLessThan(800_000);
      }
    },
  );

  test('not without enable_http_compression=1, not by an encoding ruled out', async () => {
    expect((await raw('gzip', '/?query=SELECT+1')).encoding).toBeUndefined();
    const ruledOut = await raw('gzip;q=0, br', '/?query=SELECT+1&enable_http_compression=1');
    expect(ruledOut.encoding).toBe('br');
  });
});

describe('streams', () => {
  test('three million rows come complete and in order', async () => {
    const text = await sql(server.url, 'SELECT number FROM numbers(3000000)');
    const lines = text.split('\n');
    expect(lines.length).toBe(3_000_000);
    expect(lines.every((line, i) => line === String(i))).toBe(true);
  });

  test('a client that leaves in the middle of an endless stream frees its session', async () => {
    const leave = () =>
      new Promise<void>((resolve, reject) => {
        const asked = request(server.url, { method: 'POST', agent: new Agent() }, (response) => {
          response.once('data', () => {
            response.destroy();
            resolve();
          });
        });
        asked.on('error', reject);
        asked.end('SELECT number FROM system.numbers');
      });
    // More often than there are sessions: a session that stayed taken would stop the last query.
    for (let i = 0; i < 6; i++) await leave();
    expect(await sql(server.url, 'SELECT 1')).toBe('1');
  });
});
