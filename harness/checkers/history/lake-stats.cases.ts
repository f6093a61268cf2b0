/** Snapshots whose claims and files differ. */
import type { Case } from './case.ts';
import { healthy, is, isFile } from './case-builder.ts';
import { deleted, file, row, rows, snapshot, swing } from './case-facts.ts';

const wrong = [{ code: 'stats-wrong', at: null }];
const claims = (rowsClaimed: number, files = ['f1', 'f2']) =>
  healthy().instead(is('swing', { to: 'm2' }), swing('m1', 'm2', snapshot(2, files, rowsClaimed)));

export const cases: readonly Case[] = [
  {
    title: 'snapshots claim what their files hold',
    history: () => healthy().history(),
    expect: [],
    looked: 2,
  },
  { title: 'a row too many is claimed', history: () => claims(9).history(), expect: wrong },
  { title: 'a row too few is claimed', history: () => claims(7).history(), expect: wrong },
  {
    title: 'only the rows of the append are claimed',
    history: () => claims(4).history(),
    expect: wrong,
  },
  {
    title: 'a file that is named twice is claimed once',
    history: () => claims(8, ['f1', 'f2', 'f2']).history(),
    expect: wrong,
  },
  {
    title: 'a file that is named twice is claimed twice',
    history: () => claims(12, ['f1', 'f2', 'f2']).history(),
    expect: [],
  },
  {
    title: 'a file that holds no rows',
    history: () =>
      claims(8, ['f1', 'f2', 'manifest']).before(isFile('f2'), file('manifest', [])).history(),
    expect: [],
  },
  {
    title: 'a file was never written, so that nobody knows its rows',
    history: () => claims(9, ['f1', 'f2', 'f9']).history(),
    expect: [],
  },
  {
    title: 'a file was deleted before, so that nobody knows its rows',
    history: () => claims(8).after(isFile('f2'), deleted('f2')).history(),
    expect: [],
  },
  {
    title: 'a file is deleted afterwards',
    history: () => healthy().atEnd(deleted('f2')).history(),
    expect: [],
  },
  {
    title: 'a file was written over with less before',
    history: () =>
      healthy()
        .after(isFile('f2'), file('f2', rows(0, 3, 4, 5)))
        .history(),
    expect: wrong,
  },
  {
    title: 'a file was deleted and written again as it was',
    history: () =>
      healthy()
        .after(isFile('f2'), deleted('f2'), file('f2', [...rows(0, 3, 4, 5), row(1, 4)]))
        .history(),
    expect: [],
  },
  {
    title: 'a snapshot that stays wrong is told once',
    history: () =>
      claims(9)
        .atEnd(swing('m2', 'm3', snapshot(2, ['f1', 'f2'], 9), 1, [1]))
        .history(),
    expect: wrong,
  },
  {
    title: 'two snapshots are wrong',
    history: () =>
      claims(9)
        .atEnd(swing('m2', 'm3', snapshot(3, ['f1', 'f2'], 9)))
        .history(),
    expect: [...wrong, ...wrong],
  },
  {
    title: 'an empty table claims nothing',
    history: () =>
      healthy()
        .until(is('swing', { to: 'm1' }))
        .history(),
    expect: [],
    looked: 0,
  },
];
