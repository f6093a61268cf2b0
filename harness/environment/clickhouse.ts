/**
 * The plan by which a run's ClickHouse engine is started.
 *
 * The engine comes with npm and runs in a Node process of its own behind a small HTTP front
 * (`clickhouse-embedded/`). Its working directory is the run folder, because it reads Iceberg
 * tables only below its working directory, and the warehouse is there. Ready means: GET /ping
 * answers `Ok.`.
 */

import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { EnvironmentError } from './environment-error.ts';
import type { RunFolder } from './run-folder.ts';
import { clickhouseData } from './run-layout.ts';
import type { ServicePlan } from './service-process.ts';

const main = join(import.meta.dirname, 'clickhouse-embedded', 'main.ts');
const sessions = 4;
const answerMsMax = 2000;

/** Version of the installed engine package, or `tool-missing`. */
export function clickhouseVersion(): string {
  const require = createRequire(import.meta.url);
  try {
    const path = join(dirname(require.resolve('chdb')), 'package.json');
    return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version;
  } catch (error) {
    const text =
      'The ClickHouse engine (npm package chdb) is missing. Run npm ci with install scripts allowed.';
    throw new EnvironmentError('tool-missing', text, error);
  }
}

export function planClickhouse(run: RunFolder, port: number): ServicePlan {
  const data = join(run.folder, clickhouseData);
  mkdirSync(data, { recursive: true });
  const options = { port: String(port), data, sessions: String(sessions), files: run.folder };
  const args = Object.entries(options).flatMap(([key, value]) => [`--${key}`, value]);
  const url = `http://127.0.0.1:${port}/ping`;
  return {
    name: 'clickhouse',
    version: `chdb ${clickhouseVersion()}`,
    address: `127.0.0.1:${port}`,
    command: process.execPath,
    args: [main, ...args],
    cwd: run.folder,
    env: process.env,
    logFile: run.path('logs', 'clickhouse.log'),
    stopSignal: 'SIGTERM',
    readyCondition: 'ClickHouse answers GET /ping',
    readyMsMax: 60_000,
    isReady: async () => {
      const answer = await fetch(url, { signal: AbortSignal.timeout(answerMsMax) });
      return (await answer.text()).startsWith('Ok.');
    },
  };
}
