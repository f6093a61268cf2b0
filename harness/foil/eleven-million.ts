/**
 * The 11.4 million duplicates of 12 February, in small.
 *
 * One simulated row stands for 511 1/3 real ones, so that the smallest append of that morning
 * (1,534 rows) is the three trades of one millisecond; every number of rows is counted in such
 * instants. What operators did is the same and in the same order: two runs at almost the same
 * moment that copied everything, four runs at once, one more, the watermark back to 2000-01-01, and
 * two runs that copied everything again. The clock is not the real one: each run is put where the
 * table holds as many rows as it did. What comes out is not written down here.
 */
import type { Schedule } from '../simulation/schedule/schedule.ts';
import { tradeGapMs } from '../simulation/system/trade-records.ts';
import type { FoilOptions } from './foil.ts';
import { foilSchedule, paced } from './foil-schedule.ts';
import { bufferMs, sessionMs } from './offload-job.ts';
import type { Operation } from './operator.ts';

/** One append to the lake on 12 February, as the reports and stored logs have it. */
export interface RealAppend {
  readonly what: string;
  readonly rows: number;
}

export const realAppends: readonly RealAppend[] = [
  { what: 'first full copy', rows: 3_777_490 },
  { what: 'second full copy', rows: 3_777_567 },
  { what: 'first of four at once', rows: 1_534 },
  { what: 'second of four at once', rows: 1_534 },
  { what: 'third of four at once', rows: 1_534 },
  { what: 'fourth of four at once', rows: 1_533 },
  { what: 'one more run', rows: 29_806 },
  { what: 'after the reset: test run', rows: 3_848_786 },
  { what: 'after the reset: scheduled run', rows: 3_850_348 },
];

/** Rows in the hot store at the last scan: nothing older had been deleted, so these are all. */
export const realUnique = 3_850_348;

/** How many appends the report counted that spoke of 7,561,192 rows and "10 duplicates". */
export const appendsInFirstReport = 6;

const realRowsOfInstant = 1_534;
export const tradesOfInstant = 3;

/** A number of real rows as instants of the simulation. */
export const instants = (rows: number): number => Math.round(rows / realRowsOfInstant);

const instantMs = tradesOfInstant * tradeGapMs;
/** Between a run's start and its scan, beside the session: a few requests, and a margin. */
const marginMs = 500;

/** When a run has to start so that its scan is the first to see so many instants. */
const startSeeing = (count: number): number =>
  (count - 1) * instantMs + bufferMs - sessionMs + marginMs;

function operations(): readonly Operation[] {
  const [first, , small, , , , more, test, scheduled] = realAppends;
  const full = instants(first!.rows);
  const afterFour = full + instants(small!.rows);
  return [
    { atMs: startSeeing(full), do: 'start-runs' },
    { atMs: startSeeing(full) + 1_300, do: 'start-runs' },
    // The first two have written their watermark when these read it.
    { atMs: startSeeing(afterFour) + instantMs - 1_500, do: 'start-runs', runs: 4 },
    { atMs: startSeeing(afterFour + instants(more!.rows)), do: 'start-runs' },
    { atMs: startSeeing(instants(test!.rows)) - 60_000, do: 'reset-watermarks' },
    { atMs: startSeeing(instants(test!.rows)), do: 'start-runs' },
    { atMs: startSeeing(instants(scheduled!.rows)), do: 'start-runs' },
  ];
}

/** Trades of one send: some four minutes of them, less than the buffer. */
const tradesOfSend = 36;

export function elevenMillionSchedule(): Schedule {
  const trades = instants(realUnique) * tradesOfInstant;
  const sends = Array.from({ length: Math.ceil(trades / tradesOfSend) }, (_, i) =>
    Math.min(tradesOfSend, trades - i * tradesOfSend),
  );
  return foilSchedule(paced(sends));
}

/** Without candles, which came later, and without the schedule: all runs were started by hand. */
export function elevenMillionFoil(): FoilOptions {
  return { gold: false, scheduled: false, operations: operations() };
}
