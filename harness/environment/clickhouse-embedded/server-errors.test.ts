/**
 * What goes wrong, and how the client learns it: status, code, words, and what happens to those who
 * wait or leave.
 */
import { Agent, request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { waitFor } from '../../system-clock.ts';
import { post, type Running, sql, startServer, temporaryFolder } from './server.fixture.ts';

const folder = temporaryFolder();
let server: Running;

beforeAll(async () => {
  const args = ['--data', folder.path, '--sessions', '1', '--waiting', '2'];
  server = await startServer(args);
}, 60_000);

afterAll(async () => {
  await server.end('SIGTERM');
  folder.remove();
});

describe('errors of the engine', () => {
  test.each([
    ['SELEC 1', 400, 62, 'SYNTAX_ERROR'],
    ['SELECT * FROM nothing', 404, 60, 'UNKNOWN_TABLE'],
    ['SELECT * FROM nowhere.nothing', 404, 81, 'UNKNOWN_DATABASE'],
    ['SELECT nothing', 404, 47, 'UNKNOWN_IDENTIFIER'],
    ['SELECT 1 FORMAT Nothing', 404, 73, 'UNKNOWN_FORMAT'],
    ["SELECT toInt8('x')", 400, 6, 'CANNOT_PARSE_TEXT'],
    ["SELECT throwIf(1, 'planted')", 500, 395, 'planted'],
    ['CREATE TABLE x (a Nothing2) ENGINE = Memory', 404, 50, 'UNKNOWN_TYPE'],
    ['INSERT INTO nothing FORMAT CSV\n1', 404, 60, 'UNKNOWN_TABLE'],
  ])('%s is %i, code %i', async (query, status, code, words) => {
    const reply = await post(server.url, query);
    expect(reply.status).toBe(status);
    expect(reply.headers.get('x-clickhouse-exception-code')).toBe(String(code));
    expect(reply.text).toMatch(new RegExp(`^Code: ${code}\\. DB::Exception: `));
    expect(reply.text).toContain(words);
    expect(reply.headers.get('x-clickhouse-query-id')).toBeTruthy();
  });

  test('an unknown setting is 404, code 115', async () => {
    const reply = await post(server.url, 'SELECT 1', { no_such_setting: '1' });
    expect([reply.status, reply.text]).toEqual([404, expect.stringContaining('UNKNOWN_SETTING')]);
  });

  test('one in the middle of a stream cuts the answer after a tagged exception', async () => {
    const query = "SELECT throwIf(number = 800000, 'planted'), number FROM numbers(1000000)";
    const { text, complete, tag } = await new Promise<{
      text: string;
      complete: boolean;
      tag: unknown;
    }>((resolve, reject) => {
      const asked = request(server.url, { method: 'POST', agent: new Agent() }, (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => {
          text += chunk.toString();
        });
        // A cut answer ends with an error and no end event; close comes in both cases.
        response.on('error', () => undefined);
        const tag = response.headers['x-clickhouse-exception-tag'];
        response.on('close', () => resolve({ text, complete: response.complete, tag }));
      });
      asked.on('error', reject);
      asked.end(query);
    });
    expect(complete).toBe(false);
    expect(text).toContain(`\r\n__exception__\r\n${tag}\r\nCode: 395. DB::Exception: planted`);
    expect(text.endsWith(`${tag}\r\n__exception__\r\n`)).toBe(true);
  });
});

describe('refused by name', () => {
  const refusals: [string, string, Record<string, string>][] = [
    ['session_id', 'SELECT 1', { session_id: 'a' }],
    ['role', 'SELECT 1', { role: 'admin' }],
    ['decompress=1', 'SELECT 1', { decompress: '1' }],
    ['compress=1', 'SELECT 1', { compress: '1' }],
    ['KILL', "KILL QUERY WHERE query_id = 'a'", {}],
    ['users', 'CREATE USER eve', {}],
    ['INTO OUTFILE', "SELECT 1 INTO OUTFILE 'x'", {}],
    ['FROM INFILE', "INSERT INTO x FROM INFILE 'y' FORMAT CSV", {}],
    ['SYSTEM SHUTDOWN', 'SYSTEM SHUTDOWN', {}],
  ];

  test.each(refusals)('%s, with 501 and a sentence', async (name, query, parameters) => {
    const reply = await post(server.url, query, parameters);
    expect(reply.status).toBe(501);
    expect(reply.headers.get('x-clickhouse-exception-code')).toBe('48');
    expect(reply.text).toContain(`does not support ${name}. `);
  });

  test('external tables in a form', async () => {
    const form = new FormData();
    form.append('query', 'SELECT * FROM ext');
    form.append('ext', new Blob(['1\n']), 'ext.tsv');
    const response = await fetch(server.url, { method: 'POST', body: form });
    expect(response.status).toBe(501);
    expect(await response.text()).toContain('external tables');
  });

  test('a second statement, an empty one, and commands of the interactive client', async () => {
    for (const query of ['SELECT 1; SELECT 2', '', ' -- nothing', ';', 'exit', '\\d']) {
      const reply = await post(server.url, query);
      expect([query, reply.status]).toEqual([query, 400]);
    }
  });

  test('writing by GET', async () => {
    const query = encodeURIComponent('CREATE TABLE got (a Int32) ENGINE = Memory');
    const response = await fetch(`${server.url}/?query=${query}`);
    expect(response.headers.get('x-clickhouse-exception-code')).toBe('164');
    expect(await sql(server.url, 'EXISTS TABLE got')).toBe('0');
  });
});

describe('more requests than the server takes', () => {
  /** Sends a query whose answer nobody waits for. */
  const send = (query: string) => {
    const asked = request(server.url, { method: 'POST', agent: new Agent() });
    asked.on('error', () => undefined);
    asked.end(query);
    return asked;
  };
  const queueIs = (running: number, waiting: number) =>
    waitFor(
      async () => {
        const counts = await (await fetch(`${server.url}/queue`)).json();
        expect(counts).toEqual({ arriving: 0, waiting, running });
        return true;
      },
      { condition: `${running} run and ${waiting} wait`, boundMs: 5_000, pollMs: 10 },
    );

  test('the fourth is turned away with 503 and code 202 while one runs and two wait', async () => {
    const taken = Array.from({ length: 3 }, () => post(server.url, 'SELECT sleep(1)'));
    await queueIs(1, 2);
    const fourth = await post(server.url, 'SELECT 4');
    expect(fourth.status).toBe(503);
    expect(fourth.headers.get('x-clickhouse-exception-code')).toBe('202');
    expect(fourth.text).toContain('TOO_MANY_SIMULTANEOUS_QUERIES');
    for (const reply of await Promise.all(taken)) expect(reply.status).toBe(200);
    expect(await sql(server.url, 'SELECT 5')).toBe('5');
  });

  test('who leaves while waiting is never run; what runs is run to its end', async () => {
    await sql(server.url, 'CREATE TABLE seen (a Int32) ENGINE = MergeTree ORDER BY a');
    const runs = send('INSERT INTO seen SELECT 1 + sleep(2)');
    await queueIs(1, 0);
    const waits = send('INSERT INTO seen SELECT 2');
    await queueIs(1, 1);
    runs.destroy();
    waits.destroy();
    await queueIs(1, 0);
    await queueIs(0, 0);
    expect(await sql(server.url, 'SELECT a FROM seen')).toBe('1');
  });
});
