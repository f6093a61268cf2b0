/**
 * The log of a history by place: what was sent, appended, acknowledged and polled at each offset.
 *
 * A place can hold more than one record in the course of a run, because an unclean election cuts
 * the end off and offsets are given away again. This file keeps places and finds them; it judges
 * nothing.
 */
import type { HistoryEvent, LogEvent, LoggedRecord, OffsetSpan } from './history.ts';
import type { PartitionKey } from './row-partitions.ts';

export interface Send {
  readonly event: Extract<HistoryEvent, { type: 'send' }>;
  readonly transaction: Transaction | null;
  /** `open` while there is no answer. */
  outcome: 'acknowledged' | 'failed' | 'unknown' | 'open';
  endSeq: number;
  offsets: readonly number[];
  topicId: string;
  /** Greatest offset of this partition that the process knew when it sent; -Infinity for none. */
  floor: number;
  /** Changes when a send of the process is not acknowledged: then its client may begin anew. */
  readonly generation: number;
}

export interface Transaction {
  readonly name: string;
  /** As it stands at the end of the history. */
  outcome: 'committed' | 'aborted' | 'undecided';
  /** When it was decided; Infinity when it never was. */
  decidedSeq: number;
}

/** A record that the broker appended. */
export interface LogEntry {
  readonly record: LoggedRecord;
  readonly key: Key;
  readonly place: Place;
  readonly transaction: Transaction | null;
  readonly appendedSeq: number;
  /** Infinity while it is there. */
  removedSeq: number;
  removedWhy: Extract<LogEvent, { type: 'removed' }>['why'] | null;
}

/** A record as its producer knows it, with everything that happened to it. */
export interface Key {
  readonly key: string;
  readonly sends: Send[];
  readonly entries: LogEntry[];
  /** When a send of it was first acknowledged; Infinity when none was. */
  acknowledgedSeq: number;
}

/** Something that a reader was given at a place. */
export interface PolledRecord {
  readonly key: string;
  readonly process: string;
  readonly reader: number;
  readonly seq: number;
}

export interface Place {
  readonly topicId: string;
  readonly partition: number;
  readonly offset: number;
  readonly entries: LogEntry[];
  /** Keys that a producer was told to be here. */
  readonly acknowledged: string[];
  readonly polled: PolledRecord[];
}

/** True for records that readers of committed records are to see in the end. */
export function isCommitted({ transaction }: LogEntry): boolean {
  return (transaction?.outcome ?? 'committed') === 'committed';
}

/** When it was there for readers of committed records; Infinity when it never was. */
export function committedSeq(entry: LogEntry): number {
  const seq = entry.transaction?.decidedSeq ?? entry.appendedSeq;
  return isCommitted(entry) ? seq : Number.POSITIVE_INFINITY;
}

export function isCut({ removedWhy }: LogEntry): boolean {
  return removedWhy === 'unclean-leader';
}

export function isThere({ removedSeq }: LogEntry): boolean {
  return removedSeq === Number.POSITIVE_INFINITY;
}

export class PartitionPlaces {
  readonly topicId: string;
  readonly partition: number;
  readonly #byOffset = new Map<number, Place>();
  #sorted: readonly Place[] | null = null;

  constructor({ topicId, partition }: PartitionKey) {
    this.topicId = topicId;
    this.partition = partition;
  }

  /** The place of an offset, made when nothing was there before. */
  at(offset: number): Place {
    return this.#byOffset.get(offset) ?? this.#made(offset);
  }

  #made(offset: number): Place {
    const { topicId, partition } = this;
    const made = { topicId, partition, offset, entries: [], acknowledged: [], polled: [] };
    this.#byOffset.set(offset, made);
    this.#sorted = null;
    return made;
  }

  /** All places by offset. */
  all(): readonly Place[] {
    this.#sorted ??= [...this.#byOffset.values()].sort((a, b) => a.offset - b.offset);
    return this.#sorted;
  }

  /** Places with offsetFirst <= offset <= offsetLast, by offset. */
  *within(offsetFirst: number, offsetLast: number): Generator<Place> {
    const places = this.all();
    for (let i = indexOf(places, offsetFirst); i < places.length; i += 1) {
      const place = places[i]!;
      if (place.offset > offsetLast) return;
      yield place;
    }
  }

  /** Marks what is there in a span as gone. */
  remove({ offsetFirst, offsetLast }: OffsetSpan, seq: number, why: LogEntry['removedWhy']): void {
    for (const place of this.#byOffset.values()) {
      if (place.offset >= offsetFirst && place.offset <= offsetLast) takeOut(place, seq, why);
    }
  }

  removeAt(offset: number, seq: number, why: LogEntry['removedWhy']): void {
    takeOut(this.#byOffset.get(offset), seq, why);
  }
}

function takeOut(place: Place | undefined, seq: number, why: LogEntry['removedWhy']): void {
  for (const entry of place?.entries ?? []) {
    if (!isThere(entry)) continue;
    entry.removedSeq = seq;
    entry.removedWhy = why;
  }
}

/** Each halves what is left, so that this is enough for any list. */
const searchStepsMax = 64;

/** Index of the first place at or after an offset. */
function indexOf(places: readonly Place[], offset: number): number {
  let low = 0;
  let high = places.length;
  for (let step = 0; low < high && step < searchStepsMax; step += 1) {
    const middle = (low + high) >>> 1;
    if (places[middle]!.offset < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}
