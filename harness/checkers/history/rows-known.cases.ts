/** Rows that a layer should not have had, or had too early. */
import type { Case } from './case.ts';
import {
  batchSpans,
  healthy,
  is,
  isAdded,
  isFile,
  isHead,
  isRange,
  withoutLedger,
} from './case-builder.ts';
import {
  added,
  append,
  appendTrade,
  at,
  batch,
  decided,
  file,
  intent,
  lakeTable,
  record,
  removed,
  restored,
  row,
  rows,
  snapshot,
  span,
  swing,
} from './case-facts.ts';

const phantoms = (partition: number, ...offsets: number[]) =>
  offsets.map((offset) => ({ code: 'phantom', at: at(partition, offset) }));

const withRow = (...held: Parameters<typeof row>[]) =>
  healthy().after(
    isAdded(0, 3),
    added(
      'bronze',
      held.map((one) => row(...one)),
    ),
  );
/** The second batch brings this besides. */
const brought = (...held: ReturnType<typeof rows>) =>
  healthy().instead(isFile('f2'), file('f2', [...rows(0, 3, 4, 5), row(1, 4), ...held]));

const inBronze: readonly Case[] = [
  { title: 'every row is explained', history: () => healthy().history(), expect: [], looked: 17 },
  {
    title: 'a row that the log does not have',
    history: () => withRow([0, 9]).history(),
    expect: phantoms(0, 9),
  },
  {
    title: 'a row at an offset where the log has a hole',
    history: () =>
      healthy()
        .after(isAdded(1, 0), added('bronze', rows(1, 2)))
        .history(),
    expect: phantoms(1, 2),
  },
  {
    title: 'a row of another topic',
    history: () =>
      healthy()
        .atEnd(added('bronze', [{ ...row(0, 3), topicId: 't2' }]))
        .history(),
    expect: [{ code: 'phantom', at: 't2/0:3' }],
  },
  {
    title: 'a row that is gone again was there',
    history: () =>
      withRow([0, 9])
        .atEnd(removed('bronze', rows(0, 9)))
        .history(),
    expect: phantoms(0, 9),
  },
  {
    title: 'a row of an aborted record',
    history: () =>
      healthy()
        .after(isAdded(1, 0), added('bronze', rows(1, 1)))
        .history(),
    expect: phantoms(1, 1),
  },
  {
    title: 'a row of a record that is committed only later',
    history: () =>
      healthy()
        .without(is('transaction', { transaction: 'tx-2' }))
        .after(isRange('done', 1, 0), decided('tx-2', 'committed'))
        .history(),
    expect: phantoms(1, 3),
  },
  {
    title: 'a row that comes right after its transaction was decided',
    history: () =>
      healthy()
        .without(is('transaction', { transaction: 'tx-2' }))
        .before(isAdded(1, 0), decided('tx-2', 'committed'))
        .history(),
    expect: [],
  },
  {
    title: 'a trade among the dead letters',
    history: () =>
      healthy()
        .atEnd(added('dead-letters', rows(0, 3)))
        .history(),
    expect: phantoms(0, 3),
  },
  {
    title: 'a record that is no trade in bronze',
    history: () =>
      healthy()
        .atEnd(added('bronze', rows(0, 2)))
        .history(),
    expect: phantoms(0, 2),
  },
  {
    title: 'a late copy of a closed range is no phantom',
    history: () =>
      healthy()
        .atEnd(added('bronze', rows(0, 0, 5)))
        .history(),
    expect: [],
  },
];

