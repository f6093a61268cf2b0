/**
 * Marks: what the explored runs came past, so that a long green run can't be one that saw nothing.
 *
 * A mark is a name and a count. Three kinds: the faults that struck (`fault crash`), the steps at
 * which they did (`at ledger.close`), and the remarks that the production code itself makes on the
 * way (`log batch.doubt`, `log intent.found`): those are the branches of the recovery. Without the
 * `expectedMarks` an exploration of some size has not explored.
 */
import type { Facts, Logger } from '../../../src/pipeline/ports/logger.ts';
import { faultKinds } from '../schedule/draw-fault.ts';
import type { Schedule } from '../schedule/schedule.ts';

export type Marks = Map<string, number>;

/** Remarks of the pipeline that stand for a branch of its recovery. */
const remarks = [
  'intent.found',
  'insert.unknown',
  'range.incomplete',
  'ingest.look-again',
  'ingest.stopped',
  'tick.failed',
  'lease.lost',
  'lease.giving-back',
  'lease.not-renewed',
  'batch.doubt',
  'batch.try-again',
  'batch.found-open',
  'cycle.failed',
  'cycle.skipped',
  'cycle.interrupted',
  'lake.files-left',
  'maintenance.done',
  'offload.stopped',
  'dependency.missing',
];

/** Steps without a fault at which nothing of the protocol was tried. */
const steps = [
  'broker.produce',
  'broker.end-transaction',
  'store.fence',
  'store.insert-trades',
  'store.insert-dead-letters',
  'ledger.open',
  'ledger.close',
  'ledger.close-open',
  'ledger.freeze',
  'ledger.freeze-maintenance',
  'warehouse.write-data',
  'warehouse.write-metadata',
  'catalog.swing',
];

/** Each of them is met dozens of times in 5,000 seeds. */
export const expectedMarks: readonly string[] = [
  ...remarks.map((event) => `log ${event}`),
  ...steps.map((step) => `at ${step}`),
  ...faultKinds.map((kind) => `fault ${kind}`),
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
