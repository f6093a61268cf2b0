import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { Client } from 'pg';
import { Toxiproxy } from 'toxiproxy-node-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../system-clock.ts';
import { temporaryFolder } from './dummy.test-kit.ts';
import type { Addresses } from './environment.ts';
import { createLocalEnvironment } from './local.ts';
import { isAlive } from './process-table.ts';
import { answering, ask, createTopic, look, produce, query } from './services.test-kit.ts';

const environment = createLocalEnvironment();
let addresses: Addresses;

beforeAll(async () => {
  addresses = await environment.start();
  await createTopic(addresses.direct.kafkaBootstrap);
});
afterAll(() => environment.stop());

const stateOf = async (name: string) =>
  (await environment.status()).find((service) => service.name === name)!.state;

test('all four services run, each with a version and an address', async () => {
  const seen = await environment.status();
  expect(seen.map(({ name, state }) => `${name} ${state}`)).toEqual([
    'kafka running',
    'postgres running',
    'clickhouse running',
    'toxiproxy running',
  ]);
  for (const { version, address, pid } of seen) {
    expect(version).toMatch(/\d+\.\d+/);
    expect(address).toMatch(/^127\.0\.0\.1:\d+$/);
    expect(pid).toBeGreaterThan(0);
  }
});

test('each service answers on both ways, and a cut proxy blinds only the proxied one', async () => {
  const all = ['kafka', 'postgres', 'clickhouse'];
  expect(await answering(addresses.direct)).toEqual(all);
  expect(await answering(addresses.proxied)).toEqual(all);
  const proxies = Object.values(await new Toxiproxy(addresses.toxiproxyUrl).getAll());
  const enable = (enabled: boolean) =>
    Promise.all(proxies.map((proxy) => proxy.update({ ...proxy.toJson(), enabled })));
  await enable(false);
  expect(await answering(addresses.proxied)).toEqual([]);
  expect(await answering(addresses.direct)).toEqual(all);
  await enable(true);
  expect(await answering(addresses.proxied)).toEqual(all);
});

test('Kafka sends clients back to the proxy, and everybody else to the direct listener', async () => {
  const { direct, proxied } = addresses;
  expect((await look(proxied.kafkaBootstrap)).broker).toBe(proxied.kafkaBootstrap);
  expect((await look(direct.kafkaBootstrap)).broker).toBe(direct.kafkaBootstrap);
});

test('a topic is not made by writing to it', async () => {
  await expect(produce(addresses.direct.kafkaBootstrap, 'x', 'unknown')).rejects.toThrow();
  await expect(look(addresses.direct.kafkaBootstrap, 'unknown')).rejects.toThrow();
});

test('Kafka keeps acknowledged records over kill -9', async () => {
  const { kafkaBootstrap } = addresses.proxied;
  await produce(kafkaBootstrap, 'before');
  const { next } = await look(kafkaBootstrap);
  await environment.kill('kafka');
  expect(await stateOf('kafka')).toBe('stopped');
  expect(await answering(addresses.direct)).toEqual(['postgres', 'clickhouse']);
  await environment.restart('kafka');
  expect((await look(kafkaBootstrap)).next).toBe(next);
  await produce(kafkaBootstrap, 'after');
  expect((await look(kafkaBootstrap)).next).toBe(String(Number(next) + 1));
});

test('PostgreSQL keeps committed rows over kill -9, and all of its processes die', async () => {
  const { postgresUrl } = addresses.proxied;
  await query(postgresUrl, 'CREATE TABLE marks (x int)');
  await query(postgresUrl, 'INSERT INTO marks VALUES (42)');
  await environment.kill('postgres');
  expect(await stateOf('postgres')).toBe('stopped');
  await environment.restart('postgres');
  expect(await query(postgresUrl, 'SELECT x FROM marks')).toEqual([42]);
});

