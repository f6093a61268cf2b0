/** Batches that are committed and not in the table, or no longer. */
import type { Case } from './case.ts';
import { batchSpans, healthy, is, isBatch, isRange } from './case-builder.ts';
import {
  at,
  batch,
  done,
  file,
  intent,
  restored,
  rows,
  snapshot,
  span,
  swing,
} from './case-facts.ts';

const silent = (partition: number, offset: number) => [
  { code: 'silent-no-commit', at: at(partition, offset) },
];
const behind = (partition: number, offset: number) => [
  { code: 'ahead-of-table', at: at(partition, offset) },
];
const pointerBack = [{ code: 'ahead-of-table', at: null }];
const mismatch = (partition: number, offset: number) => [
  { code: 'digest-mismatch', at: at(partition, offset) },
];
const first = snapshot(1, ['f1'], 4);
const second = snapshot(2, ['f1', 'f2'], 8);
const backup = () => healthy().seqOf(is('swing', { to: 'm1' }));

const commits: readonly Case[] = [
  {
    title: 'every committed batch has its snapshot',
    history: () => healthy().history(),
    expect: [],
    looked: 2,
  },
  {
    title: 'the last batch is committed and its snapshot was never current',
    history: () =>
      healthy()
        .without(is('swing', { to: 'm2' }))
        .history(),
    expect: silent(0, 3),
  },
  {
    title: 'the snapshot carries the id of another batch',
    history: () =>
      healthy()
        .instead(is('swing', { to: 'm2' }), swing('m1', 'm2', { ...second, batch: 'batch-1' }))
        .history(),
    expect: silent(0, 3),
  },
  {
    title: 'the snapshot carries no id',
    history: () =>
      healthy()
        .instead(is('swing', { to: 'm1' }), swing('m0', 'm1', { ...first, batch: null }))
        .history(),
    expect: silent(0, 0),
  },
  {
    title: 'a batch is open and has no snapshot yet',
    history: () => healthy().until(isBatch('committed', 'batch-2')).history(),
    expect: [],
  },
  {
    title: 'a batch was given up',
    history: () =>
      healthy()
        .until(isBatch('committed', 'batch-2'))
        .atEnd(batch('void', 'batch-2', batchSpans.second))
        .history(),
    expect: [],
  },
  {
    title: 'maintenance commits without a snapshot of its own',
    history: () =>
      healthy()
        .atEnd(
          batch('committed', 'batch-3', [], 1, 'maintenance'),
          swing('m2', 'm3', second, 1, [1]),
        )
        .history(),
    expect: [],
  },
  {
    title: 'a batch without rows needs no snapshot',
    history: () =>
      healthy()
        .atEnd(
          intent(span(0, 6, 8), 0),
          done(span(0, 6, 8), 0),
          batch('committed', 'batch-3', [{ ...span(0, 6, 8), rows: 0 }]),
        )
        .history(),
    expect: [],
  },
  {
    title: 'a batch of one row needs a snapshot',
    history: () =>
      healthy()
        .atEnd(
          intent(span(0, 6, 8), 1),
          done(span(0, 6, 8), 1),
          batch('committed', 'batch-3', [{ ...span(0, 6, 8), rows: 1 }]),
        )
        .history(),
    expect: silent(0, 6),
  },
  {
    title: 'a batch is told as committed after its swing',
    history: () =>
      healthy()
        .without(isBatch('committed', 'batch-2'))
        .after(is('swing', { to: 'm2' }), batch('committed', 'batch-2', batchSpans.second))
        .history(),
    expect: [],
  },
];

