/**
 * The official client, as the pipeline uses it: it must not notice that no ClickHouse server is
 * there.
 */
import { Readable } from 'node:stream';
import {
  type ClickHouseClient,
  ClickHouseError,
  ClickHouseLogLevel,
  createClient,
} from '@clickhouse/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Running, rowBinary, startServer, temporaryFolder } from './server.fixture.ts';

const folder = temporaryFolder();
let server: Running;

beforeAll(async () => {
  server = await startServer(['--data', folder.path, '--sessions', '4']);
}, 60_000);

afterAll(async () => {
  await server.end('SIGTERM');
  folder.remove();
});

const compressions = [
  ['plain', undefined],
  ['compressed both ways', { request: true, response: true }],
] as const;

describe.each(compressions)('client, %s', (_, compression) => {
  let client: ClickHouseClient;
  const rows = async (query: string, parameters: Record<string, unknown> = {}) => {
    const result = await client.query({
      query,
      query_params: parameters,
      format: 'JSONCompactEachRow',
    });
    return result.json();
  };

  beforeAll(async () => {
    const log = { level: ClickHouseLogLevel.OFF };
    client = createClient({ url: server.url, compression: compression ?? {}, log });
    await client.command({
      query: `CREATE OR REPLACE TABLE t (a Int32, b String, at DateTime64(3) DEFAULT now64())
        ENGINE = MergeTree ORDER BY a SETTINGS non_replicated_deduplication_window = 10`,
      clickhouse_settings: { wait_end_of_query: 1 },
    });
  });

  afterAll(() => client.close());

  test('pings, by /ping and by a query', async () => {
    expect(await client.ping()).toEqual({ success: true });
    expect(await client.ping({ select: true })).toEqual({ success: true });
  });

  test('queries with parameters and settings', async () => {
    const result = await client.query({
      query: "SELECT {n:Int32} + 1 AS n, {s:String} AS s, getSetting('max_threads') AS threads",
      query_params: { n: 4, s: "it's\t\\ \n" },
      clickhouse_settings: { max_threads: 1, output_format_json_quote_64bit_integers: 0 },
      format: 'JSONEachRow',
    });
    expect(await result.json()).toEqual([{ n: 5, s: "it's\t\\ \n", threads: 1 }]);
    const values = { l: ['x', "y'"], m: { k: 1 }, nothing: null };
    const query = 'SELECT {l:Array(String)}, {m:Map(String, Int8)}, {nothing:Nullable(String)}';
    expect(await rows(query, values)).toEqual([[['x', "y'"], { k: 1 }, null]]);
  });

  test('sends long parameters as a form', async () => {
    const result = await client.query({
      query: 'SELECT length({l:Array(String)}) AS n',
      query_params: { l: Array.from({ length: 100_000 }, (_, i) => `value ${i}`) },
      use_multipart_params: true,
      format: 'JSONEachRow',
    });
    expect(await result.json()).toEqual([{ n: 100_000 }]);
  });

  test('inserts objects, arrays and a stream, with chosen columns', async () => {
    const objects = [
      { a: 1, b: 'x' },
      { a: 2, b: 'y' },
    ];
    await client.insert({ table: 't', values: objects, format: 'JSONEachRow' });
    const arrays = [
      [3, 'x'],
      [4, 'y'],
    ];
    const format = 'JSONCompactEachRow';
    await client.insert({ table: 't', values: arrays, columns: ['a', 'b'], format });
    const values = Readable.from([{ a: 5, b: 'z' }]);
    await client.insert({ table: 't', values, columns: { except: ['at'] }, format: 'JSONEachRow' });
    expect(
      await rows('SELECT groupArray(a), min(at) > now() - 60 FROM (SELECT * FROM t ORDER BY a)'),
    ).toEqual([[[1, 2, 3, 4, 5], 1]]);
    await client.command({ query: 'TRUNCATE TABLE t' });
  });

  test('executes an insert from a stream of RowBinary, with a token', async () => {
    const body = rowBinary(20_000);
    const query = `INSERT INTO t (a, b) SELECT toInt32(offset), value
      FROM input('partition Int32, offset Int64, value String') FORMAT RowBinary`;
    for (let repeat = 0; repeat < 2; repeat++) {
      const pieces = [body.subarray(0, 70_001), body.subarray(70_001)];
      const result = await client.exec({
        query,
        values: Readable.from(pieces, { objectMode: false }),
        clickhouse_settings: { insert_deduplication_token: 'the same' },
      });
      for await (const _ of result.stream) expect.unreachable('an insert answers with nothing');
    }
    expect(await rows('SELECT count(), uniqExact(a) FROM t')).toEqual([[20_000, 20_000]]);
  });

  test('reads a long result as a stream', async () => {
    const result = await client.query({
      query: 'SELECT number FROM numbers(500000)',
      format: 'JSONEachRow',
    });
    let count = 0;
    for await (const chunk of result.stream()) count += chunk.length;
    expect(count).toBe(500_000);
  });

  test('sees the code and the name of an error', async () => {
    const failed = client.query({ query: 'SELECT * FROM nothing' });
    await expect(failed).rejects.toBeInstanceOf(ClickHouseError);
    await expect(failed).rejects.toMatchObject({ code: '60', type: 'UNKNOWN_TABLE' });
  });

  test('sees that a stream has failed in the middle', async () => {
    const query = "SELECT throwIf(number = 800000, 'planted'), number FROM numbers(1000000)";
    const result = await client.query({ query, format: 'JSONEachRow' });
    const read = async () => {
      for await (const chunk of result.stream()) expect(chunk.length).toBeGreaterThan(0);
    };
    await expect(read()).rejects.toThrow(compression === undefined ? /planted/ : /aborted|planted/);
  });
});
