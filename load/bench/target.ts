/**
 * A fresh place to write to: a database of its own in PostgreSQL and one in ClickHouse.
 *
 * Contestants and rounds must not find what others wrote, and must not share the work that follows
 * a write (merges, vacuum). So each gets a target and drops it afterwards.
 */
import pg from 'pg';
import type { Bench } from './bench-context.ts';
import { clickhouseSession } from './clickhouse-session.ts';

export interface Target {
  /** Name of the database in both stores. */
  readonly database: string;
  readonly postgresUrl: string;
  drop(): Promise<void>;
}

let targets = 0;

export async function createTarget(bench: Bench): Promise<Target> {
  targets += 1;
  const database = `bench_${targets}`;
  const { postgresUrl } = bench.addresses.direct;
  await administer(postgresUrl, `CREATE DATABASE ${database}`);
  const own = new URL(postgresUrl);
  own.pathname = `/${database}`;
  return {
    database,
    postgresUrl: own.href,
    drop: async () => {
      await administer(postgresUrl, `DROP DATABASE ${database} WITH (FORCE)`);
      await using clickhouse = clickhouseSession(bench);
      await clickhouse.execute(`DROP DATABASE IF EXISTS ${database} SYNC`);
    },
  };
}

/** Runs `use` with a target that is dropped afterwards. */
export async function withTarget<T>(bench: Bench, use: (target: Target) => Promise<T>): Promise<T> {
  const target = await createTarget(bench);
  try {
    return await use(target);
  } finally {
    await target.drop();
  }
}

async function administer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
