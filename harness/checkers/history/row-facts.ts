/**
 * What the log holds and what happened to each of its records in the hot store, folded once.
 *
 * Facts are kept for the whole run and not only for its end: how many copies of a record were there
 * at most, whether it was gone while a range claimed it, whether it came when nobody had announced
 * it. A record is expected when a reader of committed records may see it, unless the log lost it
 * before any layer had it; and then too, if retention took it and the head passed it all the same,
 * for what was never read must stop the head. The lake's side is in `lake-rows.ts`.
 */
import type {
  History,
  HistoryConfiguration,
  HistoryEvent,
  HotLayer,
  Identity,
  LoggedRecord,
  OffsetSpan,
  Row,
} from './history.ts';
import { perHistory } from './per-history.ts';
import {
  contains,
  type Held,
  type HeldRows,
  heldOf,
  homeOf,
  type PartitionFacts,
  type RowFact,
} from './row-fact.ts';
import { type PartitionKey, PerPartition } from './row-partitions.ts';

export interface RowFacts {
  readonly facts: readonly RowFact[];
  readonly bronze: HeldRows;
  readonly deadLetters: HeldRows;
  /** Everything has to be everywhere: a drain was promised, and the run came to its end. */
  readonly isDrained: boolean;
  /** The record with this identity; made, without a record, when the log has none. */
  fact(identity: Identity): RowFact;
  partition(key: PartitionKey): PartitionFacts;
}

export const rowFacts = perHistory((history: History): RowFacts => {
  const fold = new RowFold(history.configuration);
  for (const event of history.events) fold.add(event);
  fold.end();
  return fold;
});

type Removed = Extract<HistoryEvent, { type: 'removed' }>;
type Outcome = 'committed' | 'aborted' | 'undecided' | 'no record';

