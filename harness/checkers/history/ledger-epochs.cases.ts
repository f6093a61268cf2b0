/** What zombies do, and what only looks like it. */
import type { Case } from './case.ts';
import {
  batchSpans,
  healthy,
  is,
  isAdded,
  isBatch,
  isRange,
  withoutLedger,
} from './case-builder.ts';
import {
  added,
  at,
  batch,
  done,
  intent,
  lease,
  restored,
  rows,
  snapshot,
  span,
  swing,
} from './case-facts.ts';

const zombie = (partition: number, ...offsets: number[]) =>
  offsets.map((offset) => ({ code: 'zombie-commit', at: at(partition, offset) }));
const unnamed = [{ code: 'zombie-commit', at: null }];

/** Partition 0 is taken over by epoch 2, which opens a range of its own. */
const takenOver = () => healthy().atEnd(intent(span(0, 6, 7), 0, 2));
const second = snapshot(2, ['f1', 'f2'], 8);
const third = (more: Parameters<typeof snapshot>[3]) =>
  healthy().atEnd(swing('m2', 'm3', snapshot(3, ['f1'], 4, more)));

const ranges: readonly Case[] = [
  {
    title: 'every epoch acts in its time',
    history: () => healthy().history(),
    expect: [],
    looked: 15,
  },
  {
    title: 'an old epoch opens a range behind a newer one',
    history: () =>
      takenOver()
        .atEnd(intent(span(0, 8, 9), 0, 1))
        .history(),
    expect: zombie(0, 8),
  },
  {
    title: 'an old epoch closes a range that a newer one opened',
    history: () =>
      takenOver()
        .atEnd(done(span(0, 6, 7), 0, 0, 1))
        .history(),
    expect: zombie(0, 6),
  },
  {
    title: 'a newer epoch closes a range that an old one opened',
    history: () =>
      healthy()
        .instead(isRange('done', 0, 3), done(span(0, 3, 5), 3, 0, 2))
        .history(),
    expect: [],
  },
  {
    title: 'the same epoch goes on',
    history: () =>
      takenOver()
        .atEnd(done(span(0, 6, 7), 0, 0, 2))
        .history(),
    expect: [],
  },
  {
    title: 'an old epoch acts while the newer one has only been given out',
    history: () =>
      healthy()
        .before(isRange('done', 0, 3), lease('ingest:t1:0', 2, 'ingest-2'))
        .history(),
    expect: [],
  },
  {
    title: 'a newer epoch of another partition forbids nothing',
    history: () =>
      takenOver()
        .atEnd(intent(span(1, 5, 5), 0, 1))
        .history(),
    expect: [],
  },
  {
    title: 'two zombies are told apart',
    history: () =>
      takenOver()
        .atEnd(intent(span(0, 8, 8), 0, 1), intent(span(0, 9, 9), 0, 1))
        .history(),
    expect: zombie(0, 8, 9),
  },
];

const inserts: readonly Case[] = [
  {
    title: 'an INSERT of an old epoch lands behind a range of a newer one',
    history: () =>
      takenOver()
        .atEnd(added('bronze', rows(0, 3, 4), 1))
        .history(),
    expect: zombie(0, 3, 4),
  },
  {
    title: 'an INSERT of an old epoch lands before the new owner acts',
    history: () =>
      healthy()
        .before(isAdded(0, 3), lease('ingest:t1:0', 2, 'ingest-2'))
        .instead(isRange('done', 0, 3), done(span(0, 3, 5), 3, 0, 2))
        .history(),
    expect: [],
  },
  {
    title: 'an INSERT of an old epoch lands after the new owner closed its range',
    history: () =>
      healthy()
        .instead(isRange('done', 0, 3), done(span(0, 3, 5), 3, 0, 2))
        .after(isRange('done', 0, 3), added('dead-letters', rows(0, 3), 1))
        .history(),
    expect: zombie(0, 3),
  },
  {
    title: 'an INSERT of the newer epoch',
    history: () =>
      takenOver()
        .atEnd(added('bronze', rows(0, 6), 2))
        .history(),
    expect: [],
  },
  {
    title: 'an INSERT of an old epoch in another partition',
    history: () =>
      takenOver()
        .atEnd(added('bronze', rows(1, 4), 1))
        .history(),
    expect: [],
  },
  {
    title: 'an INSERT without an epoch',
    history: () =>
      takenOver()
        .atEnd({ type: 'rows-added', layer: 'bronze', process: 'x', epoch: null, rows: rows(0, 3) })
        .history(),
    expect: [],
  },
  {
    title: 'an INSERT of an old epoch that has nothing left to write',
    history: () =>
      takenOver()
        .atEnd(added('bronze', [], 1))
        .history(),
    expect: [],
  },
];

