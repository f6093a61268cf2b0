/**
 * ClickHouse keeps the promises that the simulated hot store is built on.
 *
 * The engine is the real one, started as the local environment starts it; each store of the suite
 * gets a database of its own. Only the size of the deduplication log is set for the test.
 */
import { createClient } from '@clickhouse/client';
import { afterAll, beforeAll } from 'vitest';
import { createHotStore } from '../../../src/pipeline/adapters/clickhouse/hot-store.ts';
import { bronzeTable, deadLetterTable } from '../../../src/pipeline/adapters/clickhouse/schema.ts';
import {
  type Running,
  startServer,
  temporaryFolder,
} from '../../environment/clickhouse-embedded/server.fixture.ts';
import { hotStoreSuite } from './hot-store.suite.test-kit.ts';

const folder = temporaryFolder();
let server: Running;
let databases = 0;
const closings: Array<() => Promise<void>> = [];

beforeAll(async () => {
  server = await startServer(['--data', folder.path]);
});

afterAll(async () => {
  for (const close of closings) await close();
  await server?.end('SIGTERM');
  folder.remove();
});

hotStoreSuite('ClickHouse', {
  slowRows: 60_000,
  open: async (tokensMax) => {
    databases += 1;
    const database = `suite_${databases}`;
    const access = { username: 'default', password: '' };
    const store = createHotStore({
      url: server.url,
      database,
      ...access,
      requestTimeoutMs: 60_000,
    });
    const client = createClient({ url: server.url, database });
    closings.push(
      () => store.close(),
      () => client.close(),
    );
    await store.prepare();
    await store.prepare();
    for (const table of [bronzeTable, deadLetterTable]) {
      const setting = `non_replicated_deduplication_window = ${tokensMax}`;
      await client.command({ query: `ALTER TABLE ${table} MODIFY SETTING ${setting}` });
    }
    const deadLetters = async (topicId: string) => {
      const result = await client.query({
        query: `SELECT toInt32(offset), reason, lower(hex(value)) FROM ${deadLetterTable}
          WHERE topic_id = '${topicId}' ORDER BY offset`,
        format: 'JSONCompactEachRow',
      });
      return (await result.json()) as Array<[number, string, string | null]>;
    };
    const inserting = async () => {
      const result = await client.query({
        query: `SELECT toInt32(count()) FROM system.processes
          WHERE current_database = '${database}' AND query LIKE 'INSERT INTO ${bronzeTable}%'`,
        format: 'JSONCompactEachRow',
      });
      return ((await result.json()) as number[][])[0]![0]!;
    };
    return { store, deadLetters, inserting };
  },
});