class RowFold implements RowFacts {
  readonly facts: RowFact[] = [];
  readonly bronze: HeldRows = [];
  readonly deadLetters: HeldRows = [];
  isDrained = false;
  readonly #configuration: HistoryConfiguration;
  readonly #outcomes = new Map<string, 'committed' | 'aborted'>();
  /** Taken by retention before any layer had them. */
  readonly #takenUnread = new Set<RowFact>();
  #partitionsMade = 0;
  readonly #partitions = new PerPartition<PartitionFacts>(({ topicId, partition }) => ({
    index: this.#partitionsMade++,
    topicId,
    partition,
    byOffset: new Map(),
    inOrder: [],
    announced: [],
    head: Number.NEGATIVE_INFINITY,
    unclosed: [],
  }));

  constructor(configuration: HistoryConfiguration) {
    this.#configuration = configuration;
  }

  add(event: HistoryEvent): void {
    switch (event.type) {
      case 'append':
        this.#append(event.record, event.transaction);
        break;
      case 'transaction':
        this.#outcomes.set(event.transaction, event.outcome);
        break;
      case 'removed':
        this.#removed(event);
        break;
      case 'rows-added':
        this.#added(event.layer, event.rows);
        break;
      case 'rows-removed':
        this.#gone(event.layer, event.rows);
        break;
      case 'range':
        this.#range(event.state, event.span);
        break;
      case 'head':
        this.#head(event);
        break;
      case 'drained':
        this.isDrained = this.#configuration.expectDrained;
    }
  }

  end(): void {
    for (const partition of this.#partitions.values()) {
      this.#claim(partition);
      const facts = [...partition.byOffset.values()].sort((a, b) => a.offset - b.offset);
      const undecided = facts.find((fact) => fact.isKept && this.#outcome(fact) === 'undecided');
      const stable = undecided?.offset ?? Number.POSITIVE_INFINITY;
      let rank = 0;
      for (const fact of facts) {
        fact.isStable = fact.offset < stable;
        if (!fact.isKept || this.#outcome(fact) !== 'committed') continue;
        fact.home = homeOf(fact);
        if (fact.home !== 'bronze') continue;
        rank += 1;
        fact.rank = rank;
      }
      partition.inOrder = facts;
    }
  }

  partition(key: PartitionKey): PartitionFacts {
    return this.#partitions.of(key);
  }

  fact(identity: Identity): RowFact {
    const place = this.#partitions.of(identity);
    return place.byOffset.get(identity.offset) ?? this.#made(place, identity.offset);
  }

  #made(place: PartitionFacts, offset: number): RowFact {
    const fact: RowFact = {
      topicId: place.topicId,
      partition: place.partition,
      offset,
      index: this.facts.length,
      place,
      record: null,
      transaction: null,
      isKept: false,
      isClosed: false,
      home: null,
      isStable: false,
      rank: 0,
    };
    this.facts.push(fact);
    place.byOffset.set(offset, fact);
    place.unclosed.push(fact);
    return fact;
  }

  /** After the log lost the record that was there, another may take its place. */
  #append(record: LoggedRecord, transaction: string | null): void {
    const fact = this.fact(record);
    const before = fact.record;
    fact.record = record;
    fact.transaction = transaction;
    fact.isKept = true;
    const isOther = (before?.content ?? record.content) !== record.content;
    if (isOther && this.#copies(fact) > 0) this.#held(homeOf(fact), fact).altered ??= before;
  }

  #outcome({ record, transaction }: RowFact): Outcome {
    if (record === null) return 'no record';
    return transaction === null ? 'committed' : (this.#outcomes.get(transaction) ?? 'undecided');
  }

  #layer(layer: HotLayer): HeldRows {
    return layer === 'bronze' ? this.bronze : this.deadLetters;
  }

  #held(layer: HotLayer, fact: RowFact): Held {
    return heldOf(this.#layer(layer), fact);
  }

  /** Where the record belongs. */
  #copies(fact: RowFact): number {
    return this.#layer(homeOf(fact))[fact.index]?.copies ?? 0;
  }

  #removed({ span, offsets, why }: Removed): void {
    const gone = offsets === null ? null : new Set(offsets);
    for (const fact of this.#partitions.of(span).byOffset.values()) {
      const isGone = contains(span, fact.offset) && (gone?.has(fact.offset) ?? true);
      if (!isGone || fact.isClosed || this.#copies(fact) > 0) continue;
      fact.isKept = false;
      if (why === 'retention') this.#takenUnread.add(fact);
    }
  }

  #added(layer: HotLayer, rows: readonly Row[]): void {
    for (const row of rows) {
      const fact = this.fact(row);
      const held = this.#held(layer, fact);
      held.copies += 1;
      held.copiesMax = Math.max(held.copiesMax, held.copies);
      held.unexplained ??= this.#unexplained(layer, fact);
      if (homeOf(fact) !== layer) continue;
      fact.isKept = true;
      if (row.content !== (fact.record?.content ?? row.content)) held.altered ??= row;
    }
  }

  #gone(layer: HotLayer, rows: readonly Row[]): void {
    for (const row of rows) {
      const fact = this.fact(row);
      const held = this.#held(layer, fact);
      held.copies -= 1;
      if (held.copies === 0 && fact.isClosed) held.wasLost = true;
    }
  }

  #unexplained(layer: HotLayer, fact: RowFact): string | null {
    const outcome = this.#outcome(fact);
    if (outcome !== 'committed') return `the log says ${outcome}`;
    if (homeOf(fact) !== layer) return `it belongs into ${homeOf(fact)}`;
    const { head, announced } = fact.place;
    if (!this.#configuration.hasLedger || fact.offset < head) return null;
    const range = announced.findLast((span) => contains(span, fact.offset));
    return range === undefined ? `no range announced it, and the head is ${head}` : null;
  }

  #range(state: 'intent' | 'done', span: OffsetSpan): void {
    const partition = this.#partitions.of(span);
    if (state === 'intent') partition.announced.push(span);
    else this.#close(partition, span.offsetLast + 1);
  }

  #head(event: Extract<HistoryEvent, { type: 'head' }>): void {
    if (event.layer === 'bronze') this.#close(this.#partitions.of(event), event.offsetNext);
  }

  /** What was claimed once stays claimed, on whatever line of time. */
  #close(partition: PartitionFacts, head: number): void {
    if (head <= partition.head) return;
    partition.head = head;
    this.#claim(partition);
  }

  #claim(partition: PartitionFacts): void {
    const rest: RowFact[] = [];
    for (const fact of partition.unclosed) {
      if (fact.offset >= partition.head) {
        rest.push(fact);
        continue;
      }
      fact.isClosed = true;
      if (this.#takenUnread.has(fact)) fact.isKept = true;
      if (this.#copies(fact) === 0) this.#held(homeOf(fact), fact).wasLost = true;
    }
    partition.unclosed = rest;
  }
}
