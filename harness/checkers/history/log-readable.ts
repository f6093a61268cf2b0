/** What a reader of committed records had to be given of a span, at a time. */
import { isCommitted, type LogEntry, type PartitionPlaces } from './log-places.ts';

/**
 * The records that were there, and that are committed or were so later. One that was undecided for
 * ever is not there yet.
 */
export function readableWithin(
  places: PartitionPlaces,
  offsetFirst: number,
  offsetLast: number,
  seq: number,
): readonly LogEntry[] {
  const found: LogEntry[] = [];
  for (const { entries } of places.within(offsetFirst, offsetLast)) {
    for (const entry of entries) {
      if (entry.appendedSeq < seq && entry.removedSeq > seq && isCommitted(entry))
        found.push(entry);
    }
  }
  return found;
}
