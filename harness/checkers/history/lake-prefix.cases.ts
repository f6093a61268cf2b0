/** Versions of the lake that are no prefix, or hold less than the one before. */
import type { Case } from './case.ts';
import {
  batchSpans,
  healthy,
  is,
  isAdded,
  isAppend,
  isFile,
  withoutLedger,
} from './case-builder.ts';
import {
  append,
  appendTrade,
  at,
  batch,
  deleted,
  file,
  logRemoved,
  record,
  restored,
  row,
  rows,
  snapshot,
  span,
  swing,
} from './case-facts.ts';

const notPrefix = (partition: number, ...offsets: number[]) =>
  offsets.map((offset) => ({ code: 'snapshot-not-prefix', at: at(partition, offset) }));
const shrinks = (partition: number, ...offsets: number[]) =>
  offsets.map((offset) => ({ code: 'snapshot-shrinks', at: at(partition, offset) }));

/** The second batch brought this. */
const brought = (...held: ReturnType<typeof rows>) =>
  healthy().instead(isFile('f2'), file('f2', held));
const all = [...rows(0, 0, 1, 3, 4, 5), ...rows(1, 0, 3, 4)];
/** A third version whose files are these; `f3` holds this. */
const third = (files: readonly string[], held: typeof all, more = {}) =>
  healthy().atEnd(
    file('f3', held),
    swing('m2', 'm3', snapshot(3, files, 8, { batch: null, ...more })),
  );
const backup = () => healthy().seqOf(is('swing', { to: 'm1' }));

