/**
 * G5: the ranges of a partition lie end to end from where the ledger begins, and no two of them
 * cover the same offset.
 *
 * A range that begins behind the end of those before it leaves a gap, even if one comes later that
 * fills it. Whoever takes over an open range, or closes it, names exactly its offsets; anything
 * else that touches it is a second range.
 */
import type { HistoryChecker } from './checker.ts';
import { type Emit, Findings, nameOf } from './finding.ts';
import type { HistoryEvent, OffsetSpan } from './history.ts';
import { foldLines, reading } from './ledger-lines.ts';
import { PerPartition } from './row-partitions.ts';

type RangeEvent = Extract<HistoryEvent, { type: 'range' }>;

interface LedgerPartition {
  readonly ranges: Array<{ readonly span: OffsetSpan; state: 'intent' | 'done' }>;
  /** Where the next range has to begin; null before anything is known. */
  next: number | null;
}

export const ledgerRanges: HistoryChecker = {
  name: 'ledger-ranges',
  guarantee: 'G5',
  title: 'Ranges lie end to end and do not overlap',
  codes: ['range-gap', 'overlapping-ranges'],
  applies: ({ configuration }) => configuration.hasLedger,
  check(history) {
    const findings = new Findings();
    let looked = 0;
    foldLines(
      history,
      {
        reads: reading('range', 'head'),
        fresh: () => new PerPartition<LedgerPartition>(() => ({ ranges: [], next: null })),
        database(partitions, event, emit) {
          switch (event.type) {
            case 'head':
              if (event.layer === 'bronze') partitions.of(event).next ??= event.offsetNext;
              break;
            case 'range':
              add(partitions.of(event.span), event, emit);
          }
        },
        elsewhere(_partitions, event) {
          if (event.type === 'range') looked += 1;
        },
      },
      findings.add,
    );
    return { findings: findings.list, looked };
  },
};

const overlaps = (a: OffsetSpan, b: OffsetSpan): boolean =>
  a.offsetFirst <= b.offsetLast && a.offsetLast >= b.offsetFirst;

function add(partition: LedgerPartition, { span, state }: RangeEvent, emit: Emit): void {
  const { ranges } = partition;
  const next = partition.next ?? span.offsetFirst;
  const isNew = span.offsetFirst >= next;
  const touched = isNew ? undefined : ranges.findLast((other) => overlaps(other.span, span));
  const isSame =
    touched?.span.offsetFirst === span.offsetFirst && touched?.span.offsetLast === span.offsetLast;
  if (touched?.state === 'intent' && isSame) {
    touched.state = state;
    return;
  }
  ranges.push({ span, state });
  partition.next = Math.max(next, span.offsetLast + 1);
  const { topicId } = span;
  const name = `${nameOf(span)}:${span.offsetFirst}-${span.offsetLast}`;
  const actual = [{ range: name, state }];
  if (touched !== undefined) {
    const identity = { topicId, partition: span.partition, offset: span.offsetFirst };
    const message = `${name} covers offsets that another range covers already`;
    emit({ code: 'overlapping-ranges', layer: 'ledger', message, identity, actual });
  } else if (span.offsetFirst > next) {
    const identity = { topicId, partition: span.partition, offset: next };
    const message = `no range covers the offsets from ${next} on, up to ${name}`;
    emit({ code: 'range-gap', layer: 'ledger', message, identity, actual });
  }
}