const lake: readonly Case[] = [
  {
    title: 'an old epoch commits a batch that a newer one opened again',
    history: () =>
      healthy()
        .before(isBatch('committed', 'batch-2'), batch('open', 'batch-2', batchSpans.second, 2))
        .instead(is('swing', { to: 'm2' }), swing('m1', 'm2', second, 2))
        .history(),
    expect: unnamed,
  },
  {
    title: 'an old epoch swings behind a newer one',
    history: () =>
      healthy()
        .instead(
          isBatch('committed', 'batch-2'),
          batch('committed', 'batch-2', batchSpans.second, 2),
        )
        .history(),
    expect: unnamed,
  },
  {
    title: 'an old epoch opens a batch behind the swing of a newer one',
    history: () =>
      healthy()
        .instead(is('swing', { to: 'm2' }), swing('m1', 'm2', second, 2))
        .atEnd(batch('open', 'batch-3', []))
        .history(),
    expect: unnamed,
  },
  {
    title: 'a newer epoch takes an open batch over',
    history: () =>
      healthy()
        .before(isBatch('committed', 'batch-2'), batch('open', 'batch-2', batchSpans.second, 2))
        .instead(
          isBatch('committed', 'batch-2'),
          batch('committed', 'batch-2', batchSpans.second, 2),
        )
        .instead(is('swing', { to: 'm2' }), swing('m1', 'm2', second, 2))
        .history(),
    expect: [],
  },
  {
    title: 'a newer epoch of a partition says nothing about the table',
    history: () =>
      takenOver()
        .atEnd(batch('open', 'batch-3', []))
        .history(),
    expect: [],
  },
  {
    title: 'a newer epoch of another table forbids nothing',
    history: () =>
      healthy()
        .before(isBatch('open', 'batch-2'), {
          ...{ type: 'batch', state: 'open', table: 'lake.cold.other', batch: 'batch-9' },
          ...{ kind: 'append', epoch: 5, spans: [] },
        })
        .history(),
    expect: [],
  },
  {
    title: 'an append belongs to no batch',
    history: () => third({ batch: null }).history(),
    expect: unnamed,
  },
  {
    title: 'an append belongs to a batch that nobody knows',
    history: () => third({ batch: 'batch-9' }).history(),
    expect: unnamed,
  },
  {
    title: 'an append belongs to a batch that was given up',
    history: () =>
      third({})
        .atEnd(batch('open', 'batch-3', []), batch('void', 'batch-3', []))
        .history(),
    expect: unnamed,
  },
  {
    title: 'an overwrite belongs to no batch',
    history: () => third({ batch: null, operation: 'overwrite' }).history(),
    expect: unnamed,
  },
  {
    title: 'files are rewritten by somebody without a batch',
    history: () => third({ batch: null, operation: 'replace' }).history(),
    expect: [],
  },
  {
    title: 'a batch is told as committed after its swing',
    history: () =>
      third({})
        .atEnd(batch('committed', 'batch-3', []))
        .history(),
    expect: [],
  },
  {
    title: 'a session without an epoch takes nobody’s place',
    history: () =>
      healthy()
        .instead(is('swing', { to: 'm1' }), swing('m0', 'm1', snapshot(1, ['f1'], 4), null))
        .history(),
    expect: [],
  },
  {
    title: 'an append without a batch that stays current is told once',
    history: () =>
      third({ batch: null })
        .atEnd(swing('m3', 'm4', snapshot(3, ['f1'], 4, { batch: null })))
        .history(),
    expect: unnamed,
  },
];

const lines: readonly Case[] = [
  {
    title: 'without a ledger a snapshot needs no batch',
    history: () =>
      withoutLedger()
        .atEnd(swing('m2', 'm3', snapshot(3, ['f1'], 4, { batch: null }), null))
        .history({ hasLedger: false }),
    expect: [],
  },
  {
    title: 'a restore takes epochs back',
    history: () =>
      takenOver()
        .atEnd(restored(healthy().facts.length), intent(span(0, 6, 7), 0, 1))
        .history(),
    expect: [],
  },
  {
    title: 'after a restore the epochs of the backup count',
    history: () =>
      takenOver()
        .atEnd(restored(takenOver().facts.length), intent(span(0, 8, 8), 0, 1))
        .history(),
    expect: zombie(0, 8),
  },
];

export const cases: readonly Case[] = [...ranges, ...inserts, ...lake, ...lines];
