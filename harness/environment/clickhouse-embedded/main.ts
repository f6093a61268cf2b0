/**
 * ClickHouse as a process of its own, without a ClickHouse server: the engine inside, its HTTP
 * interface outside.
 *
 *   node harness/environment/clickhouse-embedded/main.ts --port 0 --data DIR [--files DIR]
 *     [--sessions 4] [--waiting 256] [--drain-ms 10000] [--exit-with-parent]
 *
 * It prints one JSON line `{"event":"ready",...}` on stdout when it answers, and logs on stderr.
 * `--files` becomes the working folder: relative paths in `file()` and `icebergLocal()` start
 * there. SIGTERM lets running queries finish and exits with 0; with queries that still run after
 * `--drain-ms` it ends itself by SIGKILL, for the engine can't be interrupted. It needs no clean
 * end: after kill -9 the next start on the same data folder finds every acknowledged row.
 */
import { mkdirSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { systemClock, waitFor } from '../../system-clock.ts';
import { openEngine } from './engine.ts';
import { createHttpServer } from './server.ts';
import { openSpool } from './spool.ts';
import { createTurnstile } from './turnstile.ts';

const parentPollMs = 250;

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    data: { type: 'string' },
    files: { type: 'string' },
    sessions: { type: 'string', default: '4' },
    waiting: { type: 'string', default: '256' },
    'drain-ms': { type: 'string', default: '10000' },
    'exit-with-parent': { type: 'boolean', default: false },
  },
});

const log = (line: string) => process.stderr.write(`${line}\n`);

/** A whole number of at least `min`; ends the process with 254 (usage) else. */
function wholeNumber(name: 'port' | 'sessions' | 'waiting' | 'drain-ms', min: number): number {
  const value = Number(values[name]);
  if (Number.isInteger(value) && value >= min) return value;
  log(`--${name} must be a whole number of at least ${min}, not ${values[name]}`);
  process.exit(254);
}

async function main(): Promise<void> {
  const sessions = wholeNumber('sessions', 1);
  const waiting = wholeNumber('waiting', 0);
  const port = wholeNumber('port', 0);
  const drainBoundMs = wholeNumber('drain-ms', 0);
  if (values.data === undefined) {
    log('--data is missing: the folder of the tables');
    process.exit(254);
  }
  // Each running query blocks one thread of the pool; compression needs some too. Read when the
  // pool starts, at its first use.
  process.env.UV_THREADPOOL_SIZE = String(sessions + 4);
  const data = resolve(values.data);
  mkdirSync(data, { recursive: true });
  if (values.files !== undefined) {
    mkdirSync(values.files, { recursive: true });
    process.chdir(values.files);
  }
  // The engine locks the data folder, so the files found next to be removed belong to nobody alive.
  const engine = await openEngine(data, sessions);
  const spool = openSpool(data);
  const turnstile = createTurnstile(sessions, waiting);
  const server = createHttpServer({ engine, spool, turnstile, log });

  let stopping = false;
  const stop = async (reason: string) => {
    if (stopping) return;
    stopping = true;
    log(JSON.stringify({ event: 'stopping', reason, ...turnstile.counts() }));
    let closed = false;
    server.close(() => {
      closed = true;
    });
    const answered = () => {
      server.closeIdleConnections();
      return closed && turnstile.counts().running === 0;
    };
    await waitFor(answered, {
      condition: 'all queries are answered',
      boundMs: drainBoundMs,
      pollMs: 10,
    }).catch((error: unknown) =>
      log(JSON.stringify({ event: 'not drained', message: String(error) })),
    );
    spool.close();
    // An exit in the ordinary way waits for what the engine computes, however long that takes, and
    // can't be bounded. What was acknowledged survives this: it is the same as kill -9.
    if (turnstile.counts().running > 0) process.kill(process.pid, 'SIGKILL');
    engine.close();
    process.exit(0);
  };
  process.on('SIGTERM', () => void stop('SIGTERM'));
  process.on('SIGINT', () => void stop('SIGINT'));

  await new Promise<void>((listening, failed) => {
    server.once('error', failed);
    server.listen(port, '127.0.0.1', listening);
  });
  const address = server.address() as AddressInfo;
  const ready = { event: 'ready', port: address.port, version: engine.version, pid: process.pid };
  process.stdout.write(`${JSON.stringify(ready)}\n`);

  if (!values['exit-with-parent']) return;
  const parent = process.ppid;
  while (process.ppid === parent && !stopping) await systemClock.sleep(parentPollMs);
  await stop('the parent process is gone');
}

try {
  await main();
} catch (error) {
  log(JSON.stringify({ event: 'failed', message: String(error) }));
  process.exit(255);
}
