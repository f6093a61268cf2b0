/**
 * The production services, run to an end: ingest until the ledger's heads stand behind the topic,
 * offload until it has nothing to do.
 *
 * They are the processes that a user starts, with the default configuration and direct addresses.
 * What happened when is read from the ledger (PostgreSQL's clock, which is this machine's), so
 * start-up and polling are not part of any number.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LedgerView } from '../../harness/experiment/ledger-view.ts';
import { PipelineProcess } from '../../harness/experiment/pipeline-process.ts';
import { systemClock, waitFor } from '../../harness/system-clock.ts';
import { lakeTableName } from '../../src/pipeline/index.ts';
import type { Bench } from './bench-context.ts';
import { cpuSecondsOf, meterServices } from './cpu-meter.ts';
import type { Target } from './target.ts';
import type { FilledTopic } from './topics.ts';

export const lakeCatalog = 'lake';
export const lakeNamespace = 'cold';
const drainMsMax = 1_200_000;
const offloadMsMax = 1_200_000;
const pollMs = 100;
const cpuLookMs = 25;

/** Flags beyond the defaults, without dashes. */
export type Flags = Readonly<Record<string, string | number>>;

let processes = 0;

/** A service that is not started yet, and the path of its log. */
export function service(
  bench: Bench,
  command: readonly string[],
  topic: string,
  target: Target,
  flags: Flags = {},
): { readonly process: PipelineProcess; readonly log: string } {
  processes += 1;
  const { kafkaBootstrap, clickhouseUrl } = bench.addresses.direct;
  const all: Flags = {
    'kafka-bootstrap-servers': kafkaBootstrap,
    'kafka-topic': topic,
    'clickhouse-url': clickhouseUrl,
    'clickhouse-database': target.database,
    'postgres-url': target.postgresUrl,
    // One folder a target: the same table name in two catalogs must not share files.
    'lake-warehouse': `${bench.addresses.warehouseUri}/${target.database}`,
    ...flags,
  };
  const name = `${command[0]}-${processes}`;
  const log = join(bench.folder, `${name}.log`);
  const args = [...command, ...Object.entries(all).map(([key, value]) => `--${key}=${value}`)];
  const process = new PipelineProcess({
    name,
    args,
    logFile: log,
    onSpawn: (pid) => bench.register(pid, name),
  });
  return { process, log };
}

export interface IngestRun {
  readonly rows: number;
  /** From the first range's intent to the last range's end. */
  readonly spanMs: number;
  /** The same with the start of the process. */
  readonly wallMs: number;
  readonly ranges: number;
  /** Microseconds a record, by process. */
  readonly cpuUs: Readonly<Record<string, number>>;
}

/** Ingests all of `topic` that `target` does not have yet. */
export async function ingestAll(
  bench: Bench,
  topic: FilledTopic,
  target: Target,
  flags: Flags = {},
): Promise<IngestRun> {
  const { process } = service(bench, ['ingest'], topic.name, target, flags);
  const view = new LedgerView(target.postgresUrl, lakeLease());
  const startMs = systemClock.nowMs();
  try {
    const meter = await meterServices(bench.environment);
    process.start();
    await drained(bench, process, view, topic);
    const cpuSeconds = cpuSecondsOf(process.pid ?? 0);
    const services = meter.perRecord(topic.records);
    await process.stop();
    const ranges = (await view.ranges()).filter((range) => range.intentAt >= startMs);
    const rows = ranges.reduce((sum, range) => sum + range.rows, 0);
    const endMs = Math.max(...ranges.map((range) => range.doneAt ?? Number.NaN));
    const beginMs = Math.min(...ranges.map((range) => range.intentAt));
    return {
      rows,
      spanMs: endMs - beginMs,
      wallMs: endMs - startMs,
      ranges: ranges.length,
      cpuUs: {
        ...(cpuSeconds === null ? {} : { ingest: (cpuSeconds * 1e6) / topic.records }),
        ...services,
      },
    };
  } finally {
    await process.kill();
    await view.close();
  }
}

