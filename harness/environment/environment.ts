/**
 * An environment: the real components that a run needs, wherever they live.
 *
 * The port is small on purpose: start, addresses, the ways to hurt a service, logs, stop. `local`
 * starts processes on loopback; other environments put the same four services behind it. Two
 * addresses exist for each service: `direct`, which oracles and administration use, and `proxied`,
 * which goes through Toxiproxy and is what the pipeline gets, so that a fault on the network never
 * blinds the checker.
 */

export const serviceNames = ['kafka', 'postgres', 'clickhouse', 'toxiproxy'] as const;
export type ServiceName = (typeof serviceNames)[number];

export interface ServiceAddresses {
  /** `host:port` list for Kafka clients. */
  readonly kafkaBootstrap: string;
  /** `postgres://user:password@host:port/database`. */
  readonly postgresUrl: string;
  /** `http://host:port`. */
  readonly clickhouseUrl: string;
}

export interface Addresses {
  readonly direct: ServiceAddresses;
  readonly proxied: ServiceAddresses;
  /** Toxiproxy's own API, `http://host:port`. */
  readonly toxiproxyUrl: string;
  /** `file://` URI of the folder for Iceberg tables; ClickHouse can read and write below it. */
  readonly warehouseUri: string;
}

export interface ServiceStatus {
  readonly name: ServiceName;
  readonly state: 'running' | 'paused' | 'stopped';
  readonly pid: number | null;
  readonly address: string | null;
  readonly version: string;
}

export interface Environment {
  readonly name: 'local';
  /**
   * Starts all services side by side and resolves when each is ready; on failure stops what it
   * started.
   */
  start(): Promise<Addresses>;
  readonly addresses: Addresses;
  status(): Promise<readonly ServiceStatus[]>;
  /** SIGKILL; the service stays down until `restart`. */
  kill(service: ServiceName): Promise<void>;
  /** SIGSTOP and SIGCONT. */
  pause(service: ServiceName): Promise<void>;
  resume(service: ServiceName): Promise<void>;
  /**
   * Starts a dead service again, or stops and starts a living one, on the same port and the same
   * data; waits until ready.
   */
  restart(service: ServiceName): Promise<void>;
  /** Path of the service's log file. */
  logs(service: ServiceName): string;
  /** Stops everything it started; safe to repeat. */
  stop(): Promise<void>;
}