const rollbacks: readonly Case[] = [
  {
    title: 'the table is rolled back behind the second batch',
    history: () =>
      healthy()
        .atEnd(swing('m2', 'm3', first, null))
        .history(),
    expect: behind(0, 3),
  },
  {
    title: 'the pointer goes back to an older place',
    history: () =>
      healthy()
        .atEnd(swing('m2', 'm1', first, null))
        .history(),
    expect: [...pointerBack, ...behind(0, 3)],
  },
  {
    title: 'the pointer goes back to the empty table',
    history: () =>
      healthy()
        .atEnd(swing('m2', 'm0', null, null))
        .history(),
    expect: [...pointerBack, ...behind(0, 0), ...behind(0, 3)],
  },
  {
    title: 'the pointer goes back to where the history began',
    history: () => {
      const taken = healthy().without(is('swing', { to: 'm0' }));
      return taken.atEnd(swing('m2', 'm0', null, null)).history();
    },
    expect: [...pointerBack, ...behind(0, 0), ...behind(0, 3)],
  },
  {
    title: 'the table is rolled back, and a batch is appended there',
    history: () =>
      healthy()
        .atEnd(
          swing('m2', 'm3', first, null),
          batch('committed', 'batch-3', []),
          swing('m3', 'm4', snapshot(3, ['f1'], 4, { parentId: 1 })),
        )
        .history(),
    expect: behind(0, 3),
  },
  {
    title: 'a snapshot forgets its parent',
    history: () =>
      healthy()
        .instead(is('swing', { to: 'm2' }), swing('m1', 'm2', { ...second, parentId: null }))
        .history(),
    expect: behind(0, 0),
  },
  {
    title: 'a snapshot names a parent that nobody knows',
    history: () =>
      healthy()
        .instead(is('swing', { to: 'm2' }), swing('m1', 'm2', { ...second, parentId: 77 }))
        .history(),
    expect: behind(0, 0),
  },
  {
    title: 'a second writer swings over a lost commit',
    history: () =>
      healthy()
        .atEnd(swing('m1', 'm3', snapshot(3, ['f1'], 4, { parentId: 1, batch: null })))
        .history(),
    expect: behind(0, 3),
  },
  {
    title: 'a snapshot of nobody is rolled back',
    history: () =>
      healthy()
        .atEnd(
          swing('m2', 'm3', snapshot(3, ['f1', 'f2'], 8, { batch: null })),
          swing('m3', 'm4', second),
        )
        .history(),
    expect: [],
  },
  {
    title: 'files are merged on top of all batches',
    history: () =>
      healthy()
        .atEnd(
          file('f3', rows(0, 0)),
          swing('m2', 'm3', snapshot(3, ['f3'], 8, { operation: 'replace', batch: null })),
        )
        .history(),
    expect: [],
  },
  {
    title: 'snapshots that are their own ancestors are no endless line',
    history: () =>
      healthy()
        .atEnd(
          swing('m2', 'm3', { ...first, parentId: 2 }),
          swing('m3', 'm4', { ...second, parentId: 1 }),
          swing('m4', 'm5', snapshot(5, ['f1'], 4, { parentId: 1, batch: null })),
        )
        .history(),
    expect: [],
  },
  {
    title: 'a table of its own is not rolled back by another',
    history: () =>
      healthy()
        .atEnd({
          ...{ type: 'swing', process: 'offload-2', table: 'lake.cold.other', epoch: null },
          ...{ from: null, to: 'o1', snapshot: null, expired: [] },
        })
        .history(),
    expect: [],
  },
];

const frozen: readonly Case[] = [
  {
    title: 'a batch froze a row more than its ranges have',
    history: () =>
      healthy()
        .instead(
          isBatch('committed', 'batch-2'),
          batch('committed', 'batch-2', [{ ...span(0, 3, 5), rows: 4 }, batchSpans.second[1]]),
        )
        .history(),
    expect: mismatch(0, 3),
  },
  {
    title: 'a batch froze a range before it was closed',
    history: () =>
      healthy()
        .without(isRange('done', 1, 4))
        .atEnd(done(span(1, 4, 4), 1))
        .history(),
    expect: mismatch(1, 4),
  },
  {
    title: 'a batch froze two ranges in one',
    history: () =>
      healthy()
        .without(isBatch('committed', 'batch-1'))
        .instead(
          isBatch('committed', 'batch-2'),
          batch('committed', 'batch-2', [{ ...span(0, 0, 5), rows: 5 }, batchSpans.second[1]]),
        )
        .history(),
    expect: [],
  },
  {
    title: 'a batch cuts the first offset off a range',
    history: () =>
      healthy()
        .instead(
          isBatch('committed', 'batch-2'),
          batch('committed', 'batch-2', [{ ...span(0, 4, 5), rows: 3 }, batchSpans.second[1]]),
        )
        .history(),
    expect: mismatch(0, 4),
  },
  {
    title: 'a batch cuts the last offset off a range',
    history: () =>
      healthy()
        .instead(
          isBatch('committed', 'batch-2'),
          batch('committed', 'batch-2', [{ ...span(0, 3, 4), rows: 3 }, batchSpans.second[1]]),
        )
        .history(),
    expect: mismatch(0, 3),
  },
  {
    title: 'a batch that is still open is not looked at',
    history: () =>
      healthy()
        .until(isBatch('committed', 'batch-2'))
        .atEnd(batch('open', 'batch-3', [{ ...span(0, 3, 5), rows: 9 }]))
        .history(),
    expect: [],
  },
];

const lines: readonly Case[] = [
  {
    title: 'a restore takes ledger and pointer back together',
    history: () => healthy().atEnd(restored(backup())).history(),
    expect: [],
  },
  {
    title: 'after a restore another snapshot takes the place of the lost one',
    history: () =>
      healthy()
        .atEnd(
          restored(backup()),
          file('f3', rows(0, 3)),
          swing('m1', 'm3', snapshot(3, ['f1', 'f3'], 8, { parentId: 1, batch: null })),
        )
        .history(),
    expect: [],
  },
  {
    title: 'after a restore the table is rolled back behind the backup',
    history: () =>
      healthy()
        .atEnd(restored(backup()), swing('m1', 'm0', null, null))
        .history(),
    expect: [...pointerBack, ...behind(0, 0)],
  },
  {
    title: 'a range that a restore took back is not frozen by a later batch',
    history: () =>
      healthy()
        .atEnd(
          restored(backup()),
          batch('committed', 'batch-3', [{ ...span(0, 3, 5), rows: 3 }]),
          swing('m1', 'm3', snapshot(3, ['f1'], 4, { parentId: 1 })),
        )
        .history(),
    expect: mismatch(0, 3),
  },
];

export const cases: readonly Case[] = [...commits, ...rollbacks, ...frozen, ...lines];
