/**
 * Group E: the canary. A sound run's history gets one anomaly at a random place, and the judgement
 * has to name it there.
 *
 * Every execution of the tests has one, from a seed that it prints. If the canary is not heard, no
 * green light of that execution means anything.
 */
import type { HistoryEvent, Row } from '../checkers/history/history.ts';
import { judge } from '../checkers/history/judge.ts';
import { runSchedule } from '../simulation/run-schedule.ts';
import { swarmSchedule } from '../simulation/schedule/swarm.ts';
import { buildPipeline } from '../simulation/system/pipeline-system.ts';
import { Prng } from '../workload/prng.ts';

export interface CanaryResult {
  readonly seed: number;
  /** What was planted: a code and a record. */
  readonly planted: { readonly code: string; readonly at: string };
  readonly heard: boolean;
  /** `code at` of everything that was reported. */
  readonly reported: readonly string[];
}

type RowsAdded = Extract<HistoryEvent, { type: 'rows-added' }>;

const spoils: ReadonlyArray<{
  readonly code: string;
  readonly spoil: (rows: readonly Row[], at: number) => readonly Row[];
}> = [
  { code: 'missing', spoil: (rows, at) => rows.filter((_, i) => i !== at) },
  { code: 'duplicate', spoil: (rows, at) => [...rows, rows[at]!] },
  {
    code: 'altered',
    spoil: (rows, at) =>
      rows.map((row, i) => (i === at ? { ...row, content: `${row.content}0` } : row)),
  },
];

export async function sendCanary(seed: number): Promise<CanaryResult> {
  const random = new Prng(seed);
  const schedule = swarmSchedule(seed, { settings: { ingesters: 1 }, faultsMax: 0 });
  const build = buildPipeline();
  const { history } = await runSchedule(schedule, { build, everyFaultMustBite: true });
  const added = history.events.filter((event): event is RowsAdded => event.type === 'rows-added');
  const place = added[random.below(added.length)]!;
  const at = random.below(place.rows.length);
  const { code, spoil } = spoils[random.below(spoils.length)]!;
  const spoilt = { ...place, rows: spoil(place.rows, at) };
  const events = history.events.map((event) => (event === place ? spoilt : event));
  const { findings } = judge({ ...history, events });
  const { topicId, partition, offset } = place.rows[at]!;
  const where = `${topicId}/${partition}:${offset}`;
  const reported = findings.map(({ code: found, identity }) =>
    identity === null
      ? found
      : `${found} ${identity.topicId}/${identity.partition}:${identity.offset}`,
  );
  // A record that was altered in bronze is right in the lake: the layer that is wrong is named.
  const heard = reported.includes(`${code} ${where}`);
  return { seed, planted: { code, at: where }, heard, reported };
}
