/** Closed ranges that hold something else than was recorded, at once or later. */
import type { Case } from './case.ts';
import { healthy, isAdded, isRange } from './case-builder.ts';
import { added, at, done, intent, removed, restored, row, rows, span } from './case-facts.ts';
import type { HistoryFact } from './history.ts';

const mismatch = (partition: number, offset: number) => [
  { code: 'digest-mismatch', at: at(partition, offset) },
];
const silent = (partition: number, offset: number) => [
  { code: 'silent-no-commit', at: at(partition, offset) },
];

/** The second range of partition 0 is closed with these numbers. */
const closed = (more: Partial<Extract<HistoryFact, { type: 'range' }>>) =>
  healthy().instead(isRange('done', 0, 3), {
    ...(done(span(0, 3, 5), 3) as Extract<HistoryFact, { type: 'range' }>),
    ...more,
  });
const wrote = (...offsets: number[]) =>
  healthy().instead(isAdded(0, 3), added('bronze', rows(0, ...offsets)));
const backup = () => healthy().seqOf(isRange('intent', 0, 3));

const atClosing: readonly Case[] = [
  {
    title: 'closed ranges hold what was recorded',
    history: () => healthy().history(),
    expect: [],
    looked: 4,
  },
  {
    title: 'a row less than recorded',
    history: () => wrote(3, 4).history(),
    expect: mismatch(0, 3),
  },
  {
    title: 'a row more than recorded',
    history: () => wrote(3, 4, 5, 5).history(),
    expect: mismatch(0, 3),
  },
  {
    title: 'rows before and behind the range are not of it',
    history: () =>
      healthy()
        .before(isRange('intent', 0, 3), added('bronze', rows(0, 6, 7)))
        .history(),
    expect: [],
  },
  {
    title: 'the first and the last row of a range count',
    history: () => wrote(2, 3, 4, 6).history(),
    expect: [...mismatch(0, 0), ...mismatch(0, 3)],
  },
  {
    title: 'a dead letter less than recorded',
    history: () => healthy().without(isAdded(0, 2)).history(),
    expect: mismatch(0, 0),
  },
  {
    title: 'a dead letter more than recorded',
    history: () =>
      healthy()
        .after(isAdded(0, 3), added('dead-letters', rows(0, 4)))
        .history(),
    expect: mismatch(0, 3),
  },
  {
    title: 'a trade stands among the dead letters instead of in bronze',
    history: () =>
      wrote(3, 4)
        .after(isAdded(0, 3), added('dead-letters', rows(0, 5)))
        .history(),
    expect: mismatch(0, 3),
  },
  {
    title: 'nothing of a range is there',
    history: () => healthy().without(isAdded(0, 3)).history(),
    expect: silent(0, 3),
  },
  {
    title: 'nothing of a range of one record is there',
    history: () => healthy().without(isAdded(1, 4)).history(),
    expect: silent(1, 4),
  },
  {
    title: 'only the dead letter of a range is there',
    history: () => healthy().without(isAdded(0, 0)).history(),
    expect: mismatch(0, 0),
  },
  {
    title: 'a range of holes holds nothing, rightly',
    history: () =>
      healthy()
        .atEnd(intent(span(0, 6, 8), 0), done(span(0, 6, 8), 0))
        .history(),
    expect: [],
  },
  {
    title: 'a range of holes holds a row',
    history: () =>
      healthy()
        .atEnd(intent(span(0, 6, 8), 0), added('bronze', rows(0, 7)), done(span(0, 6, 8), 0))
        .history(),
    expect: mismatch(0, 6),
  },
  {
    title: 'an open range is not judged',
    history: () =>
      wrote(3)
        .until(isRange('done', 0, 3))
        .history(),
    expect: [],
    looked: 2,
  },
];

