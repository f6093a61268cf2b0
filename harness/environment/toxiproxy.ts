/**
 * The plan by which a run's Toxiproxy is started.
 *
 * It stands between the pipeline and each service, on ports chosen beforehand, because Kafka must
 * advertise its proxy before either of them runs. Proxies live in Toxiproxy's memory only, so they
 * are made again after each start, without toxics.
 */

import { Toxiproxy } from 'toxiproxy-node-client';
import type { RunFolder } from './run-folder.ts';
import type { ServicePlan } from './service-process.ts';
import type { ToxiproxyInstall } from './toxiproxy-install.ts';

const answerMsMax = 2000;

export interface ProxyRoute {
  readonly name: 'kafka' | 'postgres' | 'clickhouse';
  readonly listenPort: number;
  readonly upstreamPort: number;
}

export function planToxiproxy(
  installed: ToxiproxyInstall,
  run: RunFolder,
  port: number,
  routes: readonly ProxyRoute[],
): ServicePlan {
  const url = `http://127.0.0.1:${port}`;
  const client = new Toxiproxy(url);
  const proxies = routes.map(({ name, listenPort, upstreamPort }) => ({
    name,
    listen: `127.0.0.1:${listenPort}`,
    upstream: `127.0.0.1:${upstreamPort}`,
    enabled: true,
  }));
  return {
    name: 'toxiproxy',
    version: installed.version,
    address: `127.0.0.1:${port}`,
    command: installed.binary,
    args: ['-host', '127.0.0.1', '-port', String(port)],
    cwd: run.folder,
    env: process.env,
    logFile: run.path('logs', 'toxiproxy.log'),
    stopSignal: 'SIGTERM',
    readyCondition: 'Toxiproxy answers GET /version',
    readyMsMax: 15_000,
    isReady: async () => {
      const signal = AbortSignal.timeout(answerMsMax);
      return (await fetch(`${url}/version`, { signal })).ok;
    },
    afterReady: async () => {
      await client.populate(proxies);
    },
  };
}
