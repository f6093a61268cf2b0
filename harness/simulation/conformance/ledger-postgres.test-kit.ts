/**
 * A real Postgres, started alone, as ground for the conformance suite.
 *
 * It is the Postgres of the local environment without the rest: the same binaries, settings and
 * guard. A test gets a database of its own, copied from one that the migrations made, which takes
 * tenths of a second; a backup is such a copy, and restoring it means dropping the database and
 * copying it back, with all connections cut.
 */
import pg from 'pg';
import { createCatalog } from '../../../src/pipeline/adapters/postgres/catalog.ts';
import {
  classify,
  connect,
  type Database,
} from '../../../src/pipeline/adapters/postgres/connection.ts';
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

const template = 'migrated';

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
  const stop = async () => {
    await server.stop();
    await stopGuard(run);
    run.remove();
  };
  try {
    await server.start();
    const admin = new pg.Client({ connectionString: postgresUrl(port) });
    await admin.connect();
    await admin.query(`CREATE DATABASE ${template}`);
    const database = connectTo(port, template);
    await createLedger(database).migrate();
    await database.close();
    let opened = 0;
    return {
      open: async () => {
        opened += 1;
        const name = `ground_${opened}`;
        await admin.query(`CREATE DATABASE ${name} TEMPLATE ${template}`);
        return new PostgresGround(admin, port, name);
      },
      stop: async () => {
        await admin.end();
        await stop();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

const urlOf = (port: number, name: string) => postgresUrl(port).replace(/[^/]+$/, name);

function connectTo(port: number, name: string): Database {
  return connect({ url: urlOf(port, name), connectionsMax: 4, timeoutMs: 10_000 });
}

class PostgresGround implements LedgerGround {
  readonly #admin: pg.Client;
  readonly #port: number;
  readonly #name: string;
  #copies = 0;
  #database: Database;

  constructor(admin: pg.Client, port: number, name: string) {
    this.#admin = admin;
    this.#port = port;
    this.#name = name;
    this.#database = connectTo(port, name);
  }

  get ledger() {
    return createLedger(this.#database);
  }

  get catalog() {
    return createCatalog(this.#database);
  }

  get outsider(): Outsider {
    return outsiderOf(urlOf(this.#port, this.#name));
  }

  wait(ms: number): Promise<void> {
    return systemClock.sleep(ms);
  }

  /** Nobody may be connected to a database that is copied, so the pool begins anew. */
  async backup(): Promise<() => Promise<void>> {
    this.#copies += 1;
    const copy = `${this.#name}_backup_${this.#copies}`;
    await this.#apart(`CREATE DATABASE ${copy} TEMPLATE ${this.#name}`);
    return () =>
      this.#apart(
        `DROP DATABASE ${this.#name} WITH (FORCE)`,
        `CREATE DATABASE ${this.#name} TEMPLATE ${copy}`,
      );
  }

  /** The databases go with the server: dropping one writes a checkpoint. */
  close(): Promise<void> {
    return this.#database.close();
  }

  async #apart(...statements: readonly string[]): Promise<void> {
    await this.#database.close();
    for (const statement of statements) await this.#admin.query(statement);
    this.#database = connectTo(this.#port, this.#name);
  }
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
