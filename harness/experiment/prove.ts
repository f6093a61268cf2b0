/**
 * The main job: recorded trades through Kafka, ClickHouse and Iceberg while faults strike, and the
 * proof of what arrived.
 *
 * Phases: start the environment, set up, workload with faults, heal (always), drain within a bound,
 * stop, verify with readers that share no code with the pipeline, verdict. Everything is journalled
 * as it happens; verdict and report are rendered from the journal alone. A run that fails on the
 * way still leaves its journal and an inconclusive verdict.
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@clickhouse/client';
import { verify } from '../checkers/verify.ts';
import { keepAsStack, status } from '../environment/commands.ts';
import type { Addresses } from '../environment/environment.ts';
import { EnvironmentError } from '../environment/environment-error.ts';
import { createLocalEnvironment, type LocalEnvironment } from '../environment/local.ts';
import { identityOf } from '../environment/process-table.ts';
import { type FaultName, faultNames } from '../faults/fault.ts';
import type { Bite } from '../faults/protocol-faults.ts';
import { systemClock, waitFor } from '../system-clock.ts';
import { produceCommand } from '../workload/produce-command.ts';
import { ensureTopic } from '../workload/topic.ts';
import { openJournal } from './journal.ts';
import { runDirectory } from './journal-directory.ts';
import type { JournalEvent, JournalLine, VerdictDocument } from './journal-events.ts';
import { LedgerView } from './ledger-view.ts';
import { type MainJob, setUpMainJob } from './main-job.ts';
import { type MainJobPlan, planMainJob } from './main-job-plan.ts';
import type { RunContext } from './run-context.ts';
import { buildVerdict, decide } from './verdict.ts';
import { writeVerdict } from './verdict-file.ts';

export interface ProveOptions {
  /**
   * Recording; without it the generator makes `records` records, and without that the recording of
   * the project is replayed.
   */
  readonly input: string | undefined;
  readonly records: number | undefined;
  readonly seed: number;
  readonly faults: readonly FaultName[];
  /** Leaves the services running for `tidemark verify` and work by hand. */
  readonly keep: boolean;
  readonly argv: readonly string[];
  /** Folder of all runs. */
  readonly outputRoot: string;
  readonly signal: AbortSignal;
  readonly onPhase: (name: string) => void;
  readonly onDetail: (text: string) => void;
  readonly onNote: (text: string) => void;
}

export interface ProveResult {
  readonly directory: string;
  readonly document: VerdictDocument;
  readonly lines: readonly JournalLine[];
}

export const projectRecording = join(
  import.meta.dirname,
  '../workload/recordings/binance-wstrade-spot-btcusdt-ethusdt-20240808-09.jsonl.gz',
);
const projectRecordingRecords = 34_419;
const database = 'tidemark';
const catalog = 'lake';
const namespace = 'cold';

export async function prove(options: ProveOptions): Promise<ProveResult> {
  if (options.keep && (await status()) !== null) {
    throw new EnvironmentError(
      'stack-running',
      'A stack is up already; end it with tidemark down before another one is kept.',
    );
  }
  const directory = runDirectory(options.outputRoot, 'prove', systemClock.nowMs());
  const startMs = systemClock.monotonicMs();
  const journal = openJournal(directory, systemClock);
  const lines: JournalLine[] = [];
  const run = new Run(options, directory, (event) => {
    lines.push(journal.append(event));
  });
  try {
    await run.execute();
    const durationMs = Math.round(systemClock.monotonicMs() - startMs);
    lines.push(journal.append({ type: 'verdict', verdict: decide(lines).verdict, durationMs }));
  } finally {
    journal.close();
    writeVerdict(directory, buildVerdict(lines));
  }
  return { directory, document: buildVerdict(lines), lines };
}

class Run {
  readonly #options: ProveOptions;
  readonly #directory: string;
  readonly #emit: (event: JournalEvent) => void;
  readonly #plan: MainJobPlan;
  readonly #produced = { count: 0, done: false };

  constructor(options: ProveOptions, directory: string, emit: (event: JournalEvent) => void) {
    this.#options = options;
    this.#directory = directory;
    this.#emit = emit;
    this.#plan = planMainJob(options.records ?? projectRecordingRecords);
  }

  async execute(): Promise<void> {
    this.#announce();
    const environment = createLocalEnvironment({
      signal: this.#options.signal,
      onProgress: (e) => this.#options.onDetail(`${e.subject}: ${e.text}`),
    });
    try {
      const addresses = await this.#phase('environment', () => environment.start());
      for (const s of await environment.status()) {
        this.#emit({
          type: 'process',
          name: s.name,
          pid: s.pid,
          event: 'ready',
          detail: s.version,
        });
      }
      await this.#withServices(environment, addresses);
      if (this.#options.keep) await keepAsStack(environment);
    } catch (error) {
      this.#emit({
        type: 'finding',
        finding: {
          code: 'run-incomplete',
          layer: 'harness',
          message: error instanceof Error ? error.message : String(error),
          identity: null,
          expected: null,
          actual: [],
        },
      });
      throw error;
    } finally {
      if (!this.#options.keep) await environment.stop();
    }
  }

  #announce(): void {
    const { argv, seed, input, records } = this.#options;
    this.#emit({
      type: 'run',
      scenario: 'prove',
      argv,
      seed,
      input:
        input ?? (records === undefined ? 'recording of the project' : `generator, seed ${seed}`),
      records: records ?? projectRecordingRecords,
      versions: { node: process.version },
      machine: {
        cores: availableParallelism(),
        memoryBytes: totalmem(),
        platform: `${process.platform} ${process.arch}`,
      },
    });
    for (const name of faultNames) {
      if (this.#options.faults.includes(name)) this.#emit({ type: 'fault', name, event: 'armed' });
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
    const { input, records, seed, signal, onDetail } = this.#options;
    const rate = this.#plan.ratePerSecond;
    const generated = input === undefined && records !== undefined;
    const file = input ?? projectRecording;
    const summary = await produceCommand({
      ...(generated ? { seed } : { input: file }),
      ...(records === undefined ? {} : { records }),
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
    await waitForFaults(job, systemClock);
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
async function waitForFaults(job: MainJob, clock: typeof systemClock): Promise<void> {
  const end = clock.monotonicMs() + faultsMsMax;
  while (clock.monotonicMs() < end && job.faults.some((f) => f.observed() === null)) {
    await clock.sleep(50);
  }
}
