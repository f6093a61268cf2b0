/**
 * Versions of the lake that lack records, for a while or at the end, and those that may lack them.
 *
 * A part of the cases of `rows-complete.ts`; every file named `.cases.ts` belongs to a checker.
 */
import type { Case } from './case.ts';
import {
  batchSpans,
  healthy,
  is,
  isAdded,
  isAppend,
  isBatch,
  isFile,
  withoutLedger,
} from './case-builder.ts';
import {
  added,
  appendTrade,
  at,
  deleted,
  drained,
  file,
  lakeTable,
  restored,
  row,
  rows,
  snapshot,
  span,
  swing,
} from './case-facts.ts';

const missing = (partition: number, ...offsets: number[]) =>
  offsets.map((offset) => ({ code: 'missing', at: at(partition, offset) }));
const torn = (partition: number, ...offsets: number[]) =>
  offsets.map((offset) => ({ code: 'torn-batch', at: at(partition, offset) }));
const rest = [...missing(0, 3, 4, 5), ...missing(1, 4)];
const undrained = { expectDrained: false };

/** The second batch brought only these of partition 0. */
const brought = (...offsets: number[]) =>
  healthy().instead(isFile('f2'), file('f2', [...rows(0, ...offsets), row(1, 4)]));

const merged = [...rows(0, 0, 1, 3, 4, 5), ...rows(1, 0, 3, 4)];
const replacement = (held: typeof merged) =>
  healthy().atEnd(
    file('f3', held),
    swing('m2', 'm3', snapshot(3, ['f3'], 8, { operation: 'replace', batch: null })),
  );
const beforeRestore = () => healthy().seqOf(is('swing', { to: 'm1' }));

