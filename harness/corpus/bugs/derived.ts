/**
 * Windows and upstream bugs of derived tables: the pipeline has none yet, so they are shown on the
 * foil, which fills its candles by a view on each inserted block.
 */
import { foilSchedule, paced } from '../../foil/foil-schedule.ts';
import type { PlantedBug } from '../planted-bug.ts';

/**
 * The block is in the table and in the view; the offsets are not published when the process dies.
 */
const crashBeforePublish = foilSchedule(paced([30]), [
  {
    at: {
      process: 'ingest-1',
      step: 'broker.publish-progress',
      occurrence: 1,
      point: 'before',
    },
    action: { do: 'crash', restartMs: 300 },
  },
]);

export const derivedBugs: readonly PlantedBug[] = [
  {
    id: 'B14',
    group: 'B',
    title: 'a retried block is deduplicated in the base table at best, and never in the view',
    from: 'ClickHouse #76110, #2765, #59165',
    window: 10,
    system: 'foil',
    expected: ['view-double-count'],
    schedule: crashBeforePublish,
  },
  {
    id: 'C10',
    group: 'C',
    title: 'candles are fed by a view chain and not recomputed from a closed range',
    from: 'materialized views count twice or not at all',
    window: 10,
    system: 'foil',
    expected: ['view-double-count'],
    schedule: crashBeforePublish,
  },
];
