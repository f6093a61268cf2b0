/**
 * The environment `local`: the real services as processes on loopback, fetched by their ordinary
 * package clients.
 *
 * It starts Apache Kafka, PostgreSQL, the ClickHouse engine and Toxiproxy side by side and gives
 * each two addresses, direct and proxied. Nothing needs to run beforehand, no port is assumed, and
 * after the first fetch no network is needed. Whatever way this process ends, its services end with
 * it: `stop` in good order, and else a guard and the next start reap them.
 */

import { systemClock } from '../system-clock.ts';
import { cacheFolder } from './cache.ts';
import type { Addresses, Environment, ServiceName, ServiceStatus } from './environment.ts';

import { EnvironmentError } from './environment-error.ts';
import { fetchComponents, type Installed } from './fetch.ts';
import { startGuard, stopGuard } from './guard.ts';
import { planServices } from './local-plans.ts';
import type { OnProgress, ProgressEvent } from './progress.ts';
import { reap } from './reaper.ts';
import { RunFolder } from './run-folder.ts';
import { ServiceProcess } from './service-process.ts';
import { sideBySide } from './side-by-side.ts';

export type { ProgressEvent } from './progress.ts';

export interface LocalOptions {
  /**
   * Folder for data and logs that stays after the run; without it a throw-away folder in the cache
   * is used.
   */
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
  /** Ends a start that is under way, on the caller's signal or on `stop`. */
  readonly #abort = new AbortController();
  readonly #signal: AbortSignal;
  #starting: Promise<Addresses> | null = null;
  #stopping: Promise<void> | null = null;
  #stopped = false;
  #run: RunFolder | null = null;
  #services = new Map<ServiceName, ServiceProcess>();
  #addresses: Addresses | null = null;

  constructor(options: LocalOptions) {
    this.#options = options;
    const own = this.#abort.signal;
    this.#signal = options.signal ? AbortSignal.any([options.signal, own]) : own;
  }

  start(): Promise<Addresses> {
    if (this.#starting !== null) {
      throw new EnvironmentError('state-invalid', 'This environment has been started already.');
    }
    this.#starting = this.#startOrStop();
    return this.#starting;
  }

  get addresses(): Addresses {
    if (this.#addresses !== null && !this.#stopped) return this.#addresses;
    throw new EnvironmentError('state-invalid', 'The environment has no addresses: start it.');
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
    await running.start(this.#signal);
  }

  logs(service: ServiceName): string {
    return logFiles(this.runFolder, service);
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stopOnce();
    return this.#stopping;
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

  async #startOrStop(): Promise<Addresses> {
    try {
      this.#signal.throwIfAborted();
      await this.#reap();
      const installed = await fetchComponents(this.#cache, this.#report, this.#signal);
      this.#signal.throwIfAborted();
      this.#run = RunFolder.create(this.#cache, this.#options.runDir);
      startGuard(this.#cache, this.#run);
      this.#addresses = await this.#startWithPorts(installed, this.#run);
      this.#report('ready', 'local', 'all services answer');
      return this.#addresses;
    } catch (error) {
      await this.#stopServices();
      throw error;
    }
  }

  async #stopOnce(): Promise<void> {
    const reason = new EnvironmentError('state-invalid', 'The environment was stopped.');
    this.#abort.abort(reason);
    // Whoever started hears of a failed start; here it only has to be over.
    await this.#starting?.catch(() => undefined);
    await this.#stopServices();
  }

  async #stopServices(): Promise<void> {
    const run = this.#run;
    if (run === null || this.#stopped) return;
    this.#stopped = true;
    await Promise.all([...this.#services.values()].map((service) => service.stop()));
    await stopGuard(run);
    run.remove();
    this.#report('stop', 'local', 'all services have ended');
  }

  #service(name: ServiceName): ServiceProcess {
    const service = this.#services.get(name);
    if (service !== undefined && !this.#stopped) return service;
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
      const services = plans.map((plan) => new ServiceProcess(plan, run));
      this.#services = new Map(services.map((service) => [service.plan.name, service]));
      const works = services.map(
        (service) => (either: AbortSignal) => this.#ready(service, either),
      );
      try {
        await sideBySide(works, this.#signal);
        return addresses;
      } catch (error) {
        const portLost = error instanceof EnvironmentError && error.code === 'port-lost';
        if (!portLost || tries >= startTriesMax) throw error;
        this.#report('start', 'local', 'a port was taken meanwhile; starting again with others');
        await Promise.all(services.map((service) => service.stop()));
      }
    }
  }

  async #ready(service: ServiceProcess, signal: AbortSignal): Promise<void> {
    const beganMs = systemClock.monotonicMs();
    await service.start(signal);
    const tookMs = Math.round(systemClock.monotonicMs() - beganMs);
    const { name, version, address } = service.plan;
    this.#report('ready', name, `${version} at ${address}, ${tookMs} ms`);
  }
}

/** The environment is not started yet; `start` fetches what is missing. */
export function createLocalEnvironment(options: LocalOptions = {}): LocalEnvironment {
  return new LocalEnvironment(options);
}
