/** Ranges that leave offsets out or cover some twice, and those that only look so. */
import type { Case } from './case.ts';
import { healthy, isHead, isRange } from './case-builder.ts';
import { at, done, head, intent, restored, span } from './case-facts.ts';

const gap = (partition: number, offset: number) => [
  { code: 'range-gap', at: at(partition, offset) },
];
const overlap = (partition: number, ...offsets: number[]) =>
  offsets.map((offset) => ({ code: 'overlapping-ranges', at: at(partition, offset) }));

/** The second range of partition 0 is this one. */
const second = (first: number, last: number) =>
  healthy()
    .instead(isRange('intent', 0, 3), intent(span(0, first, last), 3))
    .instead(isRange('done', 0, 3), done(span(0, first, last), 3));
const backup = () => healthy().seqOf(isRange('intent', 0, 3));

export const cases: readonly Case[] = [
  { title: 'ranges lie end to end', history: () => healthy().history(), expect: [], looked: 8 },
  {
    title: 'one offset lies between two ranges',
    history: () => second(4, 5).history(),
    expect: gap(0, 3),
  },
  {
    title: 'a gap is filled later',
    history: () =>
      second(4, 5)
        .atEnd(intent(span(0, 3, 3), 1))
        .history(),
    expect: gap(0, 3),
  },
  {
    title: 'a gap is filled later and the filling reaches too far',
    history: () =>
      second(4, 5)
        .atEnd(intent(span(0, 3, 4), 1))
        .history(),
    expect: [...gap(0, 3), ...overlap(0, 3)],
  },
  {
    title: 'a range goes on behind one that was filled in',
    history: () =>
      second(4, 5)
        .atEnd(intent(span(0, 3, 3), 1), intent(span(0, 6, 6), 0))
        .history(),
    expect: gap(0, 3),
  },
  {
    title: 'a gap that is left behind in a partition of its own',
    history: () =>
      healthy()
        .atEnd(intent(span(1, 6, 6), 0))
        .history(),
    expect: gap(1, 5),
  },
  {
    title: 'the first range begins behind the recorded start',
    history: () =>
      healthy()
        .instead(isRange('intent', 0, 0), intent(span(0, 1, 2), 3))
        .instead(isRange('done', 0, 0), done(span(0, 1, 2), 3))
        .history(),
    expect: gap(0, 0),
  },
  {
    title: 'a topic is taken up in the middle',
    history: () =>
      healthy()
        .instead(isHead('bronze', 0, 0), head('bronze', 0, 1))
        .instead(isRange('intent', 0, 0), intent(span(0, 1, 2), 3))
        .instead(isRange('done', 0, 0), done(span(0, 1, 2), 3))
        .history(),
    expect: [],
  },
  {
    title: 'a topic is taken up in the middle, and nobody recorded where',
    history: () =>
      healthy()
        .without(isHead('bronze', 0, 0))
        .instead(isRange('intent', 0, 0), intent(span(0, 1, 2), 3))
        .instead(isRange('done', 0, 0), done(span(0, 1, 2), 3))
        .history(),
    expect: [],
  },
  {
    title: 'a head of the lake says nothing about ranges',
    history: () =>
      healthy()
        .instead(isHead('bronze', 0, 0), head('lake.cold.trades', 0, 0), head('bronze', 0, 1))
        .instead(isRange('intent', 0, 0), intent(span(0, 1, 2), 3))
        .instead(isRange('done', 0, 0), done(span(0, 1, 2), 3))
        .history(),
    expect: [],
  },
  {
    title: 'a range begins at the last offset of the one before',
    history: () => second(2, 5).history(),
    expect: overlap(0, 2),
  },
  {
    title: 'a range lies within one that is closed',
    history: () =>
      healthy()
        .atEnd(intent(span(0, 1, 1), 1))
        .history(),
    expect: overlap(0, 1),
  },
  {
    title: 'a range covers all before it',
    history: () =>
      healthy()
        .atEnd(intent(span(0, 0, 5), 6))
        .history(),
    expect: overlap(0, 0),
  },
  {
    title: 'a range ends at the first offset of another',
    history: () =>
      healthy()
        .instead(isHead('bronze', 0, 0), head('bronze', 0, 3))
        .before(isRange('intent', 0, 0), intent(span(0, 3, 5), 3))
        .instead(isRange('intent', 0, 0), intent(span(0, 2, 3), 2))
        .until(isRange('done', 0, 0))
        .history(),
    expect: overlap(0, 2),
  },
  {
    title: 'a closed range is opened again',
    history: () =>
      healthy()
        .atEnd(intent(span(0, 3, 5), 3))
        .history(),
    expect: overlap(0, 3),
  },
  {
    title: 'a closed range is closed again',
    history: () =>
      healthy()
        .atEnd(done(span(0, 3, 5), 3))
        .history(),
    expect: overlap(0, 3),
  },
  {
    title: 'an open range is taken over as it is',
    history: () =>
      healthy()
        .after(isRange('intent', 0, 3), intent(span(0, 3, 5), 3, 2))
        .history(),
    expect: [],
  },
  {
    title: 'an open range is taken over and ends earlier',
    history: () =>
      healthy()
        .after(isRange('intent', 0, 3), intent(span(0, 3, 4), 2))
        .history(),
    expect: overlap(0, 3),
  },
  {
    title: 'an open range is taken over and begins later',
    history: () =>
      healthy()
        .after(isRange('intent', 0, 3), intent(span(0, 4, 5), 2))
        .until(isRange('done', 0, 3))
        .history(),
    expect: overlap(0, 4),
  },
  {
    title: 'a range is closed with fewer offsets than it was opened with',
    history: () =>
      healthy()
        .instead(isRange('done', 0, 3), done(span(0, 3, 4), 3))
        .history(),
    expect: overlap(0, 3),
  },
  {
    title: 'the same offsets of two partitions are no overlap',
    history: () =>
      healthy()
        .atEnd(intent(span(1, 5, 5), 0), done(span(1, 5, 5), 0))
        .history(),
    expect: [],
  },
  {
    title: 'after a restore the range is opened again, cut otherwise',
    history: () =>
      healthy()
        .atEnd(
          restored(backup() - 1),
          intent(span(0, 3, 4), 2),
          done(span(0, 3, 4), 2),
          intent(span(0, 5, 5), 1),
        )
        .history(),
    expect: [],
  },
  {
    title: 'after a restore the range that the backup knows as open is cut otherwise',
    history: () =>
      healthy()
        .atEnd(restored(backup()), intent(span(0, 3, 4), 2))
        .history(),
    expect: overlap(0, 3),
  },
  {
    title: 'after a restore the next range begins where the old line was',
    history: () =>
      healthy()
        .atEnd(restored(backup() - 1), intent(span(0, 6, 6), 0))
        .history(),
    expect: gap(0, 3),
  },
  {
    title: 'a gap of the old line is not told again',
    history: () =>
      second(4, 5)
        .atEnd(restored(second(4, 5).facts.length))
        .history(),
    expect: gap(0, 3),
  },
];
