/** Rows with another content than the log's, for a while or at the end. */
import type { Case } from './case.ts';
import { healthy, isAdded, isAppend, isFile } from './case-builder.ts';
import {
  added,
  append,
  at,
  deleted,
  file,
  logRemoved,
  record,
  removed,
  row,
  rows,
  snapshot,
  span,
  swing,
} from './case-facts.ts';

const altered = (partition: number, ...offsets: number[]) =>
  offsets.map((offset) => ({ code: 'altered', at: at(partition, offset) }));
const other = (partition: number, offset: number) => row(partition, offset, 'price one too high');

/** The log loses what it has from 3 on, and another record comes to stand at offset 3. */
const replaced = (content: string) =>
  healthy().atEnd(logRemoved(span(0, 3, 5)), append(record(0, 3, { content, key: 'k9' })));

export const cases: readonly Case[] = [
  {
    title: 'every row says what the log says',
    history: () => healthy().history(),
    expect: [],
    looked: 17,
  },
  {
    title: 'a row of bronze',
    history: () =>
      healthy()
        .instead(isAdded(0, 3), added('bronze', [other(0, 3), ...rows(0, 4, 5)]))
        .history(),
    expect: altered(0, 3),
  },
  {
    title: 'a dead letter',
    history: () =>
      healthy()
        .instead(isAdded(0, 2), added('dead-letters', [other(0, 2)]))
        .history(),
    expect: altered(0, 2),
  },
  {
    title: 'a second copy',
    history: () =>
      healthy()
        .atEnd(added('bronze', [other(0, 3)]))
        .history(),
    expect: altered(0, 3),
  },
  {
    title: 'a wrong row that is replaced by a right one',
    history: () =>
      healthy()
        .before(isAdded(0, 3), added('bronze', [other(0, 3)]), removed('bronze', [other(0, 3)]))
        .history(),
    expect: altered(0, 3),
  },
  {
    title: 'a row that the log does not have is a phantom, whatever it says',
    history: () =>
      healthy()
        .atEnd(added('bronze', [other(0, 9)]))
        .history(),
    expect: [],
  },
  {
    title: 'a trade among the dead letters is a phantom, whatever it says',
    history: () =>
      healthy()
        .atEnd(added('dead-letters', [other(0, 3)]))
        .history(),
    expect: [],
  },
  {
    title: 'a record that is no trade is a phantom in bronze and in the lake, whatever it says',
    history: () =>
      healthy()
        .atEnd(added('bronze', [other(0, 2)]))
        .instead(isFile('f2'), file('f2', [other(0, 2), ...rows(0, 3, 4, 5), row(1, 4)]))
        .history(),
    expect: [],
  },
  {
    title: 'the log lost a record that was stored, and another took its place',
    history: () => replaced('content of another record').history(),
    expect: [...altered(0, 3), ...altered(0, 3)],
  },
  {
    title: 'the log lost a record that was stored, and the same took its place',
    history: () => replaced('content 0-3').history(),
    expect: [],
  },
  {
    title: 'the log lost a record that nobody had, and another took its place',
    history: () =>
      healthy()
        .after(isAppend(0, 5), logRemoved(span(0, 5, 5)), append(record(0, 5)))
        .instead(isAppend(0, 5), append(record(0, 5, { content: 'never stored' })))
        .history(),
    expect: [],
  },
  {
    title: 'a file of the lake',
    history: () =>
      healthy()
        .instead(isFile('f2'), file('f2', [...rows(0, 3, 4), other(0, 5), row(1, 4)]))
        .history(),
    expect: altered(0, 5),
  },
  {
    title: 'a file of the lake that is written over with other content',
    history: () =>
      healthy()
        .atEnd(file('f2', [...rows(0, 3, 4, 5), other(1, 4)]))
        .history(),
    expect: altered(1, 4),
  },
  {
    title: 'a merged file',
    history: () =>
      healthy()
        .atEnd(
          file('f3', [...rows(0, 0, 1, 3, 4, 5), ...rows(1, 0, 3), other(1, 4)]),
          swing('m2', 'm3', snapshot(3, ['f3'], 8, { batch: null, operation: 'replace' })),
          deleted('f1'),
        )
        .history(),
    expect: altered(1, 4),
  },
  {
    title: 'a file that no version names',
    history: () =>
      healthy()
        .atEnd(file('f3', [other(1, 4)]))
        .history(),
    expect: [],
  },
];
