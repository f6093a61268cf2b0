/**
 * Lane `ingest`: from a topic that is already full into ClickHouse, four ways, side by side.
 *
 * The bare fetch is the limit of the log's side and writes nothing. All others write the same
 * columns, and what they wrote is compared: the smaller topic of the slow ones is the beginning of
 * the larger one, offset by offset.
 */
import {
  ingestService,
  kafkaEngine,
  kafkajsInsert,
  type OnContent,
  rawFetch,
} from '../contestants/contestants.ts';
import { detailOf, type LaneReport, ratioGoal } from '../report.ts';
import { interleave } from '../rounds.ts';
import { spreadOf } from '../statistics.ts';
import type { Lane } from './lane.ts';

export const ingestLane: Lane = {
  name: 'ingest',
  isDefault: true,
  run: async (bench): Promise<LaneReport> => {
    const { records, peerRecords, rounds } = bench.options;
    const full = await bench.topics.filled(Math.max(records, peerRecords));
    const part = await bench.topics.filled(peerRecords);
    const onContent = sameContent();
    const [fetch, ours, team, engine] = await interleave(
      [
        rawFetch(bench, full),
        ingestService(bench, full, onContent),
        kafkajsInsert(bench, part, onContent),
        kafkaEngine(bench, part, onContent),
      ],
      rounds,
      bench.note,
    );
    const withStartUp = spreadOf(detailOf(ours!, 'withStartUp')).median;
    const bytes = Math.round(full.valueBytes / full.records);
    return {
      lane: 'ingest',
      title: `trades of ${bytes} bytes, lz4, ${full.ends.size} partitions, into ClickHouse`,
      measurements: [fetch!, ours!, team!, engine!],
      goals: [
        ratioGoal(ours!, team!, { atLeast: 5 }),
        ratioGoal(ours!, engine!, { atLeast: 2.5 }),
        ratioGoal(ours!, fetch!, { atLeast: 0.5 }),
      ],
      notes: [
        `with the start of its process tidemark ingest makes ${Math.round(withStartUp)} rows/s`,
        ...(part.records === full.records
          ? []
          : ['the peers read fewer records, so their warm-up weighs more: the ratios flatter us']),
        'starts of processes and joining of groups are not counted for anybody',
        'all three writers left the same rows behind (compared by content)',
      ],
    };
  },
};

/** Remembers the first content and throws when another one differs. */
export function sameContent(): OnContent {
  let first: { readonly what: string; readonly sum: string } | null = null;
  return (what, sum) => {
    first ??= { what, sum };
    if (first.sum === sum) return;
    throw new Error(`${what} wrote other rows than ${first.what}: ${sum}, not ${first.sum}`);
  };
}
