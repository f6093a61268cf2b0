/**
 * What the checkers of the log need of a history, folded once: sends with their answers, places,
 * polls in the order of each reader, and how transactions ended.
 *
 * Producers name no topic id; a record that they were told of is taken to be in the topic where
 * its key stands, or else in the topic that was last named.
 */
import type { History, HistoryEvent, OffsetSpan } from './history.ts';
import {
  type Key,
  type LogEntry,
  PartitionPlaces,
  type Send,
  type Transaction,
} from './log-places.ts';
import { perHistory } from './per-history.ts';
import { type PartitionKey, PerPartition } from './row-partitions.ts';

export type PollEvent = Extract<HistoryEvent, { type: 'poll' }>;

export interface Poll {
  readonly event: PollEvent;
  /** The span and whatever was given outside of it. */
  readonly span: OffsetSpan;
  /** What the same reader was given before, in the same partition. */
  readonly previous: Poll | null;
}

export interface LogFacts {
  /** Everything that was appended, in order. */
  readonly entries: readonly LogEntry[];
  /** In the order of their beginning. */
  readonly sends: readonly Send[];
  readonly polls: readonly Poll[];
  readonly partitions: readonly PartitionPlaces[];
  readonly keys: ReadonlyMap<string, Key>;
  readonly transactions: ReadonlyMap<string, Transaction>;
  partition(key: PartitionKey): PartitionPlaces;
}

export const logFacts = perHistory((history: History): LogFacts => {
  const fold = new LogFold();
  for (const event of history.events) fold.add(event);
  return fold;
});

class LogFold implements LogFacts {
  readonly entries: LogEntry[] = [];
  readonly sends: Send[] = [];
  readonly polls: Poll[] = [];
  readonly keys = new Map<string, Key>();
  readonly transactions = new Map<string, Transaction>();
  readonly #partitions = new PerPartition<PartitionPlaces>((key) => new PartitionPlaces(key));
  readonly #sendsByNumber = new Map<number, Send>();
  readonly #generations = new Map<string, number>();
  /** Acknowledgements of a process in a partition, with the greatest offset up to each. */
  readonly #told = new Map<string, Array<{ readonly seq: number; readonly offsetMax: number }>>();
  /** Last poll of each reader, by process. */
  readonly #readers = new Map<string, Map<string, Poll>>();
  #topicId = '';

  add(event: HistoryEvent): void {
    switch (event.type) {
      case 'topic':
        this.#topicId = event.topicId;
        break;
      case 'send':
        this.#send(event);
        break;
      case 'send-end':
        this.#sendEnd(event);
        break;
      case 'transaction':
        this.#transactionEnd(event);
        break;
      case 'append':
        this.#append(event);
        break;
      case 'removed':
        this.#removed(event);
        break;
      case 'poll':
        this.#poll(event);
        break;
      case 'process':
        // A new life of a process has readers of its own, which may begin anywhere.
        if (event.state === 'started') this.#readers.delete(event.process);
        break;
    }
  }

  get partitions(): readonly PartitionPlaces[] {
    return this.#partitions.values();
  }

  partition(key: PartitionKey): PartitionPlaces {
    return this.#partitions.of(key);
  }

  #key(key: string): Key {
    const acknowledgedSeq = Number.POSITIVE_INFINITY;
    const known = this.keys.get(key) ?? { key, sends: [], entries: [], acknowledgedSeq };
    this.keys.set(key, known);
    return known;
  }

  #transaction(name: string): Transaction {
    const decidedSeq = Number.POSITIVE_INFINITY;
    const made: Transaction = { name, outcome: 'undecided', decidedSeq };
    const transaction = this.transactions.get(name) ?? made;
    this.transactions.set(name, transaction);
    return transaction;
  }

  #send(event: Send['event']): void {
    const send: Send = {
      event,
      transaction: event.transaction === null ? null : this.#transaction(event.transaction),
      outcome: 'open',
      endSeq: Number.POSITIVE_INFINITY,
      offsets: [],
      topicId: this.#topicId,
      floor: Number.NEGATIVE_INFINITY,
      generation: this.#generations.get(event.process) ?? 0,
    };
    this.sends.push(send);
    this.#sendsByNumber.set(event.send, send);
    for (const key of event.keys) this.#key(key).sends.push(send);
  }

  #sendEnd(event: Extract<HistoryEvent, { type: 'send-end' }>): void {
    const send = this.#sendsByNumber.get(event.send);
    if (send === undefined) return;
    send.outcome = event.outcome;
    send.endSeq = event.seq;
    send.offsets = event.offsets;
    const { keys, partition, process } = send.event;
    if (event.outcome !== 'acknowledged') {
      this.#generations.set(process, event.seq);
      return;
    }
    const first = this.keys.get(keys[0] ?? '')?.entries.at(-1);
    send.topicId = first?.record.topicId ?? this.#topicId;
    const places = this.partition({ topicId: send.topicId, partition });
    keys.forEach((key, i) => {
      const offset = event.offsets[i];
      if (offset !== undefined) places.at(offset).acknowledged.push(key);
      const known = this.#key(key);
      known.acknowledgedSeq = Math.min(known.acknowledgedSeq, event.seq);
    });
    this.#tell(send);
  }

  /** What the process now knows of the partition, for the sends that it begins later. */
  #tell(send: Send): void {
    const { process, partition, seq } = send.event;
    const name = `${process}\n${send.topicId}\n${partition}`;
    const told = this.#told.get(name) ?? [];
    this.#told.set(name, told);
    send.floor = told.findLast((one) => one.seq < seq)?.offsetMax ?? Number.NEGATIVE_INFINITY;
    const offsetMax = Math.max(...send.offsets, told.at(-1)?.offsetMax ?? send.floor);
    told.push({ seq: send.endSeq, offsetMax });
  }

  #transactionEnd(event: Extract<HistoryEvent, { type: 'transaction' }>): void {
    const transaction = this.#transaction(event.transaction);
    transaction.outcome = event.outcome;
    transaction.decidedSeq = event.seq;
  }

  #append({ record, transaction, seq }: Extract<HistoryEvent, { type: 'append' }>): void {
    const key = this.#key(record.key);
    const place = this.partition(record).at(record.offset);
    const entry: LogEntry = {
      record,
      key,
      place,
      transaction: transaction === null ? null : this.#transaction(transaction),
      appendedSeq: seq,
      removedSeq: Number.POSITIVE_INFINITY,
      removedWhy: null,
    };
    this.entries.push(entry);
    key.entries.push(entry);
    place.entries.push(entry);
  }

  #removed({ span, offsets, why, seq }: Extract<HistoryEvent, { type: 'removed' }>): void {
    const places = this.partition(span);
    if (offsets === null) places.remove(span, seq, why);
    for (const offset of offsets ?? []) places.removeAt(offset, seq, why);
  }

  #poll(event: PollEvent): void {
    const { process, reader, records, seq } = event;
    const { topicId, partition } = event.span;
    let { offsetFirst, offsetLast } = event.span;
    const places = this.partition(event.span);
    for (const { offset, key } of records) {
      places.at(offset).polled.push({ key, process, reader, seq });
      offsetFirst = Math.min(offsetFirst, offset);
      offsetLast = Math.max(offsetLast, offset);
    }
    const readers = this.#readers.get(process) ?? new Map<string, Poll>();
    this.#readers.set(process, readers);
    const name = `${reader}\n${topicId}\n${partition}`;
    const span = { topicId, partition, offsetFirst, offsetLast };
    const poll = { event, span, previous: readers.get(name) ?? null };
    readers.set(name, poll);
    this.polls.push(poll);
  }
}