const numbers: readonly Case[] = [
  {
    title: 'a range is closed with fewer rows than it was opened with',
    history: () =>
      wrote(3, 4)
        .instead(isRange('done', 0, 3), done(span(0, 3, 5), 2))
        .history(),
    expect: mismatch(0, 3),
  },
  {
    title: 'a range is closed with the rows that it has, and calls them more',
    history: () => closed({ rows: 4 }).history(),
    expect: mismatch(0, 3),
  },
  {
    title: 'a range is closed as it is, and was opened for less',
    history: () =>
      healthy()
        .instead(isRange('intent', 0, 3), intent(span(0, 3, 5), 2))
        .history(),
    expect: mismatch(0, 3),
  },
  {
    title: 'a range is closed without the number of rows',
    history: () => closed({ bronzeRows: null }).history(),
    expect: mismatch(0, 3),
  },
  {
    title: 'a range is closed without the number of dead letters',
    history: () => closed({ deadRows: null }).history(),
    expect: mismatch(0, 3),
  },
  {
    title: 'a range is closed without the digest of its rows',
    history: () => closed({ bronzeDigest: null }).history(),
    expect: mismatch(0, 3),
  },
  {
    title: 'a range is closed without the digest of its dead letters',
    history: () => closed({ deadDigest: null }).history(),
    expect: mismatch(0, 3),
  },
  {
    title: 'a range of holes is closed with a row that is not there',
    history: () => {
      const holes = done(span(0, 6, 8), 0) as Extract<HistoryFact, { type: 'range' }>;
      return healthy()
        .atEnd({ ...holes, bronzeRows: 1 })
        .history();
    },
    expect: mismatch(0, 6),
  },
  {
    title: 'a range is closed that nobody saw opened',
    history: () =>
      healthy()
        .without(isRange('intent', 0, 3))
        .history(),
    expect: [],
  },
];

const afterwards: readonly Case[] = [
  {
    title: 'a row is lost behind a closed range',
    history: () =>
      healthy()
        .atEnd(removed('bronze', rows(0, 5)))
        .history(),
    expect: mismatch(0, 3),
  },
  {
    title: 'all rows are lost behind a closed range at once',
    history: () =>
      healthy()
        .atEnd(removed('bronze', rows(0, 3, 4, 5)))
        .history(),
    expect: silent(0, 3),
  },
  {
    title: 'all rows of two ranges are lost at once',
    history: () =>
      healthy()
        .atEnd(removed('bronze', rows(0, 0, 1, 3, 4, 5)))
        .history(),
    expect: [...mismatch(0, 0), ...silent(0, 3)],
  },
  {
    title: 'a row is lost behind a closed range and written again',
    history: () =>
      healthy()
        .atEnd(removed('bronze', rows(0, 3)), added('bronze', rows(0, 3)))
        .history(),
    expect: mismatch(0, 3),
  },
  {
    title: 'a row is written again behind a closed range',
    history: () =>
      healthy()
        .atEnd(added('bronze', rows(0, 3)))
        .history(),
    expect: mismatch(0, 3),
  },
  {
    title: 'a dead letter is lost behind a closed range',
    history: () =>
      healthy()
        .atEnd(removed('dead-letters', rows(0, 2)))
        .history(),
    expect: mismatch(0, 0),
  },
  {
    title: 'a row is lost and written again before the range is closed',
    history: () =>
      healthy()
        .after(isAdded(0, 3), removed('bronze', rows(0, 4)), added('bronze', rows(0, 4)))
        .history(),
    expect: [],
  },
  {
    title: 'rows come right behind a closed range',
    history: () =>
      healthy()
        .atEnd(added('bronze', rows(0, 6)), added('bronze', [row(1, 5)]))
        .history(),
    expect: [],
  },
];

const lines: readonly Case[] = [
  {
    title: 'a restore opens the range again, and its rows are there still',
    history: () =>
      healthy()
        .atEnd(restored(backup()), done(span(0, 3, 5), 3))
        .history(),
    expect: [],
  },
  {
    title: 'after a restore the range is cut otherwise and counted anew',
    history: () =>
      healthy()
        .atEnd(restored(backup() - 1), intent(span(0, 3, 4), 2), done(span(0, 3, 4), 2))
        .history(),
    expect: [],
  },
  {
    title: 'after a restore a range that is open again may lose rows',
    history: () =>
      healthy()
        .atEnd(restored(backup()), removed('bronze', rows(0, 3)), added('bronze', rows(0, 3)))
        .history(),
    expect: [],
  },
  {
    title: 'after a restore a range that the backup knows as closed loses a row',
    history: () =>
      healthy()
        .atEnd(restored(backup()), removed('bronze', rows(0, 0)))
        .history(),
    expect: mismatch(0, 0),
  },
  {
    title: 'after a restore the range is closed with less than is there',
    history: () =>
      healthy()
        .atEnd(restored(backup() - 1), intent(span(0, 3, 5), 2), done(span(0, 3, 5), 2))
        .history(),
    expect: mismatch(0, 3),
  },
];

export const cases: readonly Case[] = [...atClosing, ...numbers, ...afterwards, ...lines];
