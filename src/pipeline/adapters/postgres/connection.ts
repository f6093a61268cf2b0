/**
 * Postgres connections for the ledger and the catalog, and what their errors mean.
 *
 * The triggers of the migrations speak in SQLSTATEs of their own class (TM0xx); they and every
 * other answer of the server are decisions. A connection that broke or timed out after a statement
 * had left is `unknown-outcome`, and the connection is thrown away. 64-bit integers and numerics
 * arrive as bigint.
 */
import pg from 'pg';
import { TidemarkError } from '../../errors.ts';

export interface PostgresOptions {
  /** `postgres://user:password@host:port/database` */
  readonly url: string;
  readonly connectionsMax: number;
  /** Bound for connecting and for every statement. */
  readonly timeoutMs: number;
}

export type Row = Record<string, unknown>;
export type Query = (text: string, values?: readonly unknown[]) => Promise<readonly Row[]>;

export interface Database {
  query: Query;
  /**
   * One transaction on one connection. An error rolls back; an error of COMMIT itself is
   * `unknown-outcome` or a refusal.
   */
  transaction<T>(run: (query: Query) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

const types = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    oid === pg.types.builtins.INT8
      ? (value: string) => BigInt(value)
      : pg.types.getTypeParser(oid, format as 'text'),
};

/** SQLSTATE classes after which nobody can say whether the statement took effect. */
const unknownClasses = /^(08|57P|58|XX)/;

export function classify(error: unknown, url: string): TidemarkError {
  if (error instanceof TidemarkError) return error;
  const state = (error as { code?: unknown }).code;
  const message = error instanceof Error ? error.message : String(error);
  if (typeof state === 'string' && /^[0-9A-Z]{5}$/.test(state) && !unknownClasses.test(state)) {
    if (state === 'TM001') return new TidemarkError('fenced', message, { cause: error });
    if (/^(TM00[23467]|40|23505|55P03)/.test(state)) {
      return new TidemarkError('conflict', message, { cause: error });
    }
    return new TidemarkError('refused', `Postgres refused (${state}): ${message}`, {
      cause: error,
    });
  }
  return new TidemarkError(
    'unknown-outcome',
    `no answer from Postgres at ${hostOf(url)}: ${message}`,
    {
      cause: error,
    },
  );
}

/** Never the password. */
export function hostOf(url: string): string {
  const { hostname, port } = new URL(url);
  return `${hostname}:${port === '' ? '5432' : port}`;
}

export function connect(options: PostgresOptions): Database {
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.connectionsMax,
    connectionTimeoutMillis: options.timeoutMs,
    query_timeout: options.timeoutMs,
    application_name: 'tidemark',
    // The role may be named like our schema, and Postgres would then look there first.
    options: '-c synchronous_commit=on -c search_path=public',
    types: types as never,
  });
  // A connection that breaks tells it twice: to the statement it was running, which is where it is
  // handled, and as an event that would end the process if nobody listened. Idle ones are replaced
  // by the pool.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));

  const lend = async (): Promise<pg.PoolClient> => {
    try {
      return await pool.connect();
    } catch (error) {
      throw new TidemarkError(
        'dependency-missing',
        `no Postgres at ${hostOf(options.url)}: ${(error as Error).message}`,
        { cause: error },
      );
    }
  };
  const use = async <T>(run: (client: pg.PoolClient) => Promise<T>): Promise<T> => {
    const client = await lend();
    try {
      const result = await run(client);
      client.release();
      return result;
    } catch (error) {
      const known = classify(error, options.url);
      client.release(known.code === 'unknown-outcome');
      throw known;
    }
  };
  return {
    query: (text, values) => use(async (c) => (await c.query(text, values as unknown[])).rows),
    transaction: (run) => use((client) => transaction(client, run, options.url)),
    close: () => pool.end(),
  };
}

async function transaction<T>(
  client: pg.PoolClient,
  run: (query: Query) => Promise<T>,
  url: string,
): Promise<T> {
  await client.query('BEGIN');
  let result: T;
  try {
    result = await run(
      async (text, values) => (await client.query(text, values as unknown[])).rows,
    );
  } catch (error) {
    const known = classify(error, url);
    // Where the connection is gone the server rolls back by itself; the first error is the one to
    // tell.
    if (known.code !== 'unknown-outcome') await client.query('ROLLBACK');
    throw known;
  }
  await client.query('COMMIT');
  return result;
}