async function drained(
  bench: Bench,
  process: PipelineProcess,
  view: LedgerView,
  topic: FilledTopic,
): Promise<void> {
  const over = new AbortController();
  const heads = waitFor(
    async () => {
      const heads = (await view.progress())?.bronzeHeads;
      return [...topic.ends].every(([p, end]) => (heads?.get(p) ?? 0n) >= BigInt(end));
    },
    {
      condition: `every head of ${topic.name} stands behind the last record`,
      boundMs: drainMsMax,
      pollMs,
      signal: AbortSignal.any([bench.signal, over.signal]),
    },
  );
  const died = process.ended.then(({ code, signal }) => {
    throw new Error(`${process.name} ended with ${code ?? signal}\n${process.logTail()}`);
  });
  try {
    await Promise.race([heads, died]);
  } finally {
    over.abort();
    // The loser of the race says nothing that matters any more.
    heads.catch(() => undefined);
    died.catch(() => undefined);
  }
}

export interface OffloadRun {
  readonly rows: number;
  /** The whole cycle, as the service logs it. */
  readonly cycleMs: number;
  /** Export and proof of the Parquet files, over all batches. */
  readonly writeMs: number;
  /** Manifests, metadata, swing. */
  readonly commitMs: number;
  readonly batches: number;
  readonly cpuUs: Readonly<Record<string, number>>;
}

/** One cycle: everything closed in bronze that the lake table does not have. */
export async function offloadAll(
  bench: Bench,
  topic: string,
  target: Target,
  flags: Flags = {},
): Promise<OffloadRun> {
  const { process, log } = service(bench, ['offload'], topic, target, flags);
  const meter = await meterServices(bench.environment);
  process.start();
  const cpuSeconds = watchCpu(process);
  try {
    await endedWell(bench, process);
  } finally {
    await process.kill();
  }
  const own = await cpuSeconds;
  const lines = readFileSync(log, 'utf8').trimEnd().split('\n').map(parseLine);
  const cycle = lines.find((line) => line.event === 'cycle.done');
  if (cycle === undefined)
    throw new Error(`${process.name} offloaded nothing\n${process.logTail()}`);
  const appended = lines.filter((line) => line.event === 'lake.appended');
  const sum = (key: string) => appended.reduce((total, line) => total + Number(line[key]), 0);
  const rows = Number(cycle.rows);
  return {
    rows,
    cycleMs: Number(cycle.durationMs),
    writeMs: sum('writeMs'),
    commitMs: sum('commitMs'),
    batches: Number(cycle.batches),
    cpuUs: {
      ...(own === null ? {} : { offload: (own * 1e6) / rows }),
      ...meter.perRecord(rows),
    },
  };
}

/** What a process had taken shortly before its end: it is gone when one could ask for the sum. */
async function watchCpu(process: PipelineProcess): Promise<number | null> {
  const over = new AbortController();
  const stop = () => over.abort();
  process.ended.then(stop, stop);
  let seconds: number | null = null;
  while (!over.signal.aborted) {
    const now = process.pid === null ? null : cpuSecondsOf(process.pid);
    // A process that has just ended is a zombie, or gone, and says nothing.
    if (now !== null && now > 0) seconds = now;
    await systemClock.sleep(cpuLookMs, over.signal);
  }
  return seconds;
}

type LogLine = Readonly<Record<string, unknown>>;

/** Anything that is not a line of the service's log (a warning of the runtime) has no event. */
function parseLine(line: string): LogLine {
  try {
    return JSON.parse(line) as LogLine;
  } catch {
    return {};
  }
}

async function endedWell(bench: Bench, process: PipelineProcess): Promise<void> {
  const over = new AbortController();
  const late = systemClock
    .sleep(offloadMsMax, AbortSignal.any([over.signal, bench.signal]))
    .then(() => null);
  try {
    const ending = await Promise.race([process.ended, late]);
    bench.signal.throwIfAborted();
    if (ending === null) throw new Error(`${process.name} did not end in ${offloadMsMax} ms`);
    if (ending.code !== 0) {
      const how = ending.code ?? ending.signal;
      throw new Error(`${process.name} ended with ${how}\n${process.logTail()}`);
    }
  } finally {
    over.abort();
  }
}

export const lakeLease = (namespace = lakeNamespace) =>
  `${lakeCatalog}.${namespace}.${lakeTableName}`;
