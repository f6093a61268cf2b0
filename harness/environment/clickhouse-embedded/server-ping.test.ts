/**
 * The process itself: liveness routes, who may ask, and how it starts, ends, dies and comes back.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { waitFor } from '../../system-clock.ts';
import { post, type Running, sql, startServer, temporaryFolder } from './server.fixture.ts';

const folder = temporaryFolder();
let server: Running;

beforeAll(async () => {
  const files = join(folder.path, 'files');
  mkdirSync(files);
  writeFileSync(join(files, 'three.csv'), '1\n2\n3\n');
  const args = ['--data', join(folder.path, 'data'), '--files', files, '--sessions', '6'];
  server = await startServer(args);
}, 60_000);

afterAll(async () => {
  await server.end('SIGTERM');
  folder.remove();
});

describe('liveness', () => {
  test('/ping and / answer Ok. to GET, /ping to HEAD', async () => {
    for (const path of ['/ping', '/', '/replicas_status']) {
      const response = await fetch(`${server.url}${path}`);
      expect([response.status, await response.text()]).toEqual([200, 'Ok.\n']);
    }
    const head = await fetch(`${server.url}/ping`, { method: 'HEAD' });
    expect(head.status).toBe(200);
    expect(head.headers.get('x-clickhouse-timezone')).toBeTruthy();
    expect(head.headers.get('x-clickhouse-server-display-name')).toBe('clickhouse-embedded');
  });

  test('a path that is no handle is 404', async () => {
    expect((await fetch(`${server.url}/play`)).status).toBe(404);
  });
});

describe('user', () => {
  const ask = (headers: Record<string, string>) => post(server.url, 'SELECT 1', {}, headers);
  const basic = (user: string) => `Basic ${Buffer.from(`${user}:secret`).toString('base64')}`;

  test('default comes in with any password, by header, basic auth and URL', async () => {
    const header = { 'X-ClickHouse-User': 'default', 'X-ClickHouse-Key': 'secret' };
    expect((await ask(header)).status).toBe(200);
    expect((await ask({ Authorization: basic('default') })).status).toBe(200);
    expect(await sql(server.url, 'SELECT 1', { user: 'default', password: 'x' })).toBe('1');
  });

  test('any other user is refused with 403 and code 516', async () => {
    for (const [name, value] of [
      ['X-ClickHouse-User', 'eve'],
      ['Authorization', basic('eve')],
    ] as const) {
      const reply = await ask({ [name]: value });
      expect(reply.status).toBe(403);
      expect(reply.headers.get('x-clickhouse-exception-code')).toBe('516');
    }
  });
});

test('relative paths of file() start at --files', async () => {
  expect(await sql(server.url, "SELECT sum(n) FROM file('three.csv', CSV, 'n Int32')")).toBe('6');
});

test('as many queries run side by side as there are sessions', async () => {
  const start = performance.now();
  await Promise.all(Array.from({ length: 6 }, () => sql(server.url, 'SELECT sleep(1)')));
  expect(performance.now() - start).toBeLessThan(2_500);
});

test('rows acknowledged before kill -9 are there after a restart on the same folder', async () => {
  const own = temporaryFolder();
  const args = ['--data', own.path];
  const first = await startServer(args);
  await sql(first.url, 'CREATE TABLE t (a Int64) ENGINE = MergeTree ORDER BY a');
  for (let i = 0; i < 20; i++) {
    await sql(first.url, `INSERT INTO t SELECT number FROM numbers(${i * 1000}, 1000)`);
  }
  const open = sql(first.url, 'INSERT INTO t SELECT sleepEachRow(1) + number FROM numbers(3)');
  const broken = expect(open).rejects.toThrow();
  expect(await first.end('SIGKILL')).toBe('SIGKILL');
  await broken;

  const second = await startServer(args);
  expect(await sql(second.url, 'SELECT count(), uniqExact(a) FROM t')).toBe('20000\t20000');
  expect(await second.end('SIGTERM')).toBe(0);
  own.remove();
}, 60_000);

test('a second process on the same data folder does not start', async () => {
  const second = startServer(['--data', join(folder.path, 'data')]);
  await expect(second).rejects.toThrow(/ended at its start/);
}, 60_000);

test('SIGTERM lets a running query finish and ends with 0', async () => {
  const own = temporaryFolder();
  const running = await startServer(['--data', own.path]);
  const answer = sql(running.url, 'SELECT sleep(1), 5');
  await waitFor(
    async () =>
      (await sql(
        running.url,
        "SELECT count() FROM system.processes WHERE query LIKE '%sleep(1), 5'",
      )) === '1',
    { condition: 'the query runs', boundMs: 5_000, pollMs: 20 },
  );
  expect(await running.end('SIGTERM')).toBe(0);
  expect(await answer).toBe('0\t5');
  own.remove();
}, 60_000);

test('SIGTERM ends it within --drain-ms even when a query runs for ever', async () => {
  const own = temporaryFolder();
  const running = await startServer(['--data', own.path, '--drain-ms', '300']);
  await sql(running.url, 'CREATE TABLE t (a Int64) ENGINE = MergeTree ORDER BY a');
  await sql(running.url, 'INSERT INTO t VALUES (1)');
  const endless = 'SELECT max(sipHash64(number)) FROM numbers(1000000000000) FORMAT JSON';
  const broken = expect(sql(running.url, endless)).rejects.toThrow();
  await waitFor(
    async () => {
      const queue = await fetch(`${running.url}/queue`);
      return ((await queue.json()) as { running: number }).running === 1;
    },
    { condition: 'the query runs', boundMs: 5_000, pollMs: 20 },
  );
  expect(await running.end('SIGTERM')).toBe('SIGKILL');
  await broken;
  const next = await startServer(['--data', own.path]);
  expect(await sql(next.url, 'SELECT a FROM t')).toBe('1');
  await next.end('SIGTERM');
  own.remove();
}, 60_000);

test('with --exit-with-parent it ends when its parent is killed', async () => {
  const own = temporaryFolder();
  const main = fileURLToPath(new URL('main.ts', import.meta.url));
  const script = `const { spawn } = require('node:child_process');
    spawn(process.execPath, [${JSON.stringify(main)}, '--data', ${JSON.stringify(own.path)},
      '--exit-with-parent'], { stdio: ['ignore', 'inherit', 'ignore'], detached: true });
    setInterval(() => undefined, 1e6);`;
  const parent = spawn(process.execPath, ['-e', script]);
  let said = '';
  parent.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  await waitFor(() => said.includes('\n'), { condition: 'ready line', boundMs: 30_000 });
  const { pid, port } = JSON.parse(said) as { pid: number; port: number };
  expect(await (await fetch(`http://127.0.0.1:${port}/ping`)).text()).toBe('Ok.\n');
  parent.kill('SIGKILL');
  const isGone = () => {
    try {
      process.kill(pid, 0);
      return false;
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'ESRCH';
    }
  };
  await waitFor(isGone, { condition: 'the orphan has ended', boundMs: 10_000 });
  own.remove();
}, 60_000);