const announced: readonly Case[] = [
  {
    title: 'rows come before their range is opened',
    history: () =>
      healthy()
        .without(isRange('intent', 0, 3))
        .after(isAdded(0, 3), intent(span(0, 3, 5), 3))
        .history(),
    expect: phantoms(0, 3, 4, 5),
  },
  {
    title: 'the open range ends before the last row',
    history: () =>
      healthy()
        .instead(isRange('intent', 0, 3), intent(span(0, 3, 4), 3))
        .history(),
    expect: phantoms(0, 5),
  },
  {
    title: 'the open range begins behind the first row',
    history: () =>
      healthy()
        .instead(isRange('intent', 0, 3), intent(span(0, 4, 5), 3))
        .history(),
    expect: phantoms(0, 3),
  },
  {
    title: 'a row of the log that no range has reached',
    history: () => withRow([0, 6]).before(isAdded(0, 3), appendTrade(0, 6)).history(),
    expect: phantoms(0, 6),
  },
  {
    title: 'a row at the head, one behind the last that is closed',
    history: () =>
      healthy()
        .before(isRange('intent', 0, 3), added('bronze', rows(0, 3)))
        .history(),
    expect: phantoms(0, 3),
  },
  {
    title: 'a row that a head claims without a range',
    history: () =>
      healthy()
        .before(isHead('bronze', 0, 6), added('bronze', rows(0, 3)))
        .without(isRange('intent', 0, 3))
        .without(isAdded(0, 4))
        .history(),
    expect: [],
  },
  {
    title: 'two ranges are open, and the row is in the first',
    history: () =>
      healthy()
        .after(isRange('intent', 0, 3), intent(span(0, 6, 9), 0))
        .history(),
    expect: [],
  },
  {
    title: 'a range of another partition announces nothing',
    history: () =>
      healthy()
        .after(
          isAdded(0, 3),
          appendTrade(0, 6),
          intent(span(1, 6, 9), 1),
          added('bronze', rows(0, 6)),
        )
        .history(),
    expect: phantoms(0, 6),
  },
  {
    title: 'an insert of the old line arrives after the database was restored',
    history: () =>
      healthy()
        .before(isAdded(0, 3), restored(healthy().seqOf(isRange('intent', 0, 3)) - 1))
        .history(),
    expect: [],
  },
  {
    title: 'without a ledger nothing is announced',
    history: () => withoutLedger().history({ hasLedger: false }),
    expect: [],
    looked: 17,
  },
];

