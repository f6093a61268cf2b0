/** Records that a layer held more than once, for a while or at the end. */
import type { Case } from './case.ts';
import { healthy, is, isAdded, isFile, isRange, withoutLedger } from './case-builder.ts';
import {
  added,
  at,
  done,
  file,
  head,
  intent,
  removed,
  restored,
  row,
  rows,
  snapshot,
  span,
  swing,
} from './case-facts.ts';

const duplicates = (partition: number, ...offsets: number[]) =>
  offsets.map((offset) => ({ code: 'duplicate', at: at(partition, offset) }));
const late = (partition: number, ...offsets: number[]) =>
  offsets.map((offset) => ({ code: 'late-duplicate', at: at(partition, offset) }));

const again = (...offsets: number[]) => healthy().atEnd(added('bronze', rows(0, ...offsets)));
const backup = () => healthy().seqOf(isRange('intent', 0, 3));
const versionOf = (...files: string[]) =>
  healthy().atEnd(swing('m2', 'm3', snapshot(3, files, 8, { batch: 'batch-2' })));

const inBronze: readonly Case[] = [
  {
    title: 'each record is there once',
    history: () => healthy().history(),
    expect: [],
    looked: 17,
  },
  {
    title: 'a record of a closed range is written again',
    history: () => again(3).history(),
    expect: duplicates(0, 3),
  },
  {
    title: 'a record is written twice while its range is open',
    history: () =>
      healthy()
        .after(isAdded(0, 3), added('bronze', rows(0, 4)))
        .history(),
    expect: duplicates(0, 4),
  },
  {
    title: 'a second copy is there for a while',
    history: () =>
      again(3)
        .atEnd(removed('bronze', rows(0, 3)))
        .history(),
    expect: duplicates(0, 3),
  },
  {
    title: 'a row is lost and written again',
    history: () =>
      healthy()
        .atEnd(removed('bronze', rows(0, 3)), added('bronze', rows(0, 3)))
        .history(),
    expect: [],
  },
  {
    title: 'all of a closed range is written again',
    history: () => again(3, 4, 5).history(),
    expect: late(0, 3, 4, 5),
  },
  {
    title: 'all but one of a closed range are written again',
    history: () => again(3, 4).history(),
    expect: duplicates(0, 3, 4),
  },
  {
    title: 'both trades of a range are written again, and its dead letter is not',
    history: () => again(0, 1).history(),
    expect: late(0, 0, 1),
  },
  {
    title: 'all of one range and a part of the next are written again',
    history: () => again(0, 1, 3).history(),
    expect: [...late(0, 0, 1), ...duplicates(0, 3)],
  },
  {
    title: 'a range of one record is written again',
    history: () =>
      healthy()
        .atEnd(added('bronze', rows(1, 4)))
        .history(),
    expect: duplicates(1, 4),
  },
  {
    title: 'a dead letter is written again',
    history: () =>
      healthy()
        .atEnd(added('dead-letters', [row(0, 2)]))
        .history(),
    expect: duplicates(0, 2),
  },
  {
    title: 'a trade stands in bronze and among the dead letters',
    history: () =>
      healthy()
        .atEnd(added('dead-letters', [row(0, 3)]))
        .history(),
    expect: [],
  },
  {
    title: 'what the log does not have is there twice',
    history: () =>
      healthy()
        .atEnd(added('bronze', [row(0, 9), row(0, 9)]))
        .history(),
    expect: duplicates(0, 9),
  },
  {
    title: 'a whole range that is open at the end is there twice',
    history: () =>
      healthy()
        .without(isRange('done', 0, 3))
        .atEnd(added('bronze', rows(0, 3, 4, 5)))
        .history(),
    expect: duplicates(0, 3, 4, 5),
  },
  {
    title: 'without a ledger nobody knows a range',
    history: () =>
      withoutLedger()
        .atEnd(added('bronze', rows(0, 3, 4, 5)))
        .history({ hasLedger: false }),
    expect: duplicates(0, 3, 4, 5),
  },
];

