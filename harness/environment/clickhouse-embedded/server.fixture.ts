/**
 * Starts the real process for the tests of this folder, and speaks HTTP to it.
 *
 * Nothing is replaced: the tests run `main.ts` as a child on a free port with a data folder of
 * their own, as the environment does. Every test file starts its own and stops it at the end. What
 * a test needs besides fetch (the raw socket, the official client) it makes itself.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { waitFor } from '../../system-clock.ts';

const readyBoundMs = 60_000;
const exitBoundMs = 30_000;

export interface Running {
  readonly url: string;
  readonly port: number;
  readonly child: ChildProcess;
  /** Sends the signal and waits for the end; gives exit code or signal name. */
  end(signal: NodeJS.Signals): Promise<number | string>;
}

/** Runs main.ts with `--port 0` and these arguments; resolves when it has said that it is ready. */
export async function startServer(args: readonly string[]): Promise<Running> {
  const main = fileURLToPath(new URL('main.ts', import.meta.url));
  const child = spawn(process.execPath, [main, '--port', '0', ...args]);
  let said = '';
  let complained = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    complained += chunk.toString();
  });
  const line = await waitFor(
    () => {
      if (child.exitCode !== null) return 'ended';
      return said.includes('\n') && said.slice(0, said.indexOf('\n'));
    },
    { condition: 'the server says ready', boundMs: readyBoundMs },
  );
  if (line === 'ended') throw new Error(`the server ended at its start: ${complained}`);
  const { port } = JSON.parse(line) as { port: number };
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode !== null || child.signalCode !== null) {
      return child.exitCode ?? child.signalCode!;
    }
    const ended = once(child, 'exit', { signal: AbortSignal.timeout(exitBoundMs) });
    child.kill(signal);
    const [code, name] = (await ended) as [number | null, string | null];
    return code ?? name!;
  };
  return { url: `http://127.0.0.1:${port}`, port, child, end };
}

/** A new folder that `remove` deletes. */
export function temporaryFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'clickhouse-embedded-test-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

type Parameters = Readonly<Record<string, string>>;

/** POSTs `body` with these URL parameters; the body of the answer as text. */
export async function post(
  url: string,
  body: string | Uint8Array<ArrayBuffer>,
  parameters: Parameters = {},
  headers: Parameters = {},
): Promise<Reply> {
  const target = `${url}/?${new URLSearchParams(parameters)}`;
  const response = await fetch(target, { method: 'POST', body, headers });
  return {
    status: response.status,
    headers: response.headers,
    text: await response.text(),
  };
}

/** Runs `sql` and gives the answer; throws when it is not 200. */
export async function sql(url: string, query: string, parameters: Parameters = {}) {
  const reply = await post(url, query, parameters);
  if (reply.status !== 200) throw new Error(reply.text);
  return reply.text.trimEnd();
}

/**
 * `rows` rows of `Int32, Int64, String` in RowBinary; offsets from `first`, values of `valueBytes`
 * (below 128) bytes.
 */
export function rowBinary(rows: number, first = 0, valueBytes = 20): Buffer<ArrayBuffer> {
  const rowBytes = 4 + 8 + 1 + valueBytes;
  const bytes = Buffer.alloc(rows * rowBytes, 'v');
  for (let row = 0, at = 0; row < rows; row++, at += rowBytes) {
    bytes.writeInt32LE(7, at);
    bytes.writeBigInt64LE(BigInt(first + row), at + 4);
    bytes.writeUInt8(valueBytes, at + 12);
  }
  return bytes;
}
