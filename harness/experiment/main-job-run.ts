/**
 * What happens in the main job, in order: start, set up, workload with faults, heal (always), drain
 * within a bound, stop, verify with readers that share no code with the pipeline.
 *
 * Every step is journalled as it happens. It knows the pipeline only as processes and the stores
 * only by their direct addresses, so a fault on the pipeline's wires never blinds it.
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@clickhouse/client';
import { verify } from '../checkers/verify.ts';
import type { Addresses } from '../environment/environment.ts';
import type { LocalEnvironment } from '../environment/local.ts';
import { identityOf } from '../environment/process-table.ts';
import type { Bite } from '../faults/protocol-faults.ts';
import { systemClock, waitFor } from '../system-clock.ts';
import { produceCommand } from '../workload/produce-command.ts';
import { ensureTopic } from '../workload/topic.ts';
import type { JournalEvent } from './journal-events.ts';
import { LedgerView } from './ledger-view.ts';
import { type MainJob, setUpMainJob } from './main-job.ts';
import type { MainJobInput } from './main-job-input.ts';
import { type MainJobPlan, planMainJob } from './main-job-plan.ts';
import type { ProveOptions } from './prove-options.ts';
import type { RunContext } from './run-context.ts';

const database = 'tidemark';
const catalog = 'lake';
const namespace = 'cold';

export class MainJobRun {
  readonly #options: ProveOptions;
  readonly #input: MainJobInput;
  readonly #directory: string;
  readonly #emit: (event: JournalEvent) => void;
  readonly #plan: MainJobPlan;
  readonly #produced = { count: 0, done: false };

  constructor(
    options: ProveOptions,
    input: MainJobInput,
    directory: string,
    emit: (event: JournalEvent) => void,
  ) {
    this.#options = options;
    this.#input = input;
    this.#directory = directory;
    this.#emit = emit;
    this.#plan = planMainJob(input.records);
  }

  announce(): void {
    const { argv, seed, faults } = this.#options;
    this.#emit({
      type: 'run',
      scenario: 'prove',
      argv,
      seed,
      input: this.#input.title,
      records: this.#input.records,
      versions: { node: process.version },
      machine: {
        cores: availableParallelism(),
        memoryBytes: totalmem(),
        platform: `${process.platform} ${process.arch}`,
      },
    });
    for (const name of faults) this.#emit({ type: 'fault', name, event: 'armed' });
  }

  async start(environment: LocalEnvironment): Promise<void> {
    await this.#phase('environment', () => environment.start());
    for (const { name, pid, version } of await environment.status()) {
      this.#emit({ type: 'process', name, pid, event: 'ready', detail: version });
    }
  }

  /** Resolves to the error that ended the run early, journalled; null when it came to its end. */
  async execute(environment: LocalEnvironment): Promise<Error | null> {
    try {
      await this.#withServices(environment, environment.addresses);
      return null;
    } catch (thrown) {
      const error = thrown instanceof Error ? thrown : new Error(String(thrown));
      const [message = ''] = error.message.split('\n');
      this.#emit({
        type: 'finding',
        finding: {
          code: 'run-incomplete',
          layer: 'harness',
          message,
          identity: null,
          expected: null,
          actual: [],
        },
      });
      return error;
    }
  }

  async #withServices(environment: LocalEnvironment, addresses: Addresses): Promise<void> {
    const ledger = new LedgerView(
      addresses.direct.postgresUrl,
      `${catalog}.${namespace}.bronze_trades_binance`,
    );
    const clickhouse = createClient({ url: addresses.direct.clickhouseUrl, database });
    const logFolder = join(this.#directory, 'logs');
    mkdirSync(logFolder, { recursive: true });
    const look = async (bite: Bite) => {
      const answer = await clickhouse.query({
        query: `SELECT count() AS n FROM bronze_trades_binance
          WHERE partition = ${bite.partition} AND offset BETWEEN ${bite.offsetFirst} AND ${bite.offsetLast}`,
        format: 'JSONEachRow',
      });
      const [row] = await answer.json<{ n: string }>();
      return {
        state: await ledger.rangeState(bite.partition, bite.offsetFirst),
        rows: Number(row?.n ?? 0),
      };
    };
    const job = await setUpMainJob({
      addresses,
      plan: this.#plan,
      faults: this.#options.faults,
      logFolder,
      seed: this.#options.seed,
      look,
      hooks: {
        nowMs: systemClock.nowMs,
        onBite: (name, detail) => {
          this.#options.onNote(`fault ${name}: ${detail}`);
          this.#emit({ type: 'fault', name, event: 'bit', detail });
        },
        // Each of these faults is over once it has been seen: nothing of it is left to undo.
        onObserved: (name, step, detail) => {
          this.#emit({ type: 'fault', name, event: 'observed', step, detail });
          this.#emit({ type: 'fault', name, event: 'healed' });
        },
      },
      onProcess: (name, pid, event) => this.#emit({ type: 'process', name, pid, event }),
      onSpawn: (pid, name) =>
        environment.runFolder.add({
          ...identityOf(pid),
          name,
          command: `tidemark ${name}`,
          stopSignal: 'SIGTERM',
        }),
    });
    try {
      await this.#phase('set-up', () => this.#setUp(job, ledger, addresses));
      await this.#workload(job, ledger, addresses);
      await this.#phase('stop', () => job.stop());
    } finally {
      await job.abandon();
      await clickhouse.close();
      await this.#history(ledger);
      await ledger.close();
    }
    await this.#verify(addresses);
  }

  /**
   * The topic is there, every partition has an owner, and the lake table exists: now records may
   * come.
   */
  async #setUp(job: MainJob, ledger: LedgerView, { direct }: Addresses): Promise<void> {
    const { topic, partitions } = this.#plan;
    await ensureTopic({ bootstrapServers: direct.kafkaBootstrap, topic, partitions, create: true });
    job.start();
    const ready = waitFor(() => ledger.isReady(partitions), {
      condition: `${partitions} partitions have an owner and the lake table exists`,
      boundMs: setUpMsMax,
      signal: this.#options.signal,
    });
    await Promise.race([ready, job.failed]);
  }

  async #workload(job: MainJob, ledger: LedgerView, addresses: Addresses): Promise<void> {
    const sampling = new AbortController();
    const sampled = this.#sample(ledger, sampling.signal);
    try {
      const ends = await this.#phase('workload', () =>
        Promise.race([this.#produce(addresses), job.failed]),
      );
      await this.#phase('heal', () => this.#heal(job));
      await this.#phase('drain', () => Promise.race([this.#drain(ledger, ends), job.failed]));
    } finally {
      sampling.abort();
      await sampled;
    }
  }

  /** Resolves to the offset after the last record of each partition. */
  async #produce(addresses: Addresses): Promise<ReadonlyMap<number, bigint>> {
    const { signal, onDetail } = this.#options;
    const rate = this.#plan.ratePerSecond;
    const summary = await produceCommand({
      ...this.#input.source,
      ...(rate === null ? {} : { rate }),
      topic: this.#plan.topic,
      partitions: this.#plan.partitions,
      partitioning: 'round-robin',
      compression: 'lz4',
      bootstrapServers: addresses.direct.kafkaBootstrap,
      journal: this.#producerJournal,
      signal,
      onProgress: (p) => {
        this.#produced.count = p.acknowledged;
        onDetail(`${p.acknowledged} records acknowledged`);
      },
    });
    this.#produced.count = summary.acknowledged;
    if (summary.acknowledged === 0)
      throw new Error('the producer acknowledged no record: nothing to prove');
    return new Map(
      summary.partitions.map((p) => [
        p.partition,
        p.offsetLast === null ? 0n : BigInt(p.offsetLast) + 1n,
      ]),
    );
  }

  get #producerJournal(): string {
    return join(this.#directory, 'producer.journal');
  }

  async #heal(job: MainJob): Promise<void> {
    await waitForFaults(job, this.#options.signal);
    for (const { name, step, observed } of job.faults) {
      if (observed() === null) this.#emit({ type: 'fault', name, event: 'not-observed', step });
    }
    await job.heal();
    for (const { name, observed } of job.faults) {
      if (observed() === null) this.#emit({ type: 'fault', name, event: 'healed' });
    }
  }

  async #drain(ledger: LedgerView, ends: ReadonlyMap<number, bigint>): Promise<void> {
    await waitFor(
      async () => {
        const p = await ledger.progress();
        if (p === null || p.openBatches > 0) return false;
        return [...ends].every(
          ([partition, end]) =>
            (p.bronzeHeads.get(partition) ?? 0n) >= end &&
            (p.lakeHeads.get(partition) ?? 0n) >= end,
        );
      },
      {
        condition: 'every head of bronze and lake stands behind the last acknowledged record',
        boundMs: this.#plan.drainMsMax,
        pollMs: 50,
        signal: this.#options.signal,
      },
    );
  }

  /** Lag over time, for the report. A look that fails is left out; the next one tells. */
  async #sample(ledger: LedgerView, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const p = await ledger.progress().catch(() => null);
      if (p !== null) {
        const { bronze, deadLetters, lake } = p;
        const { count } = this.#produced;
        this.#emit({
          type: 'progress',
          produced: count,
          acknowledged: count,
          bronze,
          deadLetters,
          lake,
        });
        this.#options.onDetail(
          `${count} acknowledged, ${bronze + deadLetters} hot, ${lake} in the lake`,
        );
      }
      await systemClock.sleep(250, signal);
    }
  }

  async #history(ledger: LedgerView): Promise<void> {
    for (const event of await ledger.ranges()) this.#emit(event);
  }

  async #verify(addresses: Addresses): Promise<void> {
    const context: RunContext = {
      kafkaBootstrap: addresses.direct.kafkaBootstrap,
      topic: this.#plan.topic,
      clickhouseUrl: addresses.direct.clickhouseUrl,
      database,
      postgresUrl: addresses.direct.postgresUrl,
      catalog,
      namespace,
      ...(existsSync(this.#producerJournal) ? { producerJournal: this.#producerJournal } : {}),
    };
    writeFileSync(join(this.#directory, 'context.json'), `${JSON.stringify(context, null, 2)}\n`);
    await this.#phase('verify', () =>
      verify(
        { ...context, readers: { log: 'auto', lake: 'auto' }, expectComplete: true },
        this.#emit,
        this.#options.onDetail,
      ),
    );
  }

  async #phase<T>(name: string, run: () => Promise<T>): Promise<T> {
    this.#options.onPhase(name);
    this.#emit({ type: 'phase', name, state: 'started' });
    const startMs = systemClock.monotonicMs();
    const result = await run();
    this.#options.signal.throwIfAborted();
    const durationMs = Math.round(systemClock.monotonicMs() - startMs);
    this.#emit({ type: 'phase', name, state: 'finished', durationMs });
    return result;
  }
}

const setUpMsMax = 60_000;
const faultsMsMax = 15_000;

/**
 * A fault may still be on its way when the last record is acknowledged; after the bound it counts
 * as not observed.
 */
async function waitForFaults(job: MainJob, signal: AbortSignal): Promise<void> {
  const end = systemClock.monotonicMs() + faultsMsMax;
  const pending = () => job.faults.some((fault) => fault.observed() === null);
  while (pending() && systemClock.monotonicMs() < end && !signal.aborted) {
    await systemClock.sleep(50, signal);
  }
}
