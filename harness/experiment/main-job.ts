/**
 * The pipeline under test in the main job: two ingesters that share the partitions, one offloader,
 * and a gate before each.
 *
 * Each process talks to the stores through its own gate and Toxiproxy, so a fault hits one process
 * and leaves the others and every checker alone. A process that dies without having been killed is
 * a failure of the run, not something to start again.
 */
import { join } from 'node:path';
import type { Addresses } from '../environment/environment.ts';
import type { Fault, FaultName } from '../faults/fault.ts';
import { type HttpGate, openHttpGate } from '../faults/http-gate.ts';
import { openPostgresGate, type PostgresGate } from '../faults/postgres-gate.ts';
import {
  type Bite,
  commitAnswerCut,
  type FaultHooks,
  ingesterKilled,
  insertAnswerCut,
} from '../faults/protocol-faults.ts';
import { randomKills } from '../faults/random-kills.ts';
import type { MainJobPlan } from './main-job-plan.ts';
import { PipelineProcess } from './pipeline-process.ts';

export interface MainJobOptions {
  readonly addresses: Addresses;
  readonly plan: MainJobPlan;
  readonly faults: readonly FaultName[];
  readonly logFolder: string;
  /** For faults that choose by themselves. */
  readonly seed: number;
  readonly hooks: FaultHooks;
  readonly onProcess: (
    name: string,
    pid: number | null,
    event: 'started' | 'killed' | 'stopped',
  ) => void;
  readonly onSpawn: (pid: number, name: string) => void;
  /** What ledger and store say of a range, by direct addresses. */
  readonly look: (bite: Bite) => Promise<{ state: string | null; rows: number }>;
}

export interface MainJob {
  readonly faults: readonly Fault[];
  start(): void;
  /** Rejects as soon as a process ended that nobody ended. */
  readonly failed: Promise<never>;
  heal(): Promise<void>;
  /** SIGTERM to all; rejects when one does not end cleanly. */
  stop(): Promise<void>;
  /** SIGKILL to all that still run, and the gates closed: for the way out of a failed run. */
  abandon(): Promise<void>;
}

export async function setUpMainJob(options: MainJobOptions): Promise<MainJob> {
  const { addresses, plan } = options;
  const { hostname, port } = new URL(addresses.proxied.postgresUrl);
  const gateA = await openHttpGate(addresses.proxied.clickhouseUrl);
  const gateB = await openHttpGate(addresses.proxied.clickhouseUrl);
  const commitGate = await openPostgresGate({ host: hostname, port: Number(port) });
  const a = pipelineProcess(options, 'ingest-a', ['ingest'], { clickhouse: gateA.url });
  const b = pipelineProcess(options, 'ingest-b', ['ingest'], { clickhouse: gateB.url });
  const offload = pipelineProcess(options, 'offload', ['offload', '--every', plan.offloadEvery], {
    postgres: throughGate(addresses.proxied.postgresUrl, commitGate),
  });
  const watched = watch([a, b, offload], options);
  const control: Control = {
    processes: [a, b, offload],
    kill: async (process) => {
      const pid = process.pid ?? 0;
      watched.expectEnd(process);
      const ending = await process.kill();
      options.onProcess(process.name, pid, 'killed');
      return { pid, signal: ending.signal };
    },
    start: watched.start,
  };
  const faults = options.faults.map((name) =>
    arm(name, { gateA, gateB, commitGate, control, options }),
  );
  return {
    faults,
    start: () => {
      control.processes.forEach(watched.start);
      for (const fault of faults) fault.begin?.();
    },
    failed: watched.failed,
    heal: async () => {
      for (const fault of [...faults].reverse()) await fault.heal();
    },
    stop: () => watched.stopAll(),
    abandon: async () => {
      await watched.killAll();
      await Promise.all([gateA.close(), gateB.close(), commitGate.close()]);
    },
  };
}

interface Control {
  readonly processes: readonly [PipelineProcess, PipelineProcess, PipelineProcess];
  kill(process: PipelineProcess): Promise<{ pid: number; signal: string | null }>;
  start(process: PipelineProcess): void;
}

