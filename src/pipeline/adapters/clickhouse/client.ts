/**
 * The ClickHouse connection: one official client, and a total classification of what went wrong.
 *
 * An error that ClickHouse itself sent has a code and means that the statement did not take effect
 * as a whole or at least was answered; anything else after the request left (a cut socket, a
 * time-out) is `unknown-outcome`, and the caller has to look at the table. A connection that was
 * refused never carried a request: `dependency-missing`.
 */
import { Readable } from 'node:stream';
import { type ClickHouseClient, ClickHouseError, createClient } from '@clickhouse/client';
import { TidemarkError } from '../../errors.ts';

export interface ClickHouseOptions {
  readonly url: string;
  readonly database: string;
  readonly username: string;
  readonly password: string;
  /** Bound for every request. */
  readonly requestTimeoutMs: number;
}

export type Settings = Readonly<Record<string, string | number>>;

export interface Connection {
  /** Rows of a SELECT, each an object of strings and numbers; 64-bit integers arrive as strings. */
  rows(query: string, settings?: Settings): Promise<ReadonlyArray<Record<string, string>>>;
  /** A statement without rows. `body` is sent as the data of an INSERT. */
  execute(query: string, settings?: Settings, body?: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

export function connect(options: ClickHouseOptions): Connection {
  const client = createClient({
    url: options.url,
    database: options.database,
    username: options.username,
    password: options.password,
    request_timeout: options.requestTimeoutMs,
    compression: { request: false, response: false },
    keep_alive: { enabled: true, idle_socket_ttl: 2_500 },
    log: { level: 127 as never },
  });
  const guard = <T>(run: () => Promise<T>) => classify(run, options.url);
  return {
    rows: (query, settings = {}) =>
      guard(async () => {
        const result = await client.query({
          query,
          format: 'JSONEachRow',
          clickhouse_settings: {
            ...settings,
            output_format_json_quote_64bit_integers: 1,
            // The whole answer or an error: never rows first and an error after them.
            wait_end_of_query: 1,
          },
        });
        return (await result.json()) as Record<string, string>[];
      }),
    execute: (query, settings = {}, body) => guard(() => run(client, query, settings, body)),
    close: () => client.close(),
  };
}

/** Creates the database, over a connection that does not name it yet. */
export async function ensureDatabase(options: ClickHouseOptions): Promise<void> {
  const connection = connect({ ...options, database: 'default' });
  try {
    await connection.execute(`CREATE DATABASE IF NOT EXISTS ${options.database}`);
  } finally {
    await connection.close();
  }
}

/** `exec` and not `insert`: the statement is an INSERT ... SELECT over its own body. */
async function run(
  client: ClickHouseClient,
  query: string,
  settings: Settings,
  body: Uint8Array | undefined,
): Promise<void> {
  const values = body === undefined ? undefined : Readable.from([body], { objectMode: false });
  const answer = await client.exec({
    query,
    clickhouse_settings: settings,
    ...(values === undefined ? {} : { values }),
  });
  for await (const _chunk of answer.stream) {
    // An answer counts only once it has been read to its end.
  }
}

const refusedCodes = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EHOSTUNREACH', 'ENETUNREACH']);

async function classify<T>(run: () => Promise<T>, url: string): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof ClickHouseError) {
      if (error.message.includes('tidemark: fenced')) {
        throw new TidemarkError('fenced', 'ClickHouse refused a stale epoch', { cause: error });
      }
      throw new TidemarkError('refused', `ClickHouse refused (${error.code}): ${error.message}`, {
        cause: error,
      });
    }
    const code = (error as { code?: unknown }).code;
    if (typeof code === 'string' && refusedCodes.has(code)) {
      throw new TidemarkError('dependency-missing', `no ClickHouse at ${url} (${code})`, {
        cause: error,
      });
    }
    throw new TidemarkError('unknown-outcome', `no answer from ClickHouse at ${url}`, {
      cause: error,
    });
  }
}
