/** Files that are needed and gone, or there and not needed. */
import type { Case } from './case.ts';
import { healthy, is, isFile } from './case-builder.ts';
import { deleted, file, restored, rows, snapshot, swing } from './case-facts.ts';

const dangling = [{ code: 'dangling-file', at: null }];
const orphan = [{ code: 'orphan-file', at: null }];
const second = snapshot(2, ['f1', 'f2'], 8);
/** All files are merged into `f3`, and the table still has the snapshots before. */
const merged = (expired: readonly number[] = []) =>
  healthy().atEnd(
    file('f3', rows(0, 0)),
    swing('m2', 'm3', snapshot(3, ['f3'], 8, { operation: 'replace' }), 1, expired),
  );

export const cases: readonly Case[] = [
  {
    title: 'every file is there and needed',
    history: () => healthy().history(),
    expect: [],
    looked: 3,
  },
  {
    title: 'a live file is deleted',
    history: () => healthy().atEnd(deleted('f2')).history(),
    expect: dangling,
  },
  {
    title: 'two live files are deleted',
    history: () => healthy().atEnd(deleted('f2'), deleted('f1')).history(),
    expect: [...dangling, ...dangling],
  },
  {
    title: 'a live file is deleted and written again',
    history: () =>
      healthy()
        .atEnd(deleted('f2'), file('f2', rows(1, 4)))
        .history(),
    expect: dangling,
  },
  {
    title: 'a live file is deleted twice',
    history: () => healthy().atEnd(deleted('f2'), file('f2', []), deleted('f2')).history(),
    expect: dangling,
  },
  {
    title: 'a version names a file that was never written',
    history: () => healthy().without(isFile('f2')).history(),
    expect: dangling,
  },
  {
    title: 'a version names a file that was deleted right before',
    history: () =>
      healthy()
        .before(is('swing', { to: 'm2' }), deleted('f2'))
        .history(),
    expect: dangling,
  },
  {
    title: 'a version names a file that is written right after',
    history: () =>
      healthy()
        .without(isFile('f2'))
        .after(is('swing', { to: 'm2' }), file('f2', []))
        .history(),
    expect: dangling,
  },
  {
    title: 'a file of an older snapshot that the table still has is deleted',
    history: () => merged().atEnd(deleted('f1')).history(),
    expect: dangling,
  },
  {
    title: 'a file of an expired snapshot is deleted',
    history: () => merged([1, 2]).atEnd(deleted('f1'), deleted('f2')).history(),
    expect: [],
  },
  {
    title: 'a file is deleted before the snapshots that need it expire',
    history: () =>
      merged()
        .atEnd(deleted('f1'), deleted('f2'), swing('m3', 'm4', snapshot(3, ['f3'], 8), 1, [1, 2]))
        .history(),
    expect: [...dangling, ...dangling],
  },
  {
    title: 'a file of an expired snapshot is deleted that another still needs',
    history: () =>
      healthy()
        .atEnd(swing('m2', 'm3', second, 1, [1]), deleted('f1'))
        .history(),
    expect: dangling,
  },
  {
    title: 'files of expired snapshots stay',
    history: () => merged([1, 2]).history(),
    expect: orphan,
  },
  {
    title: 'a crashed attempt left a file',
    history: () => healthy().atEnd(file('f3', [])).history(),
    expect: orphan,
  },
  {
    title: 'crashed attempts left many files',
    history: () => healthy().atEnd(file('f3', []), file('f4', []), file('f5', [])).history(),
    expect: orphan,
  },
  {
    title: 'a crashed attempt left a file and it was cleaned up',
    history: () => healthy().atEnd(file('f3', []), deleted('f3')).history(),
    expect: [],
  },
  {
    title: 'a table of its own needs its files',
    history: () =>
      healthy()
        .atEnd(file('o1', []), {
          ...{ type: 'swing', process: 'offload-2', table: 'lake.cold.other', epoch: null },
          ...{ from: null, to: 'x1', snapshot: snapshot(1, ['o1'], 0), expired: [] },
        })
        .history(),
    expect: [],
  },
  {
    title: 'a restore brings back a snapshot whose files were deleted',
    history: () =>
      merged([1, 2])
        .atEnd(deleted('f2'), restored(healthy().facts.length), deleted('f3'))
        .history(),
    expect: dangling,
  },
  {
    title: 'a restore leaves the files of what it takes back',
    history: () =>
      healthy()
        .atEnd(restored(healthy().seqOf(is('swing', { to: 'm1' }))))
        .history(),
    expect: orphan,
  },
  {
    title: 'a restore takes back an expiry whose files are there still',
    history: () =>
      healthy()
        .atEnd(swing('m2', 'm3', second, 1, [1]), restored(healthy().facts.length))
        .history(),
    expect: [],
  },
  {
    title: 'the table is emptied and still has its snapshots',
    history: () =>
      healthy()
        .atEnd(swing('m2', 'm3', null))
        .history(),
    expect: [],
  },
];
