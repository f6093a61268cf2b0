/** Lines of versions that break, and those that only look so. */
import type { Case } from './case.ts';
import { healthy, is } from './case-builder.ts';
import { restored, snapshot, swing } from './case-facts.ts';
import type { LakeSnapshot } from './history.ts';

const broken = [{ code: 'lineage-broken', at: null }];
const first = snapshot(1, ['f1'], 4);
const second = snapshot(2, ['f1', 'f2'], 8);
/** A third version on top of the second. */
const third = (more: Partial<LakeSnapshot> = {}, from = 'm2') =>
  healthy().atEnd(swing(from, 'm3', snapshot(3, ['f1', 'f2'], 8, more)));
const backup = () => healthy().seqOf(is('swing', { to: 'm1' }));

export const cases: readonly Case[] = [
  { title: 'versions form one line', history: () => healthy().history(), expect: [], looked: 3 },
  { title: 'a third version goes on', history: () => third().history(), expect: [], looked: 4 },
  {
    title: 'a swing starts from an older version',
    history: () => third({}, 'm1').history(),
    expect: broken,
  },
  {
    title: 'a snapshot descends from an older one',
    history: () => third({ parentId: 1 }).history(),
    expect: broken,
  },
  {
    title: 'a snapshot has no parent',
    history: () => third({ parentId: null }).history(),
    expect: broken,
  },
  {
    title: 'the first snapshot has a parent that nobody knows',
    history: () =>
      healthy()
        .instead(is('swing', { to: 'm1' }), swing('m0', 'm1', { ...first, parentId: 77 }))
        .history(),
    expect: broken,
  },
  {
    title: 'a snapshot has the sequence number of its parent',
    history: () => third({ sequenceNumber: 2 }).history(),
    expect: broken,
  },
  {
    title: 'a snapshot has a lower sequence number than its parent',
    history: () => third({ sequenceNumber: 1 }).history(),
    expect: broken,
  },
  {
    title: 'a snapshot skips sequence numbers',
    history: () => third({ sequenceNumber: 9 }).history(),
    expect: [],
  },
  {
    title: 'the table is rolled back',
    history: () =>
      healthy()
        .atEnd(swing('m2', 'm3', first))
        .history(),
    expect: broken,
  },
  {
    title: 'the table is emptied',
    history: () =>
      healthy()
        .atEnd(swing('m2', 'm3', null))
        .history(),
    expect: broken,
  },
  {
    title: 'an empty table gets another version without a snapshot',
    history: () =>
      healthy()
        .after(is('swing', { to: 'm0' }), swing('m0', 'm00', null, null))
        .instead(is('swing', { to: 'm1' }), swing('m00', 'm1', first))
        .history(),
    expect: [],
  },
  {
    title: 'older snapshots expire',
    history: () =>
      healthy()
        .atEnd(swing('m2', 'm3', second, 1, [1]))
        .history(),
    expect: [],
  },
  {
    title: 'the current snapshot expires with the older ones',
    history: () =>
      healthy()
        .atEnd(swing('m2', 'm3', second, 1, [1, 2]))
        .history(),
    expect: broken,
  },
  {
    title: 'the first version that is known expires itself',
    history: () =>
      healthy()
        .until(is('swing', { to: 'm0' }))
        .atEnd(swing('x', 'm3', second, 1, [2]))
        .history(),
    expect: broken,
  },
  {
    title: 'a table was there before the history began',
    history: () =>
      healthy()
        .until(is('swing', { to: 'm0' }))
        .atEnd(swing('x', 'm3', second))
        .history(),
    expect: [],
  },
  {
    title: 'another table has a line of its own',
    history: () =>
      healthy()
        .atEnd({
          ...{ type: 'swing', process: 'offload-2', table: 'lake.cold.other', epoch: null },
          ...{ from: null, to: 'o1', snapshot: first, expired: [] },
        })
        .history(),
    expect: [],
  },
  {
    title: 'after a restore the line goes on from the backup',
    history: () =>
      healthy()
        .atEnd(restored(backup()), swing('m1', 'm3', snapshot(3, ['f1'], 4, { parentId: 1 })))
        .history(),
    expect: [],
  },
  {
    title: 'after a restore somebody goes on from the lost version',
    history: () =>
      healthy()
        .atEnd(restored(backup()), swing('m2', 'm3', second))
        .history(),
    expect: broken,
  },
  {
    title: 'a break of the old line is not told again after a restore',
    history: () => third({ parentId: 1 }).atEnd(restored(third().facts.length)).history(),
    expect: broken,
  },
];