test('PostgreSQL is durable and roomy', async () => {
  const settings = ['fsync', 'synchronous_commit', 'max_connections', 'listen_addresses'];
  const shown = settings.map((name) => query(addresses.direct.postgresUrl, `SHOW ${name}`));
  expect((await Promise.all(shown)).flat()).toEqual(['on', 'on', '200', '127.0.0.1']);
});

test('ClickHouse keeps inserted rows over kill -9', async () => {
  const { clickhouseUrl } = addresses.proxied;
  await ask(clickhouseUrl, 'CREATE TABLE marks (x Int32) ENGINE = MergeTree ORDER BY x');
  await ask(clickhouseUrl, 'INSERT INTO marks VALUES (42)');
  await environment.kill('clickhouse');
  expect(await stateOf('clickhouse')).toBe('stopped');
  await environment.restart('clickhouse');
  expect(await ask(clickhouseUrl, 'SELECT x FROM marks')).toBe('42');
});

test('Toxiproxy has its proxies again after kill -9', async () => {
  await environment.kill('toxiproxy');
  expect(await answering(addresses.proxied)).toEqual([]);
  expect(await answering(addresses.direct)).toEqual(['kafka', 'postgres', 'clickhouse']);
  await environment.restart('toxiproxy');
  expect(await answering(addresses.proxied)).toEqual(['kafka', 'postgres', 'clickhouse']);
});

test('a paused service answers nothing, not even on an open session, until it is resumed', async () => {
  const session = new Client({ connectionString: addresses.direct.postgresUrl });
  await session.connect();
  await environment.pause('postgres');
  expect(await stateOf('postgres')).toBe('paused');
  let answered = false;
  const answer = session.query('SELECT 7 AS x').then(({ rows }) => {
    answered = true;
    return rows;
  });
  await systemClock.sleep(500);
  expect(answered).toBe(false);
  await environment.resume('postgres');
  expect(await answer).toEqual([{ x: 7 }]);
  await session.end();
  expect(await stateOf('postgres')).toBe('running');
});

test('a living service can be restarted too', async () => {
  const before = (await environment.status()).find(({ name }) => name === 'postgres')!.pid;
  await environment.restart('postgres');
  expect(await query(addresses.direct.postgresUrl, 'SELECT 1')).toEqual([1]);
  const after = (await environment.status()).find(({ name }) => name === 'postgres')!.pid;
  expect(after).not.toBe(before);
});

test('each service writes its log into the run folder', () => {
  for (const name of ['kafka', 'postgres', 'clickhouse', 'toxiproxy'] as const) {
    expect(environment.logs(name).startsWith(environment.runFolder.folder)).toBe(true);
  }
  expect(readFileSync(environment.logs('kafka'), 'utf8')).toContain('Kafka Server started');
  expect(readFileSync(environment.logs('postgres'), 'utf8')).toContain('ready to accept');
});

test('stop leaves no process and no folder, and can be repeated', async () => {
  const { processes, folder } = environment.runFolder;
  expect(processes.filter(isAlive)).toHaveLength(5);
  await environment.pause('clickhouse');
  await environment.stop();
  expect(processes.filter(isAlive)).toEqual([]);
  expect(existsSync(folder)).toBe(false);
  await environment.stop();
  expect(() => environment.addresses).toThrow('start it');
});

test('a chosen folder keeps logs and data, and a later run in it goes on from there', async () => {
  const runDir = temporaryFolder();
  chmodSync(runDir, 0o755);
  const first = createLocalEnvironment({ runDir });
  const one = await first.start();
  await query(one.direct.postgresUrl, 'CREATE TABLE marks AS SELECT 1 AS x');
  await createTopic(one.direct.kafkaBootstrap);
  await produce(one.proxied.kafkaBootstrap, 'first');
  await first.stop();
  expect(existsSync(first.logs('kafka'))).toBe(true);
  const second = createLocalEnvironment({ runDir });
  const two = await second.start();
  expect(await query(two.direct.postgresUrl, 'SELECT x FROM marks')).toEqual([1]);
  expect((await look(two.proxied.kafkaBootstrap)).next).toBe('1');
  await second.stop();
});