const restores: readonly Case[] = [
  {
    title: 'a range that a restore took back is no closed range',
    history: () => again(3, 4, 5).atEnd(restored(backup())).history(),
    expect: duplicates(0, 3, 4, 5),
  },
  {
    title: 'a range that was closed before the backup stays closed',
    history: () => again(0, 1).atEnd(restored(backup())).history(),
    expect: late(0, 0, 1),
  },
  {
    title: 'the backup knows of the closing that came right before it',
    history: () =>
      again(0, 1)
        .atEnd(restored(healthy().seqOf(isRange('done', 0, 0))))
        .history(),
    expect: late(0, 0, 1),
  },
  {
    title: 'the backup does not know of the closing that came right after it',
    history: () =>
      again(0, 1)
        .atEnd(restored(healthy().seqOf(isRange('done', 0, 0)) - 1))
        .history(),
    expect: duplicates(0, 0, 1),
  },
  {
    title: 'after a restore the range is closed again, cut otherwise',
    history: () =>
      again(3, 4)
        .atEnd(
          restored(backup()),
          intent(span(0, 3, 4), 2),
          done(span(0, 3, 4), 2),
          head('bronze', 0, 5),
        )
        .history(),
    expect: late(0, 3, 4),
  },
  {
    title: 'a second restore goes back to a backup of the second line',
    history: () => {
      const first = again(3, 4).atEnd(
        restored(backup()),
        intent(span(0, 3, 4), 2),
        done(span(0, 3, 4), 2),
      );
      return first.atEnd(restored(first.facts.length)).history();
    },
    expect: late(0, 3, 4),
  },
  {
    title: 'a second restore goes back to the first backup',
    history: () => {
      const first = again(3, 4).atEnd(
        restored(backup()),
        intent(span(0, 3, 4), 2),
        done(span(0, 3, 4), 2),
      );
      return first.atEnd(restored(backup())).history();
    },
    expect: duplicates(0, 3, 4),
  },
  {
    title: 'a second restore goes back to the first restore itself',
    history: () => {
      const first = again(3, 4, 5).atEnd(restored(backup()));
      return first
        .atEnd(intent(span(0, 3, 4), 2), done(span(0, 3, 4), 2), restored(first.facts.length))
        .history();
    },
    expect: duplicates(0, 3, 4, 5),
  },
  {
    title: 'a second restore goes back to a later backup of the first line',
    history: () =>
      again(3, 4, 5)
        .atEnd(restored(backup()), restored(healthy().seqOf(isRange('done', 0, 3))))
        .history(),
    expect: late(0, 3, 4, 5),
  },
];

const inTheLake: readonly Case[] = [
  {
    title: 'a version names a file twice',
    history: () => versionOf('f1', 'f2', 'f1').history(),
    expect: [...late(0, 0, 1), ...late(1, 0, 3)],
  },
  {
    title: 'a version names all files of the one before in another order',
    history: () => versionOf('f2', 'f1').history(),
    expect: [],
  },
  {
    title: 'a batch is appended twice',
    history: () =>
      versionOf('f1', 'f2', 'f3')
        .before(isFile('f2'), file('f3', [...rows(0, 3, 4, 5), row(1, 4)]))
        .history(),
    expect: [...late(0, 3, 4, 5), ...duplicates(1, 4)],
  },
  {
    title: 'two files hold the same record',
    history: () =>
      healthy()
        .instead(isFile('f2'), file('f2', [...rows(0, 1, 3, 4, 5), row(1, 4)]))
        .history(),
    expect: duplicates(0, 1),
  },
  {
    title: 'a file is named twice for a while, and once again later',
    history: () =>
      healthy()
        .instead(is('swing', { to: 'm2' }), swing('m1', 'm2', snapshot(2, ['f1', 'f2', 'f2'], 12)))
        .atEnd(swing('m2', 'm3', snapshot(3, ['f1', 'f2'], 8, { batch: null })))
        .history(),
    expect: [...late(0, 3, 4, 5), ...duplicates(1, 4)],
  },
  {
    title: 'a merged file stands in for the two that it was made of',
    history: () =>
      versionOf('f3')
        .before(isFile('f2'), file('f3', [...rows(0, 0, 1, 3, 4, 5), ...rows(1, 0, 3, 4)]))
        .history(),
    expect: [],
  },
  {
    title: 'a merged file stands beside one of those that it was made of',
    history: () =>
      versionOf('f3', 'f2')
        .before(isFile('f2'), file('f3', [...rows(0, 0, 1, 3, 4, 5), ...rows(1, 0, 3, 4)]))
        .history(),
    expect: [...late(0, 3, 4, 5), ...duplicates(1, 4)],
  },
  {
    title: 'a live file is written over with a row that another has',
    history: () =>
      healthy()
        .atEnd(file('f2', [...rows(0, 1, 3, 4, 5), row(1, 4)]))
        .history(),
    expect: duplicates(0, 1),
  },
  {
    title: 'a file that is named twice is deleted and another written in its place',
    history: () =>
      healthy()
        .atEnd(file('f2', [...rows(0, 3, 4, 5), row(1, 4)]))
        .history(),
    expect: [],
  },
  {
    title: 'a file that no version names holds the same records',
    history: () =>
      healthy()
        .atEnd(file('f3', rows(0, 3, 4, 5)))
        .history(),
    expect: [],
  },
];

export const cases: readonly Case[] = [...inBronze, ...restores, ...inTheLake];
