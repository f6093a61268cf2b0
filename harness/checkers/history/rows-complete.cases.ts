/** Records that a layer lacks, for a while or at the end, and those that it may lack. */
import type { Case } from './case.ts';
import { healthy, is, isAdded, isFile, isHead, isRange, type Plan } from './case-builder.ts';
import {
  added,
  append,
  appendTrade,
  at,
  decided,
  done,
  drained,
  file,
  head,
  intent,
  lakeTable,
  logRemoved,
  record,
  removed,
  row,
  rows,
  span,
} from './case-facts.ts';
import { lakeCases } from './rows-complete-lake-cases.ts';

const missing = (partition: number, ...offsets: number[]) =>
  offsets.map((offset) => ({ code: 'missing', at: at(partition, offset) }));
const torn = (partition: number, ...offsets: number[]) =>
  offsets.map((offset) => ({ code: 'torn-batch', at: at(partition, offset) }));

/** Range 3-5 of partition 0 is closed, and only these of its rows were written. */
const wrote = (...offsets: number[]) =>
  healthy().instead(isAdded(0, 3), added('bronze', rows(0, ...offsets)));

/** A third range, 6-9 of partition 0, of which only these were written. */
const longer = (...offsets: number[]) =>
  healthy().atEnd(
    ...[6, 7, 8, 9].map((offset) => appendTrade(0, offset)),
    intent(span(0, 6, 9), 4),
    added('bronze', rows(0, ...offsets)),
    done(span(0, 6, 9), 4),
  );

/** The first range of each partition is closed and in the lake; the log has 3-5 and 4 besides. */
const half = () => healthy().until(isRange('intent', 0, 3));
const rest = [...missing(0, 3, 4, 5), ...missing(1, 4)];
const ends = (plan: Plan, ...more: Parameters<Plan['atEnd']>) => plan.atEnd(...more, drained);
const withoutRest = (plan: Plan) =>
  plan.atEnd(logRemoved(span(0, 3, 5)), logRemoved(span(1, 4, 4)));
const undrained = { expectDrained: false };

const inBronze: readonly Case[] = [
  { title: 'everything is everywhere', history: () => healthy().history(), expect: [], looked: 17 },
  {
    title: 'a record in the middle of a range was not written',
    history: () => wrote(3, 5).history(),
    expect: missing(0, 4),
  },
  {
    title: 'the first record of the log was not written',
    history: () =>
      healthy()
        .instead(isAdded(0, 0), added('bronze', rows(0, 1)))
        .history(),
    expect: missing(0, 0),
  },
  {
    title: 'one record at the end of a range was not written',
    history: () => wrote(3, 4).history(),
    expect: missing(0, 5),
  },
  {
    title: 'a range lost its end',
    history: () => wrote(3).history(),
    expect: torn(0, 4, 5),
  },
  {
    title: 'a range lost its beginning',
    history: () => wrote(5).history(),
    expect: torn(0, 3, 4),
  },
  {
    title: 'a range lost its ends and kept its middle',
    history: () => wrote(4).history(),
    expect: missing(0, 3, 5),
  },
  {
    title: 'every second record of a range was not written',
    history: () => longer(6, 8).history(undrained),
    expect: missing(0, 7, 9),
  },
  {
    title: 'every other second record of a range was not written',
    history: () => longer(7, 9).history(undrained),
    expect: missing(0, 6, 8),
  },
  {
    title: 'two ranges were torn, each at another end',
    history: () =>
      longer(6, 7)
        .instead(isAdded(0, 3), added('bronze', rows(0, 5)))
        .history(undrained),
    expect: [...torn(0, 3, 4), ...torn(0, 8, 9)],
  },
  {
    title: 'a whole range was not written',
    history: () => healthy().without(isAdded(0, 3)).history(),
    expect: missing(0, 3, 4, 5),
  },
  {
    title: 'a range of one record was not written',
    history: () => healthy().without(isAdded(1, 4)).history(),
    expect: missing(1, 4),
  },
  {
    title: 'a record that does not decode is in no dead letter',
    history: () => healthy().without(isAdded(0, 2)).history(),
    expect: missing(0, 2),
  },
  {
    title: 'a trade stands among the dead letters only',
    history: () =>
      healthy()
        .instead(isAdded(1, 4), added('dead-letters', [row(1, 4)]))
        .history(),
    expect: missing(1, 4),
  },
  {
    title: 'the last row comes after the range was closed',
    history: () =>
      wrote(3, 4)
        .after(isRange('done', 0, 3), added('bronze', rows(0, 5)))
        .history(),
    expect: missing(0, 5),
  },
  {
    title: 'the last row comes right before the range is closed',
    history: () =>
      wrote(3, 4)
        .before(isRange('done', 0, 3), added('bronze', rows(0, 5)))
        .history(),
    expect: [],
  },
  {
    title: 'a part is lost behind a closed range and written again',
    history: () =>
      healthy()
        .atEnd(removed('bronze', rows(0, 3)), added('bronze', rows(0, 3)))
        .history(),
    expect: missing(0, 3),
  },
  {
    title: 'a part is lost while the range is open and written again',
    history: () =>
      healthy()
        .after(
          isAdded(0, 3),
          removed('bronze', rows(0, 3, 4, 5)),
          added('bronze', rows(0, 3, 4, 5)),
        )
        .history(),
    expect: [],
  },
  {
    title: 'of two copies one is taken away',
    history: () =>
      healthy()
        .atEnd(added('bronze', rows(0, 3)), removed('bronze', rows(0, 3)))
        .history(),
    expect: [],
  },
];