interface Armed {
  readonly gateA: HttpGate;
  readonly gateB: HttpGate;
  readonly commitGate: PostgresGate;
  readonly control: Control;
  readonly options: MainJobOptions;
}

function arm(name: FaultName, { gateA, gateB, commitGate, control, options }: Armed): Fault {
  const { plan, hooks } = options;
  if (name === 'insert-answer-cut') return insertAnswerCut(gateB, plan.cutAtInsert, hooks);
  if (name === 'commit-answer-cut') return commitAnswerCut(commitGate, plan.cutAtSwing, hooks);
  if (name === 'random-kills') return killAtRandom(control, options);
  const [a] = control.processes;
  const look = async (bite: Bite) => {
    const found = await options.look(bite);
    control.start(a);
    return found;
  };
  return ingesterKilled(gateA, plan.killAtInsert, hooks, () => control.kill(a), look);
}

function killAtRandom(control: Control, { plan, hooks, seed }: MainJobOptions): Fault {
  return randomKills({
    seed,
    kills: plan.kills,
    pauseMsMax: plan.killPauseMsMax,
    targets: control.processes.length,
    strike: async (target) => {
      const process = control.processes[target]!;
      const { pid, signal } = await control.kill(process);
      control.start(process);
      return { detail: `${process.name}, pid ${pid}`, died: signal === 'SIGKILL' };
    },
    hooks,
  });
}

function throughGate(postgresUrl: string, gate: PostgresGate): string {
  const url = new URL(postgresUrl);
  url.hostname = gate.host;
  url.port = String(gate.port);
  return url.href;
}

function pipelineProcess(
  { addresses, plan, logFolder, onSpawn }: MainJobOptions,
  name: string,
  command: readonly string[],
  through: { clickhouse?: string; postgres?: string },
): PipelineProcess {
  const settings: Record<string, string | number> = {
    'kafka-bootstrap-servers': addresses.proxied.kafkaBootstrap,
    'kafka-topic': plan.topic,
    'clickhouse-url': through.clickhouse ?? addresses.proxied.clickhouseUrl,
    'postgres-url': through.postgres ?? addresses.proxied.postgresUrl,
    'lake-warehouse': addresses.warehouseUri,
    'ingest-range-rows-max': plan.rangeRowsMax,
    'ingest-linger-ms': plan.lingerMs,
    'lease-ms': plan.leaseMs,
  };
  const flags = Object.entries(settings).map(([key, value]) => `--${key}=${value}`);
  return new PipelineProcess({
    name,
    args: [...command, ...flags],
    logFile: join(logFolder, `${name}.log`),
    onSpawn,
  });
}

/** Tells an end that was asked for from one that was not. */
function watch(processes: readonly PipelineProcess[], { onProcess }: MainJobOptions) {
  const failure = Promise.withResolvers<never>();
  // Whoever awaits a step of the run races against it; an end after the run interests nobody.
  failure.promise.catch(() => undefined);
  const expected = new WeakSet<PipelineProcess>();
  const start = (process: PipelineProcess) => {
    expected.delete(process);
    process.start();
    onProcess(process.name, process.pid, 'started');
    process.ended.then(({ code, signal }) => {
      if (expected.has(process)) return;
      failure.reject(
        new Error(`${process.name} ended by itself with ${code ?? signal}\n${process.logTail()}`),
      );
    }, failure.reject);
  };
  const endAll = async (end: (process: PipelineProcess) => Promise<unknown>) => {
    for (const process of processes) expected.add(process);
    await Promise.all(processes.map(end));
  };
  return {
    start,
    failed: failure.promise,
    expectEnd: (process: PipelineProcess) => expected.add(process),
    stopAll: () =>
      endAll(async (process) => {
        const { pid } = process;
        await process.stop();
        onProcess(process.name, pid, 'stopped');
      }),
    killAll: () => endAll((process) => process.kill()),
  };
}