const prefixes: readonly Case[] = [
  {
    title: 'every version is a prefix',
    history: () => healthy().history(),
    expect: [],
    looked: 2,
  },
  {
    title: 'a version lacks a record before its last',
    history: () => brought(...rows(0, 3, 5), row(1, 4)).history(),
    expect: notPrefix(0, 5),
  },
  {
    title: 'a version lacks the first record',
    history: () =>
      healthy()
        .instead(isFile('f1'), file('f1', [...rows(0, 1), ...rows(1, 0, 3)]))
        .history(),
    expect: notPrefix(0, 1, 5),
  },
  {
    title: 'a version ends before its batch does',
    history: () => brought(...rows(0, 3, 4), row(1, 4)).history(),
    expect: [],
  },
  {
    title: 'a version has nothing new of a partition',
    history: () => brought(...rows(0, 3, 4, 5)).history(),
    expect: [],
  },
  {
    title: 'a version holds its last record twice',
    history: () => brought(...rows(0, 3, 4, 5, 5), row(1, 4)).history(),
    expect: notPrefix(0, 5),
  },
  {
    title: 'a version holds one record twice instead of another',
    history: () => brought(...rows(0, 3, 3, 5), row(1, 4)).history(),
    expect: notPrefix(0, 5),
  },
  {
    title: 'a version holds a record of the one before again',
    history: () => brought(...rows(0, 0, 3, 4, 5), row(1, 4)).history(),
    expect: notPrefix(0, 5),
  },
  {
    title: 'a version holds a record that the log does not have',
    history: () => brought(...rows(0, 3, 4, 5, 9), row(1, 4)).history(),
    expect: notPrefix(0, 9),
  },
  {
    title: 'a version holds an aborted record',
    history: () => brought(...rows(0, 3, 4, 5), ...rows(1, 1, 4)).history(),
    expect: notPrefix(1, 4),
  },
  {
    title: 'a version holds an aborted record instead of a committed one',
    history: () =>
      healthy()
        .instead(isFile('f1'), file('f1', [...rows(0, 0, 1), ...rows(1, 0, 1)]))
        .instead(isFile('f2'), file('f2', [...rows(0, 3, 4, 5), row(1, 4)]))
        .history(),
    expect: notPrefix(1, 1, 4),
  },
  {
    title: 'a version holds a record that is no trade',
    history: () => brought(...rows(0, 2, 3, 4, 5), row(1, 4)).history(),
    expect: notPrefix(0, 5),
  },
  {
    title: 'a version holds other content',
    history: () => brought(row(0, 3, 'other'), ...rows(0, 4, 5), row(1, 4)).history(),
    expect: notPrefix(0, 5),
  },
  {
    title: 'other content is replaced by the right one',
    history: () =>
      healthy()
        .instead(isFile('f2'), file('f2', [row(0, 3, 'other'), ...rows(0, 4, 5), row(1, 4)]))
        .atEnd(file('f3', all), swing('m2', 'm3', snapshot(3, ['f3'], 8, { batch: null })))
        .history(),
    expect: notPrefix(0, 5),
  },
  {
    title: 'only the first of two versions is wrong',
    history: () =>
      healthy()
        .instead(isFile('f1'), file('f1', [...rows(0, 0, 1, 1), ...rows(1, 0, 3)]))
        .atEnd(file('f3', all), swing('m2', 'm3', snapshot(3, ['f3'], 8, { batch: null })))
        .history(),
    expect: [...notPrefix(0, 1, 5), ...shrinks(0, 5)],
  },
  {
    title: 'a partition that is wrong and does not change is told once',
    history: () =>
      brought(...rows(0, 3, 5), row(1, 4))
        .atEnd(swing('m2', 'm3', snapshot(3, ['f1', 'f2'], 7, { batch: null })))
        .history(),
    expect: notPrefix(0, 5),
  },
  {
    title: 'a file is named twice',
    history: () => third(['f1', 'f2', 'f2'], []).history(),
    expect: [...notPrefix(0, 5), ...notPrefix(1, 4)],
  },
  {
    title: 'records that were appended in another order than their offsets',
    history: () =>
      healthy()
        .atEnd(
          appendTrade(0, 7),
          appendTrade(0, 6),
          file('f3', rows(0, 6)),
          swing('m2', 'm3', snapshot(3, ['f1', 'f2', 'f3'], 9, { batch: null })),
        )
        .history(),
    expect: [],
  },
  {
    title: 'records that were appended in another order than their offsets, both there',
    history: () =>
      healthy()
        .atEnd(
          appendTrade(0, 7),
          appendTrade(0, 6),
          file('f3', rows(0, 6, 7)),
          swing('m2', 'm3', snapshot(3, ['f1', 'f2', 'f3'], 10, { batch: null })),
        )
        .history(),
    expect: [],
  },
  {
    title: 'records stand in a file in another order than their offsets',
    history: () => brought(...rows(0, 5, 3, 4), row(1, 4)).history(),
    expect: [],
  },
  {
    title: 'a record that compaction took before its range was closed',
    history: () =>
      healthy()
        .after(isAppend(0, 5), logRemoved(span(0, 3, 3), [3], 'compaction'))
        .instead(isAdded(0, 3), {
          ...{ type: 'rows-added', layer: 'bronze', process: 'ingest-1', epoch: 1 },
          rows: rows(0, 4, 5),
        })
        .instead(isFile('f2'), file('f2', [...rows(0, 4, 5), row(1, 4)]))
        .history(),
    expect: [],
  },
  {
    title: 'a transaction that is undecided at the end is in no prefix',
    history: () =>
      healthy()
        .after(isAppend(1, 0), append(record(1, 2), 'tx-3'))
        .history(),
    expect: [],
  },
  {
    title: 'without a ledger versions are held to the same',
    history: () =>
      withoutLedger()
        .instead(isFile('f2'), file('f2', [...rows(0, 3, 5), row(1, 4)]))
        .history({ hasLedger: false }),
    expect: notPrefix(0, 5),
    looked: 2,
  },
  {
    title: 'an empty version is a prefix of everything',
    history: () =>
      healthy()
        .until(is('swing', { to: 'm1' }))
        .history(),
    expect: [],
    looked: 0,
  },
];

