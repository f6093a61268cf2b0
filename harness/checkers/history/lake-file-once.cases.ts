/** Files that a version names more than once. */
import type { Case } from './case.ts';
import { healthy, is } from './case-builder.ts';
import { snapshot, swing } from './case-facts.ts';

const twice = [{ code: 'double-referenced-file', at: null }];
const names = (...files: string[]) =>
  healthy().instead(is('swing', { to: 'm2' }), swing('m1', 'm2', snapshot(2, files, 8)));

export const cases: readonly Case[] = [
  { title: 'each file is named once', history: () => healthy().history(), expect: [], looked: 3 },
  {
    title: 'a file is named twice',
    history: () => names('f1', 'f2', 'f2').history(),
    expect: twice,
  },
  {
    title: 'a file is named twice, with another between',
    history: () => names('f1', 'f2', 'f1').history(),
    expect: twice,
  },
  {
    title: 'a file is named three times',
    history: () => names('f1', 'f1', 'f1').history(),
    expect: twice,
  },
  {
    title: 'two files are named twice',
    history: () => names('f1', 'f1', 'f2', 'f2').history(),
    expect: [...twice, ...twice],
  },
  {
    title: 'a file that stays named twice is told once',
    history: () =>
      names('f1', 'f2', 'f2')
        .atEnd(swing('m2', 'm3', snapshot(3, ['f1', 'f2', 'f2'], 12)))
        .history(),
    expect: twice,
  },
  {
    title: 'two versions name the same file',
    history: () => names('f1').history(),
    expect: [],
    looked: 2,
  },
  {
    title: 'a file that is named twice and is not there',
    history: () => names('f1', 'f9', 'f9').history(),
    expect: twice,
  },
];
