/**
 * A real Postgres, started alone, as ground for the conformance suite.
 *
 * It is the Postgres of the local environment without the rest: the same binaries, settings and
 * guard. Its tables are emptied for each test, past all guards. A backup copies them, and restoring
 * it puts exactly these rows back, as a dump that is loaded does; databases of their own would cost
 * seconds a test. Connections stay as they are.
 */
import pg from 'pg';
import { createCatalog } from '../../../src/pipeline/adapters/postgres/catalog.ts';
import { classify, connect } from '../../../src/pipeline/adapters/postgres/connection.ts';
import { createLedger } from '../../../src/pipeline/adapters/postgres/ledger.ts';
import { cacheFolder } from '../../environment/cache.ts';
import { startGuard, stopGuard } from '../../environment/guard.ts';
import { freePorts } from '../../environment/ports.ts';
import { planPostgres, postgresUrl } from '../../environment/postgres.ts';
import { installPostgres } from '../../environment/postgres-install.ts';
import { RunFolder } from '../../environment/run-folder.ts';
import { ServiceProcess } from '../../environment/service-process.ts';
import { systemClock } from '../../system-clock.ts';
import type { LedgerGround, Outsider } from './ledger-ground.test-kit.ts';

export interface PostgresGrounds {
  open(): Promise<LedgerGround>;
  stop(): Promise<void>;
}

export async function startPostgresGrounds(): Promise<PostgresGrounds> {
  const cache = cacheFolder();
  const installed = await installPostgres({ cache, report: () => undefined });
  const run = RunFolder.create(cache);
  startGuard(cache, run);
  const [port] = (await freePorts(1)) as [number];
  const server = new ServiceProcess(await planPostgres(installed, run, port), run);
  const url = postgresUrl(port);
  const admin = new pg.Client({ connectionString: url });
  const database = connect({ url, connectionsMax: 4, timeoutMs: 10_000 });
  const stop = async () => {
    await database.close();
    await admin.end();
    await server.stop();
    await stopGuard(run);
    run.remove();
  };
  try {
    await server.start();
    await admin.connect();
    const ledger = createLedger(database);
    await ledger.migrate();
    await admin.query(`SET session_replication_role = replica; CREATE SCHEMA backup`);
    const catalog = createCatalog(database);
    const outsider = outsiderOf(url);
    const wait = (ms: number) => systemClock.sleep(ms);
    const backup = () => takeBackup(admin);
    const close = async () => undefined;
    const open = async () => {
      await admin.query(tables.map((name) => `DELETE FROM ${name}`).join(';'));
      return { ledger, catalog, outsider, wait, backup, close };
    };
    return { open, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Everything that a ledger and a catalog are. */
const tables = [
  'tidemark.lease',
  'tidemark.member',
  'tidemark.topic',
  'tidemark.head',
  'tidemark.range',
  'tidemark.batch',
  'tidemark.batch_range',
  'tidemark.commit_log',
  'public.iceberg_tables',
  'public.iceberg_namespace_properties',
];

/** In one transaction each, by a session that no trigger and no constraint between tables sees. */
async function takeBackup(admin: pg.Client): Promise<() => Promise<void>> {
  const copies = tables.map((name) => [name, `backup.${name.split('.')[1]}`] as const);
  const statements = copies.map(
    ([name, copy]) => `DROP TABLE IF EXISTS ${copy}; CREATE TABLE ${copy} AS TABLE ${name}`,
  );
  await admin.query(statements.join(';'));
  const back = copies.map(
    ([name, copy]) => `DELETE FROM ${name}; INSERT INTO ${name} SELECT * FROM ${copy}`,
  );
  return async () => {
    await admin.query(back.join(';'));
  };
}

/** Connections that know nothing of the pipeline, as a stock writer or a person at psql has them. */
function outsiderOf(connectionString: string): Outsider {
  const say = async (application: string, text: string, values: readonly unknown[]) => {
    const client = new pg.Client({ connectionString, application_name: application });
    await client.connect();
    try {
      return (await client.query(text, [...values])).rowCount ?? 0;
    } catch (error) {
      throw classify(error, connectionString);
    } finally {
      await client.end();
    }
  };
  return {
    swing: async (table, from, to, epoch) =>
      (await say(
        epoch === null ? 'stock' : `tidemark:${epoch}`,
        `UPDATE iceberg_tables SET metadata_location = $1, previous_metadata_location = $2
         WHERE catalog_name = $3 AND table_namespace = $4 AND table_name = $5 AND metadata_location = $2
           AND (iceberg_type = 'TABLE' OR iceberg_type IS NULL)`,
        [to, from, table.catalog, table.namespace, table.name],
      )) === 1,
    create: async (table, location) => {
      await say(
        'stock',
        `INSERT INTO iceberg_tables (catalog_name, table_namespace, table_name, metadata_location, iceberg_type)
         VALUES ($1, $2, $3, $4, 'TABLE')`,
        [table.catalog, table.namespace, table.name, location],
      );
    },
    drop: async (table) => {
      await say(
        'stock',
        'DELETE FROM iceberg_tables WHERE catalog_name = $1 AND table_namespace = $2 AND table_name = $3',
        [table.catalog, table.namespace, table.name],
      );
    },
    setHead: async (layer, key, offsetNext) => {
      await say(
        'psql',
        'UPDATE tidemark.head SET offset_next = $1 WHERE layer = $2 AND topic_id = $3 AND partition = $4',
        [offsetNext, layer, key.topicId, key.partition],
      );
    },
    retireTopic: async (topicId) => {
      await say('psql', 'UPDATE tidemark.topic SET current = false WHERE topic_id = $1', [topicId]);
    },
  };
}
