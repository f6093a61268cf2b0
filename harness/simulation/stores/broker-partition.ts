/**
 * One partition of the simulated broker: its records by offset, and what a reader may see of them.
 *
 * Offsets only grow and belong to one record for ever. Markers take offsets too, and what retention
 * or compaction removed leaves holes. A reader sees committed records up to the last stable offset:
 * the first record of the oldest transaction that is still open, or the end. The partition knows
 * nothing of names, clients or time; `BrokerMachine` does.
 */
import type { LoggedRecord, OffsetSpan } from '../../checkers/history/history.ts';
import type { BrokerGuards } from './broker-guards.ts';
import { BrokerRefusal } from './broker-refusal.ts';
import { BrokerSequences } from './broker-sequences.ts';

export interface StoredRecord extends LoggedRecord {
  readonly value: Uint8Array | null;
}

/** The part of a transaction that lies in one partition. */
interface TransactionPart {
  readonly offsetFirst: number;
  state: 'open' | 'committed' | 'aborted';
}

interface LogEntry {
  readonly offset: number;
  /** Null: a marker. */
  readonly record: StoredRecord | null;
  readonly part: TransactionPart | null;
}

export interface Fetched {
  readonly records: readonly StoredRecord[];
  /** First offset that was not looked at: what lies before it is in `records` or a hole. */
  readonly offsetNext: number;
  readonly lastStable: number;
}

export class BrokerPartition {
  readonly sequences: BrokerSequences;
  readonly #guards: BrokerGuards;
  readonly #key: { readonly topicId: string; readonly partition: number };
  readonly #open = new Map<number, TransactionPart>();
  #entries: LogEntry[] = [];
  #start = 0;
  #end = 0;
  /** Until then requests are told that the leader is another one. */
  leaderAtMs = 0;

  constructor(topicId: string, partition: number, guards: BrokerGuards) {
    this.#key = { topicId, partition };
    this.#guards = guards;
    this.sequences = new BrokerSequences(guards);
  }

  get earliest(): number {
    return this.#start;
  }

  /** Offset of the next record. */
  get end(): number {
    return this.#end;
  }

  get lastStable(): number {
    let stable = this.#end;
    for (const { offsetFirst } of this.#open.values()) stable = Math.min(stable, offsetFirst);
    return Math.max(stable, this.#start);
  }

  /** Appends at the end; `producerId` when it belongs to the open transaction of that producer. */
  append(
    record: Omit<StoredRecord, 'topicId' | 'partition' | 'offset'>,
    producerId: number | null,
  ) {
    const offset = this.#end++;
    const stored: StoredRecord = {
      ...this.#key,
      offset,
      key: record.key,
      content: record.content,
      isTrade: record.isTrade,
      source: record.source,
      value: record.value,
    };
    this.#entries.push({ offset, record: stored, part: this.#part(producerId, offset) });
    return stored;
  }

  /** Decides the open transaction of a producer and writes its marker. */
  endTransaction(producerId: number, state: 'committed' | 'aborted'): void {
    const part = this.#open.get(producerId);
    if (part !== undefined) part.state = state;
    this.#open.delete(producerId);
    if (!this.#guards.controlRecordsTakeOffsets) return;
    this.#entries.push({ offset: this.#end++, record: null, part: null });
  }

  /** Committed records from `position` on, before `offsetEnd`. */
  fetch(position: number, recordsMax: number, offsetEnd: number): Fetched {
    const told = position >= this.#start || !this.#guards.deletionTold;
    if (!told || position > this.#end) {
      throw new BrokerRefusal('OFFSET_OUT_OF_RANGE', `fetch at ${position}`);
    }
    const lastStable = this.lastStable;
    const bound = Math.min(this.#guards.undecidedHidden ? lastStable : this.#end, offsetEnd);
    const records: StoredRecord[] = [];
    for (let i = this.#indexOf(position); i < this.#entries.length; i++) {
      const entry = this.#entries[i]!;
      if (entry.offset >= bound) break;
      if (entry.record === null || !this.#visible(entry.part)) continue;
      if (records.length >= recordsMax) {
        return { records: this.#given(records), offsetNext: entry.offset, lastStable };
      }
      records.push(entry.record);
    }
    return { records: this.#given(records), offsetNext: Math.max(position, bound), lastStable };
  }

  /** Retention: forgets everything below an offset. The span that was in the log, or null. */
  deleteBelow(offset: number): OffsetSpan | null {
    const start = Math.min(offset, this.#end);
    if (start <= this.#start) return null;
    const span = { ...this.#key, offsetFirst: this.#start, offsetLast: start - 1 };
    this.#entries = this.#entries.slice(this.#indexOf(start));
    this.#start = start;
    return span;
  }

  /**
   * Compaction: takes out records below the last stable offset. The offsets that it took, in order.
   */
  remove(gone: (record: StoredRecord) => boolean): number[] {
    const stable = this.lastStable;
    const removed: number[] = [];
    this.#entries = this.#entries.filter(({ offset, record }) => {
      if (offset >= stable || record === null || !gone(record)) return true;
      removed.push(offset);
      return false;
    });
    return removed;
  }

  /** Records that compaction may look at, in order. */
  stableRecords(): StoredRecord[] {
    const stable = this.lastStable;
    return this.#entries.flatMap(({ offset, record }) =>
      record !== null && offset < stable ? [record] : [],
    );
  }

  /** Cuts offsets off the end, as an unclean election does. The span that is gone, or null. */
  cutTail(count: number): OffsetSpan | null {
    const end = Math.max(this.#start, this.#end - count);
    if (end === this.#end) return null;
    const span = { ...this.#key, offsetFirst: end, offsetLast: this.#end - 1 };
    this.#entries = this.#entries.slice(0, this.#indexOf(end));
    for (const [producerId, { offsetFirst }] of this.#open) {
      if (offsetFirst >= end) this.#open.delete(producerId);
    }
    this.#end = end;
    return span;
  }

  #part(producerId: number | null, offset: number): TransactionPart | null {
    if (producerId === null) return null;
    const open = this.#open.get(producerId);
    if (open !== undefined) return open;
    const part: TransactionPart = { offsetFirst: offset, state: 'open' };
    this.#open.set(producerId, part);
    return part;
  }

  #visible(part: TransactionPart | null): boolean {
    if (part === null || part.state === 'committed') return true;
    return part.state === 'open' ? !this.#guards.undecidedHidden : !this.#guards.abortedHidden;
  }

  #given(records: StoredRecord[]): StoredRecord[] {
    if (this.#guards.fetchComplete || records.length < 2) return records;
    return records.filter((_, i) => i !== 1);
  }

  /** Index of the first entry at or after an offset. */
  #indexOf(offset: number): number {
    let low = 0;
    for (let high = this.#entries.length; low < high; ) {
      const middle = (low + high) >>> 1;
      if (this.#entries[middle]!.offset < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
