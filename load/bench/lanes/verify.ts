/**
 * Lane `verify`: the proof of all layers against a bare fetch of the same topic, and what memory
 * it takes.
 *
 * Whoever proves that nothing is missing has to read the log once; so the bare fetch is the least
 * that a proof can cost, and the goal allows half as much again and two seconds. Memory is the
 * peak of the verifying process with its threads; ClickHouse works for it and is looked at every
 * 50 ms.
 */

import type { VerifyOptions } from '../../../harness/checkers/verify.ts';
import { systemClock } from '../../../harness/system-clock.ts';
import type { Bench } from '../bench-context.ts';
import { runTask } from '../child-task.ts';
import { fetchAll } from '../contestants/contestants.ts';
import type { VerifyTaskResult } from '../contestants/verify-task.ts';
import { meterServices, residentMbOf } from '../cpu-meter.ts';
import { type FilledTarget, filledTarget } from '../filled-target.ts';
import { lakeCatalog, lakeNamespace, offloadAll } from '../pipeline-run.ts';
import { detailOf, goal, type LaneReport, type Sample, valuesOf } from '../report.ts';
import { interleave } from '../rounds.ts';
import { spreadOf } from '../statistics.ts';
import type { Lane } from './lane.ts';

const memoryLookMs = 50;
const fetchTimesMax = 1.5;
const secondsBeyondMax = 2;
const memoryMbMax = 1024;

export const verifyLane: Lane = {
  name: 'verify',
  isDefault: true,
  run: async (bench): Promise<LaneReport> => {
    const filled = await filledTarget(bench);
    const { topic, target } = filled;
    await offloadAll(bench, topic.name, target);
    const common = { unit: 's' as const, records: topic.records };
    const [fetch, proof] = await interleave(
      [
        { what: 'bare fetch, discarded', ...common, run: () => bareFetch(bench, filled) },
        { what: 'tidemark verify, all layers', ...common, run: () => prove(bench, filled) },
      ],
      bench.options.rounds,
      bench.note,
    );
    const memory = detailOf(proof!, 'residentMb');
    const store = detailOf(proof!, 'clickhouseMb');
    const beyond = valuesOf(proof!).map(
      (seconds, round) => (seconds - secondsBeyondMax) / fetch!.samples[round]!.value,
    );
    return {
      lane: 'verify',
      title: 'producer = log = bronze + dead letters = lake, proven',
      measurements: [fetch!, proof!],
      goals: [
        goal('(verify - 2 s) / bare fetch', 'x', beyond, { atMost: fetchTimesMax }),
        goal('peak memory of verify', 'MB', memory, { atMost: memoryMbMax }),
      ],
      notes:
        store.length === 0
          ? []
          : [`ClickHouse held at most ${Math.round(spreadOf(store).max)} MB meanwhile`],
    };
  },
};

async function bareFetch(bench: Bench, { topic }: FilledTarget): Promise<Sample> {
  const { durationMs, cpuUs } = await fetchAll(bench, topic);
  return { value: durationMs / 1000, cpuUs };
}

async function prove(bench: Bench, { topic, target }: FilledTarget): Promise<Sample> {
  const { kafkaBootstrap, clickhouseUrl } = bench.addresses.direct;
  const argument: VerifyOptions = {
    kafkaBootstrap,
    topic: topic.name,
    clickhouseUrl,
    database: target.database,
    postgresUrl: target.postgresUrl,
    catalog: lakeCatalog,
    namespace: lakeNamespace,
    producerJournal: topic.journal,
    readers: { log: 'auto', lake: 'auto' },
    expectComplete: true,
  };
  const meter = await meterServices(bench.environment);
  const watch = await watchClickHouse(bench);
  const file = new URL('../contestants/verify-task.ts', import.meta.url);
  const result = await runTask<VerifyTaskResult>(bench, 'verify', file, argument);
  const clickhouseMb = await watch();
  if (result.verdict !== 'pass') {
    throw new Error(`verify says ${result.verdict}: ${result.reasons.join('; ')}`);
  }
  const own = (result.cpuSeconds * 1e6) / topic.records;
  return {
    value: result.durationMs / 1000,
    cpuUs: { verify: own, ...meter.perRecord(topic.records) },
    details: {
      residentMb: result.residentMbMax,
      ...(clickhouseMb === null ? {} : { clickhouseMb }),
    },
  };
}

/**
 * The function it gives stops watching and says the most that was seen; null where nothing can be
 * seen.
 */
async function watchClickHouse(bench: Bench): Promise<() => Promise<number | null>> {
  const services = await bench.environment.status();
  const pid = services.find(({ name }) => name === 'clickhouse')?.pid ?? null;
  const over = new AbortController();
  let most: number | null = null;
  const watching = (async () => {
    while (pid !== null && !over.signal.aborted) {
      const now = residentMbOf(pid);
      if (now === null) return;
      most = Math.max(most ?? 0, now);
      await systemClock.sleep(memoryLookMs, over.signal);
    }
  })();
  return async () => {
    over.abort();
    await watching;
    return most;
  };
}