const shrinking: readonly Case[] = [
  {
    title: 'a version forgets the files of its parent',
    history: () =>
      healthy()
        .instead(is('swing', { to: 'm2' }), swing('m1', 'm2', snapshot(2, ['f2'], 4)))
        .history(),
    expect: [...notPrefix(0, 5), ...notPrefix(1, 4), ...shrinks(1, 3)],
  },
  {
    title: 'a version forgets the last record of its parent',
    history: () => third(['f3'], all.slice(0, -1)).history(),
    expect: shrinks(1, 4),
  },
  {
    title: 'a version forgets a whole partition',
    history: () => third(['f3'], all.slice(0, 5)).history(),
    expect: shrinks(1, 4),
  },
  {
    title: 'a version swaps its last record for a second copy of the one before',
    history: () => third(['f3'], [...all.slice(0, -1), row(1, 3)]).history(),
    expect: [...notPrefix(1, 3), ...shrinks(1, 4)],
  },
  {
    title: 'a version has as many rows as its parent, and ends where it does',
    history: () => third(['f3'], all).history(),
    expect: [],
    looked: 3,
  },
  {
    title: 'a version without a parent shrinks nobody',
    history: () => third(['f3'], all.slice(0, 5), { parentId: null }).history(),
    expect: [],
  },
  {
    title: 'a version is compared with its parent, not with the one before it',
    history: () => third(['f1'], [], { parentId: 1 }).history(),
    expect: [],
  },
  {
    title: 'a version whose parent expired is compared with what it was',
    history: () =>
      healthy()
        .atEnd(
          swing('m2', 'm3', snapshot(2, ['f1', 'f2'], 8), 1, [1]),
          file('f3', all.slice(0, -1)),
          swing('m3', 'm4', snapshot(3, ['f3'], 7, { batch: null }), 1, [2]),
        )
        .history(),
    expect: shrinks(1, 4),
  },
  {
    title: 'a snapshot stays current while others expire',
    history: () =>
      healthy()
        .atEnd(swing('m2', 'm3', snapshot(2, ['f1', 'f2'], 8), 1, [1]))
        .history(),
    expect: [],
    looked: 3,
  },
  {
    title: 'a snapshot stays current and has lost a file',
    history: () =>
      healthy()
        .atEnd(deleted('f2'), swing('m2', 'm3', snapshot(2, ['f1', 'f2'], 8)))
        .history(),
    expect: [...shrinks(0, 5), ...shrinks(1, 4)],
  },
  {
    title: 'a file is lost and the next version does not name it',
    history: () =>
      healthy()
        .atEnd(deleted('f1'), swing('m2', 'm3', snapshot(3, ['f2'], 4, { batch: null })))
        .history(),
    expect: [...shrinks(0, 5), ...shrinks(1, 4)],
  },
];

const lines: readonly Case[] = [
  {
    title: 'a restore takes the table back, and the batch is made again',
    history: () =>
      healthy()
        .atEnd(
          restored(backup()),
          file('f3', [...rows(0, 3, 4, 5), row(1, 4)]),
          swing('m1', 'm3', snapshot(3, ['f1', 'f3'], 8, { parentId: 1, batch: 'batch-2' })),
        )
        .history(),
    expect: [],
    looked: 3,
  },
  {
    title: 'a restore to before the table had rows',
    history: () =>
      healthy()
        .atEnd(
          restored(healthy().seqOf(is('swing', { to: 'm0' }))),
          file('f3', rows(0, 0)),
          swing('m0', 'm3', snapshot(3, ['f3'], 1, { parentId: null, batch: null })),
        )
        .history(),
    expect: [],
  },
  {
    title: 'a restore to before the table was made',
    history: () =>
      healthy()
        .atEnd(
          restored(healthy().seqOf(is('swing', { to: 'm0' })) - 1),
          swing(null, 'm3', null, null),
          file('f3', rows(0, 0)),
          swing('m3', 'm4', snapshot(3, ['f3'], 1, { parentId: null, batch: null })),
        )
        .history(),
    expect: [],
  },
  {
    title: 'after a restore a version holds what the lost one held as well',
    history: () =>
      healthy()
        .atEnd(
          restored(backup()),
          file('f3', [...rows(0, 3, 4, 5), row(1, 4)]),
          batch('committed', 'batch-3', batchSpans.second),
          swing('m1', 'm3', snapshot(3, ['f1', 'f2', 'f3'], 8, { parentId: 1 })),
        )
        .history(),
    expect: [...notPrefix(0, 5), ...notPrefix(1, 4)],
  },
];

export const cases: readonly Case[] = [...prefixes, ...shrinking, ...lines];
