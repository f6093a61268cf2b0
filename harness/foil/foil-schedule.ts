/**
 * Schedules of the foil: the settings it was handed over with, and a workload that keeps pace with
 * the clock.
 *
 * A record's trade time follows from its number, one trade every `tradeGapMs` and three to a
 * millisecond. The foil compares trade times with the clock, so a workload has to send records when
 * they were traded: a paced item goes out as soon as its last trade has happened. Where a case
 * wants a record that is late, it says so itself.
 */
import type { Fault, Schedule, Settings, WorkloadItem } from '../simulation/schedule/schedule.ts';
import { settingsDefault } from '../simulation/schedule/settings.ts';
import { tradeGapMs } from '../simulation/system/trade-records.ts';

/** Every quarter of an hour, one consumer a table, blocks of up to 10,000 rows. */
export const foilSettings: Settings = {
  ...settingsDefault,
  system: 'foil',
  partitions: 1,
  rangeRowsMax: 10_000,
  offloadEveryMs: 900_000,
  drainMsMax: 3_600_000,
};

export function foilSchedule(
  workload: readonly WorkloadItem[],
  faults: readonly Fault[] = [],
  settings: Partial<Settings> = {},
): Schedule {
  return {
    version: 1,
    settings: { ...foilSettings, ...settings },
    workload,
    choices: [],
    faults,
  };
}

/** Sends trades to one partition, `afterMs` after the item before. */
export function send(afterMs: number, trades: number, partition = 0): WorkloadItem {
  return { do: 'send', afterMs, partition, trades, malformed: 0 };
}

/**
 * Sends of so many trades each, every one as soon as its last trade has happened, to the partitions
 * in turn.
 */
export function paced(counts: readonly number[], partitions = 1): WorkloadItem[] {
  return counts.map((trades, i) => send(trades * tradeGapMs, trades, i % partitions));
}
