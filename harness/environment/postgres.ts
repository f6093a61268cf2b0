/**
 * The plan by which a run's PostgreSQL is started.
 *
 * Everything that makes a commit durable is on, because the proof rests on it: fsync and
 * synchronous commit. It listens on loopback only and asks for no password. Shared memory segments
 * are files in the data folder, so a kill leaves nothing outside of it. After a kill the old
 * backends may still hold the data folder for a moment, and Postgres then refuses to start; a
 * restart therefore first sees the whole family gone, see `service-process.ts`.
 */

import { accessSync, constants, existsSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Client } from 'pg';
import { runCommand } from './command.ts';
import { EnvironmentError } from './environment-error.ts';
import {
  cleanEnv,
  ownedFolder,
  type PostgresInstall,
  postgresDatabase,
  postgresUser,
} from './postgres-install.ts';
import type { RunFolder } from './run-folder.ts';
import type { ServicePlan } from './service-process.ts';

const connectMsMax = 2000;

export function postgresUrl(port: number): string {
  return `postgres://${postgresUser}:${postgresUser}@127.0.0.1:${port}/${postgresDatabase}`;
}

export async function planPostgres(
  installed: PostgresInstall,
  run: RunFolder,
  port: number,
): Promise<ServicePlan> {
  requireEntry(run.folder, installed.owner.uid);
  const folder = ownedFolder(run.path('postgres'), installed.owner);
  const data = join(folder, 'data');
  if (!existsSync(join(data, 'PG_VERSION'))) {
    rmSync(data, { recursive: true, force: true });
    await runCommand('cp', ['-R', installed.template, data], { cwd: folder, ...installed.owner });
  }
  const settings = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: 200,
    fsync: 'on',
    synchronous_commit: 'on',
    dynamic_shared_memory_type: 'mmap',
    log_min_messages: 'info',
  };
  return {
    name: 'postgres',
    version: installed.version,
    address: `127.0.0.1:${port}`,
    command: installed.binary,
    args: [
      '-D',
      data,
      ...Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`]),
    ],
    cwd: folder,
    env: cleanEnv(),
    ...installed.owner,
    logFile: run.path('logs', 'postgres.log'),
    // A fast shutdown: ends sessions, writes a checkpoint. SIGTERM would wait for every client to
    // leave.
    stopSignal: 'SIGINT',
    readyCondition: 'PostgreSQL answers a query',
    readyMsMax: 30_000,
    isReady: () => answers(postgresUrl(port)),
  };
}

async function answers(connectionString: string): Promise<boolean> {
  const client = new Client({ connectionString, connectionTimeoutMillis: connectMsMax });
  // A server that goes down while it is asked also breaks the idle connection; the query's own
  // error says so.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return (await client.query('SELECT 1')).rowCount === 1;
  } finally {
    await client.end();
  }
}

/** As root: another user must be able to enter every folder on the way. */
function requireEntry(folder: string, uid: number | undefined): void {
  accessSync(folder, constants.R_OK | constants.W_OK);
  if (uid === undefined) return;
  for (let path = folder; ; path = dirname(path)) {
    if ((statSync(path).mode & 0o001) === 0) {
      const text = `PostgreSQL does not run as root, and user ${uid} may not enter ${path}; choose another run folder.`;
      throw new EnvironmentError('folder-closed', text);
    }
    if (path === dirname(path)) return;
  }
}