const inTheLake: readonly Case[] = [
  {
    title: 'a file holds a row that the log does not have',
    history: () => brought(row(0, 9)).history(),
    expect: phantoms(0, 9),
  },
  {
    title: 'a file holds an aborted record',
    history: () => brought(row(1, 1)).history(),
    expect: phantoms(1, 1),
  },
  {
    title: 'a file holds a record that is no trade',
    history: () => brought(row(0, 2)).history(),
    expect: phantoms(0, 2),
  },
  {
    title: 'a file holds a record that its batch did not freeze',
    history: () => brought(row(0, 6)).before(isFile('f2'), appendTrade(0, 6)).history(),
    expect: phantoms(0, 6),
  },
  {
    title: 'a file brings records of the batch that comes after',
    history: () =>
      healthy()
        .instead(isFile('f1'), file('f1', [...rows(0, 0, 1, 3), ...rows(1, 0, 3)]))
        .instead(isFile('f2'), file('f2', [...rows(0, 4, 5), row(1, 4)]))
        .history(),
    expect: phantoms(0, 3),
  },
  {
    title: 'a snapshot without a batch brings rows',
    history: () =>
      healthy()
        .instead(
          is('swing', { to: 'm2' }),
          swing('m1', 'm2', snapshot(2, ['f1', 'f2'], 8, { batch: null })),
        )
        .history(),
    expect: [...phantoms(0, 3, 4, 5), ...phantoms(1, 4)],
  },
  {
    title: 'the first snapshot of all has no batch',
    history: () =>
      healthy()
        .until(is('swing', { to: 'm1' }))
        .atEnd(swing('m0', 'm1', snapshot(1, ['f1'], 4, { batch: null })))
        .history(),
    expect: [...phantoms(0, 0, 1), ...phantoms(1, 0, 3)],
  },
  {
    title: 'a snapshot of the first batch brings the rows of the second',
    history: () =>
      healthy()
        .instead(
          is('swing', { to: 'm2' }),
          swing('m1', 'm2', snapshot(2, ['f1', 'f2'], 8, { batch: 'batch-1' })),
        )
        .history(),
    expect: [...phantoms(0, 3, 4, 5), ...phantoms(1, 4)],
  },
  {
    title: 'a file that no version names explains nothing and needs no explanation',
    history: () =>
      healthy()
        .atEnd(file('f3', rows(0, 9)))
        .history(),
    expect: [],
  },
  {
    title: 'a foreign row is gone from the lake again',
    history: () =>
      brought(row(0, 9))
        .atEnd(
          file('f3', [...rows(0, 3, 4, 5), row(1, 4)]),
          swing('m2', 'm3', snapshot(3, ['f1', 'f3'], 8, { batch: null })),
        )
        .history(),
    expect: phantoms(0, 9),
  },
  {
    title: 'files are merged by somebody without a batch',
    history: () =>
      healthy()
        .atEnd(
          file('f3', [...rows(0, 0, 1, 3, 4, 5), ...rows(1, 0, 3, 4)]),
          swing('m2', 'm3', snapshot(3, ['f3'], 8, { batch: null, operation: 'replace' })),
        )
        .history(),
    expect: [],
  },
  {
    title: 'a restore takes heads and rows of the lake back together',
    history: () =>
      healthy()
        .atEnd(restored(healthy().seqOf(is('swing', { to: 'm1' }))))
        .history(),
    expect: [],
  },
  {
    title: 'after a restore the old heads count no longer',
    history: () =>
      healthy()
        .atEnd(
          restored(healthy().seqOf(is('swing', { to: 'm1' }))),
          file('f3', [row(0, 3), row(1, 4)]),
          swing('m1', 'm3', snapshot(3, ['f1', 'f3'], 5, { parentId: 1, batch: null })),
        )
        .history(),
    expect: [...phantoms(0, 3), ...phantoms(1, 4)],
  },
  {
    title: 'after a restore to a second version the heads of the second version count',
    history: () =>
      healthy()
        .atEnd(
          batch('committed', 'batch-3', [{ ...span(0, 6, 6), rows: 0 }]),
          swing('m2', 'm3', snapshot(3, ['f1', 'f2'], 8)),
          restored(healthy().seqOf(is('swing', { to: 'm2' }))),
          file('f3', rows(0, 5)),
          swing('m2', 'm4', snapshot(4, ['f1', 'f3'], 5, { parentId: 2, batch: null })),
        )
        .history(),
    expect: [],
  },
  {
    title: 'after a restore all batches before the backup count',
    history: () => {
      const plan = healthy().atEnd(
        batch('committed', 'batch-3', [{ ...span(1, 5, 5), rows: 0 }]),
        swing('m2', 'm3', snapshot(3, ['f1', 'f2'], 8)),
      );
      return plan
        .atEnd(
          restored(plan.facts.length),
          file('f3', rows(0, 5)),
          swing('m3', 'm4', snapshot(4, ['f1', 'f3'], 5, { parentId: 3, batch: null })),
        )
        .history();
    },
    expect: [],
  },
  {
    title: 'a batch that goes back over old offsets takes no claim away',
    history: () =>
      healthy()
        .atEnd(
          batch('committed', 'batch-3', [batchSpans.first[0]]),
          file('f3', rows(0, 5)),
          swing('m2', 'm3', snapshot(3, ['f1', 'f3'], 5)),
        )
        .history(),
    expect: [],
  },
  {
    title: "a head of the table says nothing about a version's rows",
    history: () =>
      brought(row(0, 6))
        .before(isFile('f2'), appendTrade(0, 6))
        .before(isFile('f2'), {
          type: 'head',
          layer: lakeTable,
          topicId: 't1',
          partition: 0,
          offsetNext: 7,
        })
        .history(),
    expect: phantoms(0, 6),
  },
  {
    title: 'a transaction that is never decided leaves its records out of the lake',
    history: () =>
      brought(row(1, 5))
        .before(isFile('f2'), append(record(1, 5), 'tx-3'))
        .history(),
    expect: phantoms(1, 5),
  },
];

export const cases: readonly Case[] = [...inBronze, ...announced, ...inTheLake];
