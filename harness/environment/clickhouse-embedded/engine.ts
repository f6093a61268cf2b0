/**
 * The engine: ClickHouse in this process, as connections to one data folder.
 *
 * Over HTTP without a session every request starts from the server's defaults. Here that is had by
 * giving a request a connection of its own: settings, parameters, the current database and
 * temporary tables die with it. Opening one costs 0.3 ms. A connection that only read or inserted,
 * with no settings, is still as new and is kept for the next request. The package's addon is used
 * directly, not its Session class: a Session's close waits for every operation of the process, so
 * that one long query would keep thousands of closed sessions open. The rule that follows is kept
 * by the turnstile and by `release`: a connection is closed only when nothing runs on it. One more
 * connection stays open throughout, else the engine would stop with the last one.
 */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

type Handle = { readonly brand: 'connection' };
type StreamHandle = { readonly brand: 'stream' };

export interface EngineResult {
  readonly bytes: Buffer;
  /** Rows of the result; for an INSERT with data the rows read from that data. */
  readonly rows: number;
  /** Bytes of those rows in memory. */
  readonly rowBytes: number;
}

interface Addon {
  CreateConnection(path: string, args: readonly string[]): Handle;
  CloseConnection(connection: Handle): void;
  QueryAsyncConnection(
    connection: Handle,
    sql: string,
    format: string,
  ): Promise<{ bytes: Buffer; rowsRead: number; bytesRead: number }>;
  StreamQuery(connection: Handle, sql: string, format: string): StreamHandle;
  StreamFetch(stream: StreamHandle): Promise<{ bytes: Buffer; numRows: number; done: boolean }>;
  StreamCancel(stream: StreamHandle): void;
}

export interface StreamChunk {
  readonly bytes: Buffer;
  readonly rows: number;
}

/** A connection for one request; nothing may run on it when it is released. */
export interface EngineSession {
  /** Runs one statement and holds its whole result. Rejects with the engine's error. */
  query(sql: string, format: string): Promise<EngineResult>;
  /**
   * Runs one SELECT block by block; leaving the loop early cancels it. Each block is formatted on
   * its own.
   */
  stream(sql: string, format: string): AsyncGenerator<StreamChunk, void, undefined>;
  /**
   * Gives the connection back. `unchanged` says that no settings, database or temporary tables were
   * left on it.
   */
  release(unchanged: boolean): void;
}

export interface Engine {
  readonly version: string;
  readonly timezone: string;
  session(): EngineSession;
  close(): void;
}

/**
 * Where the engine in a process differs from a server: there `1 + 1` without SELECT is a syntax
 * error.
 */
const asServer = ['--implicit_select=0'];

function loadAddon(): Addon {
  const require = createRequire(import.meta.url);
  const folder = dirname(require.resolve('chdb/package.json'));
  const loader = require(join(folder, 'dist', 'loader.js')) as { loadNative(): Addon };
  return loader.loadNative();
}

async function* streamOn(addon: Addon, connection: Handle, sql: string, format: string) {
  const stream = addon.StreamQuery(connection, sql, format);
  let open = true;
  try {
    for (;;) {
      open = false;
      const { bytes, numRows, done } = await addon.StreamFetch(stream);
      if (done) return;
      open = true;
      yield { bytes, rows: numRows };
    }
  } finally {
    // After the end and after an error the addon has freed the stream itself.
    if (open) addon.StreamCancel(stream);
  }
}

/** Opens the data folder `dataDir` (absolute). Keeps at most `idleMax` unused connections. */
export async function openEngine(dataDir: string, idleMax: number): Promise<Engine> {
  const addon = loadAddon();
  const anchor = addon.CreateConnection(dataDir, asServer);
  const idle: Handle[] = [];
  const about = await addon.QueryAsyncConnection(anchor, 'SELECT version(), timezone()', 'TSV');
  const [version = '', timezone = ''] = about.bytes.toString().trim().split('\t');

  const session = (): EngineSession => {
    const connection = idle.pop() ?? addon.CreateConnection(dataDir, asServer);
    let released = false;
    return {
      query: async (sql, format) => {
        const result = await addon.QueryAsyncConnection(connection, sql, format);
        return { bytes: result.bytes, rows: result.rowsRead, rowBytes: result.bytesRead };
      },
      stream: (sql, format) => streamOn(addon, connection, sql, format),
      release: (unchanged) => {
        if (released) return;
        released = true;
        if (unchanged && idle.length < idleMax) idle.push(connection);
        else addon.CloseConnection(connection);
      },
    };
  };

  const close = () => {
    for (const connection of idle.splice(0)) addon.CloseConnection(connection);
    addon.CloseConnection(anchor);
  };
  return { version, timezone, session, close };
}
