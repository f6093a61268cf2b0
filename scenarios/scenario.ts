/**
 * One pipeline on real services, driven by a test: its topic, its stores, its processes, and the
 * proof over all of them.
 *
 * Services get the direct addresses unless a test gives them others, so that what a test kills is
 * gone for them at once. Whoever waits names the condition; a service that ends although nobody
 * ended it ends the wait.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Admin } from 'kafkajs';
import { expect } from 'vitest';
import type { LocalEnvironment } from '../harness/environment/local.ts';
import { identityOf } from '../harness/environment/process-table.ts';
import { LedgerView } from '../harness/experiment/ledger-view.ts';
import type { RunContext } from '../harness/experiment/run-context.ts';
import { type VerifyRunResult, verifyRun } from '../harness/experiment/verify-run.ts';
import { waitFor } from '../harness/system-clock.ts';
import { type ProduceCommandArgs, produceCommand } from '../harness/workload/produce-command.ts';
import type { ProduceSummary } from '../harness/workload/produce-summary.ts';
import { lakeTableName } from '../src/pipeline/index.ts';
import {
  askClickHouse,
  askPostgres,
  type Row,
  type Settings,
  sendMessages,
  withAdmin,
} from './scenario-clients.ts';
import { Service, waitMsMax } from './service.ts';

export interface ScenarioOptions {
  readonly partitions: number;
  /** Settings of all its services, flag name to value. */
  readonly settings?: Settings;
}

/** Records that keep coming until they are told to stop. */
export interface Stream {
  readonly acknowledged: number;
  /** Resolves when the last send is answered. */
  stop(): Promise<ProduceSummary>;
}

export type { Row } from './scenario-clients.ts';

/** More than any test waits for. */
const streamRecordsMax = 10_000_000;
const catalog = 'lake';
const namespace = 'cold';

export class Scenario {
  readonly topic: string;
  readonly folder: string;
  readonly database: string;
  readonly postgresUrl: string;
  readonly warehouseUri: string;
  readonly lake = `${catalog}.${namespace}.${lakeTableName}`;
  readonly #environment: LocalEnvironment;
  readonly #options: ScenarioOptions;
  readonly #ledger: LedgerView;
  readonly #services: Service[] = [];
  readonly #failed = new AbortController();
  readonly #closing = new AbortController();
  #journal: string | null = null;

  private constructor(environment: LocalEnvironment, name: string, options: ScenarioOptions) {
    const { direct, warehouseUri } = environment.addresses;
    const url = new URL(direct.postgresUrl);
    url.pathname = `/${name}`;
    this.topic = `trades.${name}`;
    this.database = name;
    this.folder = environment.runFolder.path('scenarios', name);
    this.postgresUrl = url.href;
    this.warehouseUri = `${warehouseUri}/${name}`;
    this.#environment = environment;
    this.#options = options;
    this.#ledger = new LedgerView(this.postgresUrl, this.lake);
  }

  /** With an empty topic; nothing is started. */
  static async open(
    environment: LocalEnvironment,
    name: string,
    options: ScenarioOptions,
  ): Promise<Scenario> {
    const scenario = new Scenario(environment, name, options);
    mkdirSync(scenario.folder, { recursive: true });
    await askPostgres(environment.addresses.direct.postgresUrl, `CREATE DATABASE ${name}`);
    await scenario.createTopic();
    return scenario;
  }

