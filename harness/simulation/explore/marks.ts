/**
 * Marks: what the explored runs came past, so that a long green run can't be one that saw nothing.
 *
 * A mark is a name and a count. Three kinds: the faults that struck (`fault crash`), the steps at
 * which they did (`at ledger.close`), and the remarks that the production code itself makes on the
 * way (`log batch.doubt`, `log intent.found`): those are the branches of the recovery. `expected`
 * lists the marks without which an exploration of some size has not explored.
 */
import type { Facts, Logger } from '../../../src/pipeline/ports/logger.ts';
import type { Schedule } from '../schedule/schedule.ts';

export type Marks = Map<string, number>;

/** Remarks of the pipeline that stand for a branch of its recovery. */
export const expectedMarks: readonly string[] = [
  'log intent.found',
  'log insert.unknown',
  'log range.incomplete',
  'log ingest.look-again',
  'log lease.lost',
  'log lease.giving-back',
  'log batch.doubt',
  'log batch.try-again',
  'log batch.found-open',
  'log cycle.failed',
  'log cycle.skipped',
  'log maintenance.done',
  'log dependency.missing',
  'fault crash',
  'fault pause',
  'fault lose',
  'fault down',
  'fault partition',
  'fault slow',
  'fault duplicate',
  'fault clock',
  'fault ledger-restore',
];

export function addMark(marks: Marks, name: string, count = 1): void {
  marks.set(name, (marks.get(name) ?? 0) + count);
}

/** A logger that only counts the names of events. */
export function markingLogger(marks: Marks): Logger {
  const names = new Map<string, string>();
  const mark = (event: string, _facts?: Facts) => {
    let name = names.get(event);
    if (name === undefined) {
      name = `log ${event}`;
      names.set(event, name);
    }
    addMark(marks, name);
  };
  return { debug: mark, info: mark, warn: mark, error: (event) => mark(event) };
}

export function markFaults(marks: Marks, schedule: Schedule, bitten: ReadonlySet<number>): void {
  for (const index of bitten) {
    const { at, action } = schedule.faults[index]!;
    addMark(marks, `fault ${action.do === 'environment' ? action.what : action.do}`);
    addMark(marks, `at ${at.step}`);
  }
}

export function missingMarks(marks: Marks): string[] {
  return expectedMarks.filter((name) => !marks.has(name));
}