const upToHeads: readonly Case[] = [
  {
    title: 'what lies at the head and behind it is not there yet',
    history: () => half().history(),
    expect: [],
    looked: 17,
  },
  {
    title: 'a head that is one too far claims the record there',
    history: () =>
      half()
        .atEnd(head('bronze', 0, 4))
        .history(),
    expect: missing(0, 3),
  },
  {
    title: 'a head that comes without its range claims what lies before it',
    history: () =>
      healthy()
        .without(isRange('done', 0, 3))
        .without(isAdded(0, 3))
        .history(undrained),
    expect: missing(0, 3, 4, 5),
  },
  {
    title: 'a range that is closed without its head claims its records',
    history: () =>
      wrote()
        .without(isHead('bronze', 0, 6))
        .history(undrained),
    expect: missing(0, 3, 4, 5),
  },
  {
    title: "the lake's head claims nothing of bronze",
    history: () =>
      half()
        .atEnd(head(lakeTable, 0, 6))
        .history(),
    expect: [],
  },
  {
    title: 'after a drain everything has to be everywhere',
    history: () => ends(half()).history(),
    expect: [...rest, ...rest],
  },
  {
    title: 'nobody promised a drain',
    history: () => ends(half()).history(undrained),
    expect: [],
  },
  {
    title: 'a record that was appended below the head long after it has to be there',
    history: () => healthy().atEnd(appendTrade(1, 2)).history(undrained),
    expect: [...missing(1, 2), ...missing(1, 2)],
  },
];

