/**
 * The shape of a schedule on disk, checked before anything runs.
 *
 * A counterexample comes from somebody else's machine, so every number has a bound and every word
 * is known: a hostile file can make a run fail with a clear error, never hang or crash it.
 */
import { z } from 'zod';
import { environmentFaults, recordsOf, type Schedule, serviceNames } from './schedule.ts';
import { stepNames } from './steps.ts';

/** Ten virtual hours; nothing in a schedule is longer. */
export const durationMsMax = 36_000_000;
export const arrayItemsMax = 5_000;
/** Of the whole workload. */
export const recordsMax = 20_000;
/** A day and an hour, virtual. */
export const workloadMsMax = 90_000_000;

const ms = z.number().int().min(0).max(durationMsMax);
const count = (min: number, max: number) => z.number().int().min(min).max(max);
const service = z.enum(serviceNames);

const workloadItem = z.discriminatedUnion('do', [
  z.strictObject({
    do: z.literal('send'),
    afterMs: ms,
    partition: count(0, 63),
    trades: count(0, 1_000),
    malformed: count(0, 1_000),
  }),
  z.strictObject({
    do: z.literal('transaction'),
    afterMs: ms,
    trades: count(0, 1_000),
    end: z.enum(['commit', 'abort']),
  }),
]);

const action = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('crash'), restartMs: ms }),
  z.strictObject({ do: z.literal('stop'), restartMs: ms }),
  z.strictObject({ do: z.literal('pause'), ms }),
  z.strictObject({ do: z.literal('lose'), afterMs: ms }),
  z.strictObject({ do: z.literal('delay'), ms }),
  z.strictObject({ do: z.literal('duplicate'), afterMs: ms }),
  z.strictObject({ do: z.literal('slow'), ms }),
  z.strictObject({ do: z.literal('partition'), service, ms }),
  z.strictObject({ do: z.literal('down'), service, ms }),
  z.strictObject({
    do: z.literal('clock'),
    of: z.enum(['process', 'ledger']),
    ms: z.number().int().min(-durationMsMax).max(durationMsMax),
  }),
  z.strictObject({
    do: z.literal('environment'),
    what: z.enum(Object.keys(environmentFaults) as [keyof typeof environmentFaults]),
    n: count(0, 100_000),
  }),
]);

const fault = z.strictObject({
  at: z.strictObject({
    process: z.string().regex(/^[a-z][a-z0-9-]{0,40}$/),
    step: z.string().refine((name) => stepNames.has(name), 'is no step that a process takes'),
    occurrence: count(1, 100_000),
    point: z.enum(['before', 'applied-unanswered', 'answered']),
  }),
  action,
});

export const settingsSchema = z.strictObject({
  system: z.enum(['pipeline', 'foil']),
  partitions: count(1, 16),
  ingesters: count(1, 8),
  offloaders: count(1, 8),
  rangeRowsMax: count(1, 100_000),
  batchRowsMax: count(1, 1_000_000),
  deduplicationWindow: count(0, 100_000),
  snapshotsKeptMin: count(1, 10_000),
  offloadEveryMs: count(1, durationMsMax),
  drainMsMax: count(1, durationMsMax),
  healAfterDrain: z.boolean().optional(),
});

export const scheduleSchema: z.ZodType<Schedule> = z
  .strictObject({
    version: z.literal(1),
    settings: settingsSchema,
    workload: z.array(workloadItem).max(arrayItemsMax),
    choices: z.array(count(0, 0xffff_ffff)).max(arrayItemsMax),
    faults: z.array(fault).max(arrayItemsMax),
  })
  .refine(
    ({ workload }) => workload.reduce((sum, { afterMs }) => sum + afterMs, 0) <= workloadMsMax,
    { path: ['workload'], error: `takes more than ${workloadMsMax} ms` },
  )
  .refine(
    ({ workload, settings }) =>
      workload.reduce((sum, item) => sum + recordsOf(item, settings.partitions), 0) <= recordsMax,
    { path: ['workload'], error: `has more than ${recordsMax} records` },
  );
