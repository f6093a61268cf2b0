/**
 * The environment `local`: the real services as processes on loopback, fetched by their ordinary package clients.
 *
 * It starts Apache Kafka, PostgreSQL, the ClickHouse engine and Toxiproxy side by side and gives each two addresses, direct
 * and proxied. Nothing needs to run beforehand, no port is assumed, and after the first fetch no network is needed. Whatever
 * way this process ends, its services end with it: `stop` in good order, and else a guard and the next start reap them.
 */

import { existsSync, mkdirSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { systemClock } from '../system-clock.ts';
import { cacheFolder } from './cache.ts';
import { planClickhouse } from './clickhouse.ts';
import type { Addresses, Environment, ServiceName, ServiceStatus } from './environment.ts';

import { EnvironmentError } from './environment-error.ts';
import { fetchComponents, type Installed } from './fetch.ts';
import { startGuard, stopGuard } from './guard.ts';
import { planKafka } from './kafka.ts';
import { freePorts } from './ports.ts';
import { planPostgres, postgresUrl } from './postgres.ts';
import type { OnProgress, ProgressEvent } from './progress.ts';
import { reap } from './reaper.ts';
import { RunFolder } from './run-folder.ts';
import { type ServicePlan, ServiceProcess } from './service-process.ts';
import { planToxiproxy } from './toxiproxy.ts';

export type { ProgressEvent } from './progress.ts';

export interface LocalOptions {
  /** Folder for data and logs that stays after the run; without it a throw-away folder in the cache is used. */
  readonly runDir?: string | undefined;
  readonly onProgress?: OnProgress | undefined;
  /** Aborts a fetch or a start that is under way; what was started is stopped. */
  readonly signal?: AbortSignal | undefined;
}

/** A port can be lost between finding and binding; then all are chosen anew. */
const startTriesMax = 3;
const logFiles = (run: RunFolder, service: ServiceName) => run.path('logs', `${service}.log`);

export class LocalEnvironment implements Environment {
  readonly name = 'local';
  readonly #options: LocalOptions;
  readonly #cache = cacheFolder();
  readonly #beganMs = systemClock.monotonicMs();
  #run: RunFolder | null = null;
  #services = new Map<ServiceName, ServiceProcess>();
  #addresses: Addresses | null = null;

  constructor(options: LocalOptions) {
    this.#options = options;
  }

  async start(): Promise<Addresses> {
    if (this.#run !== null) {
      throw new EnvironmentError('state-invalid', 'This environment has been started already.');
    }
    const { signal } = this.#options;
    signal?.throwIfAborted();
    await this.#reap();
    const installed = await fetchComponents(this.#cache, this.#report, signal);
    this.#run = RunFolder.create(this.#cache, this.#options.runDir);
    startGuard(this.#cache, this.#run);
    try {
      this.#addresses = await this.#startWithPorts(installed, this.#run);
      return this.#addresses;
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  get addresses(): Addresses {
    if (this.#addresses !== null) return this.#addresses;
    throw new EnvironmentError('state-invalid', 'The environment has no addresses yet: start it.');
  }

  /** Folder of data and logs of this run. */
  get runFolder(): RunFolder {
    if (this.#run !== null) return this.#run;
    throw new EnvironmentError('state-invalid', 'The environment is not started.');
  }

  async status(): Promise<readonly ServiceStatus[]> {
    return [...this.#services.values()].map((service) => service.status());
  }

  kill(service: ServiceName): Promise<void> {
    return this.#service(service).kill();
  }

  pause(service: ServiceName): Promise<void> {
    return this.#service(service).pause();
  }

  resume(service: ServiceName): Promise<void> {
    return this.#service(service).resume();
  }

  async restart(service: ServiceName): Promise<void> {
    const running = this.#service(service);
    await running.stop();
    await running.start(this.#options.signal);
  }

  logs(service: ServiceName): string {
    return logFiles(this.runFolder, service);
  }

  async stop(): Promise<void> {
    const run = this.#run;
    if (run === null) return;
    this.#run = null;
    this.#addresses = null;
    await Promise.all([...this.#services.values()].map((service) => service.stop()));
    await stopGuard(run);
    run.remove();
    this.#report('stop', 'local', 'all services have ended');
  }

  /** Leaves the services running after this process: the stack for work by hand. */
  async keep(): Promise<void> {
    this.runFolder.keep();
    await stopGuard(this.runFolder);
  }

  readonly #report = (phase: ProgressEvent['phase'], subject: string, text: string): void => {
    const elapsedMs = Math.round(systemClock.monotonicMs() - this.#beganMs);
    this.#options.onProgress?.({ phase, subject, text, elapsedMs });
  };

  #service(name: ServiceName): ServiceProcess {
    const service = this.#services.get(name);
    if (service !== undefined && this.#run !== null) return service;
    throw new EnvironmentError('state-invalid', `${name} is not part of a started environment.`);
  }

  async #reap(): Promise<void> {
    for (const { id, ended } of await reap(this.#cache)) {
      const names = ended.map(({ name, pid }) => `${name} (${pid})`).join(', ') || 'no process';
      this.#report('reap', id, `left by a dead harness: ended ${names}`);
    }
  }

  async #startWithPorts(installed: Installed, run: RunFolder): Promise<Addresses> {
    for (let tries = 1; ; tries += 1) {
      const { plans, addresses } = await planServices(installed, run);
      this.#services = new Map(plans.map((plan) => [plan.name, new ServiceProcess(plan, run)]));
      const starts = await Promise.allSettled(plans.map((plan) => this.#startService(plan.name)));
      const failed = starts.find((start) => start.status === 'rejected');
      if (failed === undefined) return addresses;
      const error: unknown = failed.reason;
      const portLost = error instanceof EnvironmentError && error.code === 'port-lost';
      if (!portLost || tries >= startTriesMax) throw error;
      this.#report('start', 'local', 'a port was taken meanwhile; starting again with others');
      await Promise.all([...this.#services.values()].map((service) => service.stop()));
    }
  }

  async #startService(name: ServiceName): Promise<void> {
    const beganMs = systemClock.monotonicMs();
    const service = this.#services.get(name)!;
    await service.start(this.#options.signal);
    const tookMs = Math.round(systemClock.monotonicMs() - beganMs);
    this.#report('ready', name, `${service.plan.version} at ${service.plan.address}, ${tookMs} ms`);
  }
}

interface Plans {
  readonly plans: readonly ServicePlan[];
  readonly addresses: Addresses;
}

async function planServices(installed: Installed, run: RunFolder): Promise<Plans> {
  const ports = await freePorts(9);
  const [internal, client, controller, postgres, clickhouse, api, ...proxied] = ports as Nine;
  const [kafkaProxy, postgresProxy, clickhouseProxy] = proxied;
  mkdirSync(run.path('warehouse'), { recursive: true });
  const plans = await Promise.all([
    planKafka(installed.kafka, run, { internal, client, controller, proxy: kafkaProxy }),
    planPostgres(installed.postgres, run, postgres),
    ...(existsSync(new URL('clickhouse-embedded/main.ts', import.meta.url))
      ? [planClickhouse(run, clickhouse)]
      : []),
    planToxiproxy(installed.toxiproxy, run, api, [
      { name: 'kafka', listenPort: kafkaProxy, upstreamPort: client },
      { name: 'postgres', listenPort: postgresProxy, upstreamPort: postgres },
      { name: 'clickhouse', listenPort: clickhouseProxy, upstreamPort: clickhouse },
    ]),
  ]);
  const addresses = {
    direct: serviceAddresses(internal, postgres, clickhouse),
    proxied: serviceAddresses(kafkaProxy, postgresProxy, clickhouseProxy),
    toxiproxyUrl: `http://127.0.0.1:${api}`,
    warehouseUri: pathToFileURL(run.path('warehouse')).href,
  };
  return { plans, addresses };
}

type Nine = [number, number, number, number, number, number, number, number, number];

function serviceAddresses(kafka: number, postgres: number, clickhouse: number) {
  return {
    kafkaBootstrap: `127.0.0.1:${kafka}`,
    postgresUrl: postgresUrl(postgres),
    clickhouseUrl: `http://127.0.0.1:${clickhouse}`,
  };
}

/** The environment is not started yet; `start` fetches what is missing. */
export function createLocalEnvironment(options: LocalOptions = {}): LocalEnvironment {
  return new LocalEnvironment(options);
}