const outOfTheLog: readonly Case[] = [
  {
    title: 'retention took what nobody had',
    history: () => ends(withoutRest(half())).history(),
    expect: [],
  },
  {
    title: 'retention took what nobody had read, and the head passed it',
    history: () =>
      half()
        .atEnd(logRemoved(span(0, 3, 4)), head('bronze', 0, 5))
        .history(undrained),
    expect: [...missing(0, 3), ...missing(0, 4)],
  },
  {
    title: 'retention took what nobody had read, and the head stopped there',
    history: () =>
      half()
        .atEnd(logRemoved(span(0, 3, 4)), head('bronze', 0, 3))
        .history(undrained),
    expect: [],
  },
  {
    title: 'the head passed what compaction took',
    history: () =>
      half()
        .atEnd(logRemoved(span(0, 3, 4), [3, 4], 'compaction'), head('bronze', 0, 5))
        .history(undrained),
    expect: [],
  },
  {
    title: 'retention spared the last record',
    history: () => ends(half(), logRemoved(span(0, 3, 4)), logRemoved(span(1, 4, 4))).history(),
    expect: [...missing(0, 5), ...missing(0, 5)],
  },
  {
    title: 'retention spared the first record',
    history: () => ends(half(), logRemoved(span(0, 4, 5)), logRemoved(span(1, 4, 4))).history(),
    expect: [...missing(0, 3), ...missing(0, 3)],
  },
  {
    title: 'compaction took what it names and nothing between',
    history: () =>
      ends(half(), logRemoved(span(0, 3, 5), [3, 5]), logRemoved(span(1, 4, 4))).history(),
    expect: [...missing(0, 4), ...missing(0, 4)],
  },
  {
    title: 'what was closed before retention came still has to be there',
    history: () =>
      healthy()
        .atEnd(logRemoved(span(0, 0, 5)), removed('bronze', rows(0, 1)))
        .history(),
    expect: missing(0, 1),
  },
  {
    title: 'what was closed and never written is not excused by retention',
    history: () =>
      wrote(3, 4)
        .atEnd(logRemoved(span(0, 5, 5)))
        .history(undrained),
    expect: missing(0, 5),
  },
  {
    title: 'what the store had before retention came still has to be there',
    history: () =>
      ends(
        withoutRest(healthy().until(isRange('done', 0, 3))),
        removed('bronze', rows(0, 3)),
      ).history(),
    expect: [...missing(0, 3), ...missing(0, 3, 4, 5)],
  },
  {
    title: 'what the store was given after retention came has to reach the lake',
    history: () =>
      healthy()
        .instead(isFile('f2'), file('f2', [...rows(0, 4, 5), row(1, 4)]))
        .before(isAdded(0, 3), logRemoved(span(0, 3, 5)))
        .history(),
    expect: missing(0, 3),
  },
  {
    title: 'a record that was appended again has to be there',
    history: () => ends(withoutRest(half()), appendTrade(0, 3)).history(),
    expect: [...missing(0, 3), ...missing(0, 3)],
  },
];

const transactions: readonly Case[] = [
  {
    title: 'records of an undecided transaction are not expected',
    history: () =>
      healthy()
        .without(is('transaction', { transaction: 'tx-2' }))
        .without(isAdded(1, 4))
        .history(),
    expect: [],
  },
  {
    title: 'nothing behind an undecided transaction can have been read',
    history: () => ends(healthy(), append(record(1, 5), 'tx-3'), appendTrade(1, 6)).history(),
    expect: [],
  },
  {
    title: 'what lies before an undecided transaction, and in another partition, has to be there',
    history: () =>
      ends(healthy(), appendTrade(1, 5), append(record(1, 6), 'tx-3'), appendTrade(0, 7)).history(),
    expect: [...missing(1, 5), ...missing(1, 5), ...missing(0, 7), ...missing(0, 7)],
  },
  {
    title: 'an undecided transaction that the log lost holds nothing back',
    history: () =>
      ends(
        healthy(),
        append(record(1, 5), 'tx-3'),
        logRemoved(span(1, 5, 5)),
        appendTrade(1, 6),
      ).history(),
    expect: [...missing(1, 6), ...missing(1, 6)],
  },
  {
    title: 'a decided transaction holds nothing back',
    history: () =>
      ends(
        healthy(),
        append(record(1, 5), 'tx-3'),
        decided('tx-3', 'aborted'),
        appendTrade(1, 6),
      ).history(),
    expect: [...missing(1, 6), ...missing(1, 6)],
  },
];

export const cases: readonly Case[] = [
  ...inBronze,
  ...upToHeads,
  ...outOfTheLog,
  ...transactions,
  ...lakeCases,
];
