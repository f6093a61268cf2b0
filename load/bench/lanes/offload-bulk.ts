/**
 * Lane `offload-bulk`: everything that is closed in bronze goes to the lake in one cycle and one
 * batch.
 *
 * Each round offloads the same rows into a lake table of its own, by the service as a user starts
 * it. The cycle's time is the service's own, from its log; export and proof are one number there,
 * the rest is the commit.
 */
import { filledTarget } from '../filled-target.ts';
import { offloadAll } from '../pipeline-run.ts';
import { goal, type LaneReport, valuesOf } from '../report.ts';
import { interleave } from '../rounds.ts';
import { spreadOf } from '../statistics.ts';
import type { Lane } from './lane.ts';

const batchRowsMax = 100_000_000;

export const offloadBulkLane: Lane = {
  name: 'offload-bulk',
  isDefault: true,
  run: async (bench): Promise<LaneReport> => {
    const { topic, target } = await filledTarget(bench);
    const cycle = {
      what: 'one cycle of tidemark offload',
      unit: 'rows/s' as const,
      records: topic.records,
      run: async (round: number) => {
        const run = await offloadAll(bench, topic.name, target, {
          'lake-namespace': `bulk_${round}`,
          'lake-batch-rows-max': batchRowsMax,
        });
        if (run.rows !== topic.records) {
          throw new Error(`offload moved ${run.rows} of ${topic.records} rows`);
        }
        const { cycleMs, writeMs, commitMs } = run;
        const value = (run.rows * 1000) / cycleMs;
        return { value, cpuUs: run.cpuUs, details: { cycleMs, writeMs, commitMs } };
      },
    };
    const [bulk] = await interleave([cycle], bench.options.rounds, bench.note);
    const part = (name: string) => spreadOf(bulk!.samples.map((s) => s.details![name]!)).median;
    return {
      lane: 'offload-bulk',
      title: 'bronze to the lake, one batch',
      measurements: [bulk!],
      goals: [goal('rows a second', 'rows/s', valuesOf(bulk!), { atLeast: 1_000_000 })],
      notes: [
        `of ${part('cycleMs')} ms: export and proof ${part('writeMs')}, commit ${part('commitMs')}`,
        'processor time of offload includes the start of its process',
      ],
    };
  },
};