export const lakeCases: readonly Case[] = [
  {
    title: 'a batch lacks a record',
    history: () => brought(3, 5).history(),
    expect: missing(0, 4),
  },
  {
    title: 'a batch lacks the end of a range',
    history: () => brought(3).history(),
    expect: torn(0, 4, 5),
  },
  {
    title: 'a batch lacks all of a partition',
    history: () =>
      healthy()
        .instead(isFile('f2'), file('f2', rows(0, 3, 4, 5)))
        .history(undrained),
    expect: missing(1, 4),
  },
  {
    title: 'a batch lacks its last record, and nobody promised a drain',
    history: () => brought(3, 4).history(undrained),
    expect: missing(0, 5),
  },
  {
    title: 'a later batch brings what an earlier one lacked',
    history: () =>
      healthy()
        .instead(isFile('f1'), file('f1', [...rows(0, 1), ...rows(1, 0, 3)]))
        .instead(isFile('f2'), file('f2', [...rows(0, 0, 3, 4, 5), row(1, 4)]))
        .history(),
    expect: missing(0, 0),
  },
  {
    title: 'a batch that never swung claims nothing',
    history: () =>
      healthy()
        .until(is('swing', { to: 'm2' }))
        .history(undrained),
    expect: [],
  },
  {
    title: 'a file of a live version is deleted',
    history: () => healthy().atEnd(deleted('f1')).history(undrained),
    expect: missing(0, 0, 1).concat(missing(1, 0, 3)),
  },
  {
    title: 'a file of a live version is written over with less',
    history: () =>
      healthy()
        .atEnd(file('f2', rows(0, 3, 4, 5)))
        .history(undrained),
    expect: missing(1, 4),
  },
  {
    title: 'a file is written over with the same before it is live',
    history: () =>
      healthy()
        .after(isFile('f2'), file('f2', [...rows(0, 3, 4, 5), row(1, 4)]))
        .history(),
    expect: [],
  },
  {
    title: 'a version names a file that was deleted before',
    history: () => healthy().after(isFile('f2'), deleted('f2')).history(undrained),
    expect: [...missing(0, 3, 4, 5), ...missing(1, 4)],
  },
  {
    title: 'a snapshot without a batch lacks the first record, and claims none',
    history: () =>
      healthy()
        .until(is('swing', { to: 'm1' }))
        .atEnd(file('f1', rows(0, 1)), swing('m0', 'm1', snapshot(1, ['f1'], 1, { batch: null })))
        .history(undrained),
    expect: [],
  },
  {
    title: 'a torn range whose records came in another order than their offsets',
    history: () =>
      healthy()
        .without(isAppend(0, 3))
        .after(isAppend(0, 5), appendTrade(0, 3))
        .instead(isAdded(0, 3), added('bronze', rows(0, 5)))
        .history(),
    expect: torn(0, 3, 4),
  },
  {
    title: 'files are merged into one',
    history: () => replacement(merged).atEnd(deleted('f1'), deleted('f2')).history(),
    expect: [],
  },
  {
    title: 'files are merged into one, and the first record falls out',
    history: () => replacement(merged.slice(1)).history(undrained),
    expect: missing(0, 0),
  },
  {
    title: 'a restored database takes the lake back',
    history: () => healthy().atEnd(restored(beforeRestore())).history(undrained),
    expect: [],
  },
  {
    title: 'a restored database brings nothing back by itself',
    history: () => healthy().atEnd(restored(beforeRestore()), drained).history(),
    expect: rest,
  },
  {
    title: 'after a restore the batch is made again, and lacks a record',
    history: () =>
      healthy()
        .atEnd(
          restored(beforeRestore()),
          file('f3', [...rows(0, 3, 5), row(1, 4)]),
          swing('m1', 'm3', snapshot(3, ['f1', 'f3'], 8, { parentId: 1, batch: 'batch-2' })),
        )
        .history(undrained),
    expect: missing(0, 4),
  },
  {
    title: 'after a restore the batch is made again, and lacks its first record',
    history: () =>
      healthy()
        .atEnd(
          restored(beforeRestore()),
          file('f3', [...rows(0, 4, 5), row(1, 4)]),
          swing('m1', 'm3', snapshot(3, ['f1', 'f3'], 7, { parentId: 1, batch: 'batch-2' })),
        )
        .history(undrained),
    expect: missing(0, 3),
  },
  {
    title: 'after a restore to the empty table the first batch is made again, and lacks a record',
    history: () =>
      healthy()
        .atEnd(
          restored(healthy().seqOf(is('swing', { to: 'm0' }))),
          file('f3', [...rows(0, 1), ...rows(1, 0, 3)]),
          swing('m0', 'm3', snapshot(3, ['f3'], 3, { parentId: null, batch: 'batch-1' })),
        )
        .history(undrained),
    expect: missing(0, 0),
  },
  {
    title: 'a file is lost at the head, and what lies there is claimed by nobody',
    history: () =>
      healthy()
        .instead(
          is('swing', { to: 'm2' }),
          swing('m1', 'm2', snapshot(2, ['f1', 'f2'], 8, { batch: null })),
        )
        .atEnd(deleted('f2'))
        .history(undrained),
    expect: [],
  },
  {
    title: 'after a restore an older claim counts until the batch is made again',
    history: () =>
      healthy()
        .atEnd(
          restored(beforeRestore()),
          file('f3', rows(1, 4)),
          swing('m1', 'm3', snapshot(3, ['f1', 'f3'], 5, { parentId: 1, batch: null })),
        )
        .history(undrained),
    expect: [],
  },
  {
    title: 'a second restore goes back to right behind the first',
    history: () => {
      const plan = healthy().atEnd(restored(beforeRestore()));
      const again = swing('m1', 'm3', snapshot(3, ['f1'], 4, { parentId: 1, batch: null }));
      return plan.atEnd(restored(plan.facts.length), again).history(undrained);
    },
    expect: [],
  },
  {
    title: 'a batch is told again with less, and what it was last told to bring counts',
    history: () =>
      brought(3, 4)
        .instead(isBatch('committed', 'batch-2'), {
          ...{ type: 'batch', state: 'committed', table: lakeTable, batch: 'batch-2' },
          ...{ kind: 'append', epoch: 1 },
          spans: [{ ...span(0, 3, 4), rows: 2 }, batchSpans.second[1]],
        })
        .history(undrained),
    expect: [],
  },
  {
    title: 'without a ledger everything has to be in the lake after a drain',
    history: () =>
      withoutLedger()
        .instead(isFile('f2'), file('f2', [...rows(0, 3, 5), row(1, 4)]))
        .history({ hasLedger: false }),
    expect: missing(0, 4),
  },
  {
    title: 'a lake that was never made is no layer',
    history: () =>
      healthy()
        .without(({ type }) => type === 'swing')
        .history(),
    expect: [],
    looked: 9,
  },
];
