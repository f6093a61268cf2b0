/**
 * The hand-off's defects, each with the smallest schedule that shows it.
 *
 * A defect is data: what is wrong, how the foil is set up (February had no candles), the schedule,
 * the codes that the judgement must give, and the same trouble as our own pipeline would have it.
 * Five need no fault at all. The exact records are worked out in the tests, from the numbers of the
 * trades and not from a run.
 */
import type { Fault, Schedule, WorkloadItem } from '../simulation/schedule/schedule.ts';
import type { FoilOptions } from './foil.ts';
import { foilSchedule, paced, send } from './foil-schedule.ts';

export interface Defect {
  /** As the list of defects numbers it. */
  readonly id: 'D3' | 'D4' | 'D5' | 'D6' | 'D7' | 'D8' | 'D11' | 'D24' | 'D26' | 'D30';
  readonly title: string;
  /** One sentence: how the schedule shows it. */
  readonly explain: string;
  readonly foil: FoilOptions;
  readonly schedule: Schedule;
  /** Every code of the judgement but information, sorted. */
  readonly codes: readonly string[];
  /** The faults of the schedule, aimed at the steps where our pipeline does the same thing. */
  readonly faultsOfPipeline: readonly Fault[];
}

const bronzeOnly: FoilOptions = { gold: false };
const anotherRun = { do: 'environment', what: 'operator-starts-offload', n: 1 } as const;

/** The moment when the scheduled run of this number begins. */
const scheduled = (occurrence: number) =>
  ({ process: 'prefect', step: 'ledger.start-run', occurrence, point: 'answered' }) as const;

/** Where our offloader makes a batch current. */
const swung = (point: Fault['at']['point']) =>
  ({ process: 'offload-1', step: 'catalog.swing', occurrence: 1, point }) as const;

/** Sixty trades, then quiet: what the run of 00:15 has to copy. */
const oneWindow: readonly WorkloadItem[] = paced([60]);

export const defects: readonly Defect[] = [
  {
    id: 'D3',
    title: 'Two runs at once append the same window',
    explain: 'Somebody starts a run beside the scheduled one; both read the same watermark.',
    foil: bronzeOnly,
    schedule: foilSchedule(oneWindow, [{ at: scheduled(1), action: anotherRun }]),
    codes: ['duplicate', 'snapshot-not-prefix'],
    faultsOfPipeline: [{ at: swung('before'), action: anotherRun }],
  },
  {
    id: 'D4',
    title: 'The watermark goes back',
    explain:
      'Of two runs the one that saw less writes last, and the next run copies the rest again.',
    foil: bronzeOnly,
    schedule: foilSchedule(paced([60, 33, 57]), [
      {
        at: { process: 'job-1', step: 'warehouse.write-data', occurrence: 1, point: 'before' },
        action: anotherRun,
      },
      {
        at: { process: 'job-1', step: 'catalog.append', occurrence: 1, point: 'answered' },
        action: { do: 'pause', ms: 60_000 },
      },
    ]),
    codes: ['duplicate', 'head-regression', 'snapshot-not-prefix'],
    faultsOfPipeline: [
      { at: swung('before'), action: anotherRun },
      { at: swung('answered'), action: { do: 'pause', ms: 60_000 } },
    ],
  },
  {
    id: 'D5',
    title: 'Append and watermark are two commits',
    explain: 'The job dies between them, and the retry appends the window again.',
    foil: bronzeOnly,
    schedule: foilSchedule(oneWindow, [
      {
        at: { process: 'job-1', step: 'catalog.append', occurrence: 1, point: 'answered' },
        action: { do: 'crash', restartMs: 1_000 },
      },
    ]),
    codes: ['duplicate', 'snapshot-not-prefix'],
    faultsOfPipeline: [{ at: swung('answered'), action: { do: 'crash', restartMs: 1_000 } }],
  },
  {
    id: 'D6',
    title: 'Killing the client does not stop the job',
    explain: 'The client is killed and tried again after 30 s; its first job is still at work.',
    foil: bronzeOnly,
    schedule: foilSchedule(oneWindow, [
      {
        at: { process: 'client-1', step: 'warehouse.submit-job', occurrence: 1, point: 'answered' },
        action: { do: 'crash', restartMs: 30_000 },
      },
    ]),
    codes: ['duplicate', 'snapshot-not-prefix'],
    faultsOfPipeline: [{ at: swung('before'), action: { do: 'crash', restartMs: 30_000 } }],
  },
  {
    id: 'D7',
    title: 'Late rows are lost',
    explain:
      'A backlog is read partition by partition, and a run comes before the last one had its turn.',
    foil: bronzeOnly,
    schedule: foilSchedule([send(1_790_000, 3, 1), send(0, 27, 0)], [], {
      partitions: 2,
      rangeRowsMax: 1,
    }),
    codes: ['missing'],
    faultsOfPipeline: [],
  },
  {
    id: 'D8',
    title: 'Rows of the same millisecond as the watermark are lost',
    explain: 'Of three trades in one millisecond the third comes after a run that saw two.',
    foil: bronzeOnly,
    schedule: foilSchedule([send(21_900, 2), send(1_000_000, 1)]),
    codes: ['missing'],
    faultsOfPipeline: [],
  },
  {
    id: 'D11',
    title: 'Partial candles are frozen',
    explain: 'The run of 00:15 copies windows that are not over, and their start is the watermark.',
    foil: {},
    schedule: foilSchedule(paced([60, 90])),
    codes: ['candle-frozen', 'candle-wrong'],
    faultsOfPipeline: [],
  },
  {
    id: 'D24',
    title: 'Counts cancel',
    explain:
      'One row is lost as in D8 and one is doubled as in D3; the audit counts four and four.',
    foil: bronzeOnly,
    schedule: foilSchedule(
      [send(21_900, 2), send(1_300_000, 2)],
      [{ at: scheduled(2), action: anotherRun }],
    ),
    codes: ['duplicate', 'missing', 'snapshot-not-prefix'],
    faultsOfPipeline: [{ at: swung('before'), action: anotherRun }],
  },
  {
    id: 'D26',
    title: 'An identity made of what a trade looks like merges distinct trades',
    explain:
      'Two trades of one symbol share a millisecond, and ReplacingMergeTree keeps the later.',
    foil: { ...bronzeOnly, identity: 'symbol-ms' },
    schedule: foilSchedule(paced([3])),
    codes: ['missing', 'snapshot-not-prefix'],
    faultsOfPipeline: [],
  },
  {
    id: 'D30',
    title: 'A merge keeps an arbitrary part of open, high, low and close',
    explain:
      'A window is fed by two blocks, and the merged candle closes where the first block did.',
    foil: {},
    schedule: foilSchedule(paced([3, 3])),
    codes: ['candle-wrong'],
    faultsOfPipeline: [],
  },
];