  /** `settings` override the scenario's. */
  service(name: string, command: readonly string[], settings: Settings = {}): Service {
    const { direct } = this.#environment.addresses;
    const all: Settings = {
      'kafka-bootstrap-servers': direct.kafkaBootstrap,
      'kafka-topic': this.topic,
      'clickhouse-url': direct.clickhouseUrl,
      'clickhouse-database': this.database,
      'postgres-url': this.postgresUrl,
      'lake-warehouse': this.warehouseUri,
      'ingest-range-rows-max': 500,
      'ingest-linger-ms': 50,
      'lease-ms': 2_000,
      ...this.#options.settings,
      ...settings,
    };
    const service = new Service({
      name: `${this.database}-${name}`,
      args: [...command, ...Object.entries(all).map(([key, value]) => `--${key}=${value}`)],
      logFile: join(this.folder, `${name}.log`),
      onSpawn: (pid, recorded) =>
        this.#environment.runFolder.add({
          ...identityOf(pid),
          name: recorded,
          command: `tidemark ${recorded}`,
          stopSignal: 'SIGTERM',
        }),
      onDeath: (reason) => this.#failed.abort(reason),
    });
    this.#services.push(service);
    return service;
  }

  ingest(name = 'ingest', settings: Settings = {}): Service {
    return this.service(name, ['ingest'], settings);
  }

  offload(name = 'offload', settings: Settings = {}): Service {
    return this.service(name, ['offload', '--every', '200ms'], settings);
  }

  /**
   * Generated trades into the topic, evenly over its partitions; the journal of the last call goes
   * into the proof.
   */
  async produce(args: Partial<ProduceCommandArgs>): Promise<ProduceSummary> {
    this.#journal = join(this.folder, `producer-${this.#journal === null ? 1 : 2}.journal`);
    return await produceCommand({
      topic: this.topic,
      bootstrapServers: this.#environment.addresses.direct.kafkaBootstrap,
      journal: this.#journal,
      partitioning: 'round-robin',
      ...args,
    });
  }

  /** Trades at a steady rate; what happens to the producer fails whatever is waited for. */
  stream(ratePerSecond: number): Stream {
    const end = new AbortController();
    let acknowledged = 0;
    const running = this.produce({
      records: streamRecordsMax,
      rate: ratePerSecond,
      signal: AbortSignal.any([end.signal, this.#closing.signal]),
      onProgress: (progress) => {
        acknowledged = progress.acknowledged;
      },
    });
    running.catch((error: unknown) => this.#failed.abort(error));
    return {
      get acknowledged() {
        return acknowledged;
      },
      stop: () => {
        end.abort();
        return running;
      },
    };
  }

  /** Messages as they are, by another client than the producer's; they stand in no journal. */
  send(partition: number, values: ReadonlyArray<Buffer | null>): Promise<void> {
    return sendMessages(this.#bootstrap, this.topic, partition, values);
  }

  admin<T>(use: (admin: Admin) => Promise<T>): Promise<T> {
    return withAdmin(this.#bootstrap, use);
  }

  async createTopic(): Promise<void> {
    const { partitions: numPartitions } = this.#options;
    await this.admin((admin) =>
      admin.createTopics({ topics: [{ topic: this.topic, numPartitions }], waitForLeaders: true }),
    );
  }

  /** Rows of an answer, all values as text. */
  sql(text: string, values: readonly unknown[] = []): Promise<readonly Row[]> {
    return askPostgres(this.postgresUrl, text, values);
  }

  clickhouse(text: string, settings: Settings = {}): Promise<readonly Row[]> {
    const { clickhouseUrl } = this.#environment.addresses.direct;
    return askClickHouse({ url: clickhouseUrl, database: this.database }, text, settings);
  }

  until<T>(
    condition: string,
    probe: () => Promise<T | null | false> | T | null | false,
    boundMs = waitMsMax,
  ): Promise<T> {
    return waitFor(probe, { condition, boundMs, signal: this.#failed.signal }).catch(
      (error: unknown) => {
        const tails = this.#services.map((s) => `${s.name}: ${s.logTail()}`).join('\n');
        throw new Error(`${String(error)}\n${tails}`, { cause: error });
      },
    );
  }

  progress() {
    return this.#ledger.progress();
  }

  /** Until bronze holds that many records. */
  async hot(records: number): Promise<void> {
    await this.until(`${records} records are in the hot store`, async () => {
      const p = await this.progress();
      return p !== null && p.bronze + p.deadLetters >= records;
    });
  }

  /** Until every layer has reached the end of the log. */
  async drained(layers: 'bronze' | 'bronze and lake' = 'bronze and lake'): Promise<void> {
    const offsets = await this.admin((admin) => admin.fetchTopicOffsets(this.topic));
    await this.until(`every head of ${layers} is at the end of the log`, async () => {
      const p = await this.progress();
      if (p === null || p.openBatches > 0) return false;
      const heads = layers === 'bronze' ? [p.bronzeHeads] : [p.bronzeHeads, p.lakeHeads];
      const behind = (head: ReadonlyMap<number, bigint>) =>
        offsets.some(({ partition, high }) => (head.get(partition) ?? 0n) < BigInt(high));
      return !heads.some(behind);
    });
  }

  async stopServices(): Promise<void> {
    await Promise.all(this.#services.map((service) => service.stop()));
  }

  get context(): RunContext {
    const { direct } = this.#environment.addresses;
    return {
      kafkaBootstrap: direct.kafkaBootstrap,
      topic: this.topic,
      clickhouseUrl: direct.clickhouseUrl,
      database: this.database,
      postgresUrl: this.postgresUrl,
      catalog,
      namespace,
      ...(this.#journal === null ? {} : { producerJournal: this.#journal }),
    };
  }

  verify({ expectComplete = true } = {}): Promise<VerifyRunResult> {
    return verifyRun({
      context: this.context,
      readers: { log: 'auto', lake: 'auto' },
      expectComplete,
      argv: [],
      outputRoot: this.folder,
      signal: new AbortController().signal,
      onDetail: () => undefined,
    });
  }

  /**
   * Lets everything arrive, ends the services in good order, and expects the proof to pass without
   * a finding.
   */
  async provenAtEnd(): Promise<VerifyRunResult> {
    await this.drained();
    await this.stopServices();
    const result = await this.verify();
    const { verdict, findings } = result.document;
    expect({ verdict, findings }).toEqual({ verdict: 'pass', findings: [] });
    return result;
  }

  /** SIGKILL to what still runs, and no more records. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all(this.#services.splice(0).map((service) => service.kill()));
    await this.#ledger.close();
  }

  get #bootstrap(): string {
    return this.#environment.addresses.direct.kafkaBootstrap;
  }
}
