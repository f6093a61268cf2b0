/**
 * Lane `tuning`: the ingest service alone with other sizes of a range and other numbers of
 * writers, each against the defaults.
 *
 * It sets no goals; it shows whether the defaults are right on this machine. It runs only when it
 * is named.
 */
import { ingestService } from '../contestants/contestants.ts';
import { type LaneReport, ratioGoal } from '../report.ts';
import { interleave } from '../rounds.ts';
import { sameContent } from './ingest.ts';
import type { Lane } from './lane.ts';

const rangeRows = [50_000, 100_000, 200_000] as const;
const writers = [1, 2, 3] as const;

export const tuningLane: Lane = {
  name: 'tuning',
  isDefault: false,
  run: async (bench): Promise<LaneReport> => {
    const { records, peerRecords, rounds } = bench.options;
    const topic = await bench.topics.filled(Math.max(records, peerRecords));
    const onContent = sameContent();
    const variants = rangeRows.flatMap((rows) =>
      writers.map((count) =>
        ingestService(bench, topic, onContent, `ranges of ${rows}, ${count} writers`, {
          'ingest-range-rows-max': rows,
          'ingest-writers-max': count,
        }),
      ),
    );
    const defaults = ingestService(bench, topic, onContent, 'defaults');
    const all = await interleave([defaults, ...variants], rounds, bench.note);
    const [base, ...others] = all;
    return {
      lane: 'tuning',
      title: 'tidemark ingest with other ranges and writers',
      measurements: all,
      goals: others.map((other) => ratioGoal(other, base!, { atMost: 1.1 })),
      notes: ['reached means: no more than a tenth faster than the defaults'],
    };
  },
};
