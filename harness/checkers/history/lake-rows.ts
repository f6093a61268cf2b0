/**
 * What each table of the lake held of every record, and what every version of it held of every
 * partition, folded once.
 *
 * A version claims the records below its heads, and its heads follow from the batches that its
 * snapshots name. Nothing is judged at a restore: what a version gains or loses by it is what the
 * backup had.
 */
import type { History, OffsetSpan, Row } from './history.ts';
import { type LakeChange, type LakeVersion, lakeFacts } from './lake-facts.ts';
import { perHistory } from './per-history.ts';
import {
  type Held,
  type HeldRows,
  heldOf,
  homeOf,
  type PartitionFacts,
  type RowFact,
} from './row-fact.ts';
import { type RowFacts, rowFacts } from './row-facts.ts';

/** What a version holds of a partition. */
export interface PartitionRows {
  readonly partition: PartitionFacts;
  /** Copies counted. */
  readonly rows: number;
  /** Expected trades that are there, with the log's content. */
  readonly distinct: number;
  /** The greatest offset; below all without rows. */
  readonly greatest: number;
  /** Expected trades up to it. */
  readonly expected: number;
}

export interface VersionRows {
  readonly version: LakeVersion;
  readonly partitions: ReadonlyMap<PartitionFacts, PartitionRows>;
  /** Those in which something came or went with this version. */
  readonly changed: readonly PartitionRows[];
}

export interface TableRows {
  readonly table: string;
  readonly held: HeldRows;
  readonly versions: readonly VersionRows[];
}

type Spans = ReadonlyMap<string, readonly OffsetSpan[]>;
type Heads = ReadonlyMap<PartitionFacts, number>;

const nowhere = Number.NEGATIVE_INFINITY;

export const lakeRows = perHistory((history: History): readonly TableRows[] => {
  const rows = rowFacts(history);
  const spans = batchSpans(history);
  const tables = new Map<string, TableFold>();
  for (const change of lakeFacts(history).changes) {
    const table =
      tables.get(change.table) ??
      new TableFold(change.table, rows, spans, history.configuration.hasLedger);
    tables.set(change.table, table);
    table.add(change);
  }
  return [...tables.values()];
});

/** Of every append, as it was last told. */
function batchSpans({ events }: History): Spans {
  const spans = new Map<string, readonly OffsetSpan[]>();
  for (const event of events) {
    switch (event.type) {
      case 'batch':
        spans.set(event.batch, event.spans);
    }
  }
  return spans;
}

/** A partition as the table holds it now. */
interface Tally {
  readonly place: PartitionFacts;
  rows: number;
  distinct: number;
  /** The record with the greatest offset. */
  top: RowFact | null;
  head: number;
  /** How many records of the partition, in order, lie below the head. */
  claimed: number;
}

const newTally = (place: PartitionFacts): Tally => ({
  ...{ place, rows: 0, distinct: 0, top: null, head: nowhere, claimed: 0 },
});

/** It is there, it should be, and every copy says what the log says. */
const isRight = ({ rank }: RowFact, { copies, alteredCopies }: Held): boolean =>
  rank > 0 && copies > 0 && alteredCopies === 0;

class TableFold implements TableRows {
  readonly table: string;
  readonly held: HeldRows = [];
  readonly versions: VersionRows[] = [];
  readonly #rows: RowFacts;
  readonly #spans: Spans;
  readonly #hasLedger: boolean;
  /** By the index of the partition. */
  readonly #tallies: Tally[] = [];
  readonly #headsOf = new Map<LakeVersion | null, Heads>();
  #partitions: ReadonlyMap<PartitionFacts, PartitionRows> = new Map();

  constructor(table: string, rows: RowFacts, spans: Spans, hasLedger: boolean) {
    this.table = table;
    this.#rows = rows;
    this.#spans = spans;
    this.#hasLedger = hasLedger;
  }

  add({ deltas, version, why }: LakeChange): void {
    const touched = new Set<Tally>();
    if (why === 'restored') this.#restore(version);
    else this.#move(version, touched);
    const gone: RowFact[] = [];
    for (const { rows, times } of deltas) {
      for (const row of rows) touched.add(this.#count(row, times, gone));
    }
    for (const tally of touched) this.#claim(tally);
    for (const fact of gone) this.#lose(fact, why);
    const partitions = new Map(this.#partitions);
    const changed: PartitionRows[] = [];
    for (const { place, rows, distinct, top } of touched) {
      const [greatest, expected] = [top?.offset ?? nowhere, top?.rank ?? 0];
      const held = { partition: place, rows, distinct, greatest, expected };
      partitions.set(place, held);
      changed.push(held);
    }
    this.#partitions = partitions;
    if (why === 'swing' && version !== null) this.versions.push({ version, partitions, changed });
  }

  #tally(place: PartitionFacts): Tally {
    const tally = this.#tallies[place.index] ?? newTally(place);
    this.#tallies[place.index] = tally;
    return tally;
  }

  /** Heads of a version are those before it, moved by its batch. */
  #move(version: LakeVersion | null, touched: Set<Tally>): void {
    for (const span of this.#spans.get(version?.swing.snapshot?.batch ?? '') ?? []) {
      const tally = this.#tally(this.#rows.partition(span));
      tally.head = Math.max(tally.head, span.offsetLast + 1);
      touched.add(tally);
    }
    const heads = new Map<PartitionFacts, number>();
    this.#tallies.forEach(({ place, head }) => {
      heads.set(place, head);
    });
    this.#headsOf.set(version, heads);
  }

  #restore(version: LakeVersion | null): void {
    const heads = this.#headsOf.get(version);
    this.#tallies.forEach((tally) => {
      tally.head = heads?.get(tally.place) ?? nowhere;
      tally.claimed = tally.place.inOrder.filter(({ offset }) => offset < tally.head).length;
    });
  }

  #count(row: Row, times: number, gone: RowFact[]): Tally {
    const fact = this.#rows.fact(row);
    const tally = this.#tally(fact.place);
    const held = heldOf(this.held, fact);
    if (isRight(fact, held)) tally.distinct -= 1;
    held.copies += times;
    held.copiesMax = Math.max(held.copiesMax, held.copies);
    tally.rows += times;
    if (row.content !== (fact.record?.content ?? row.content) && homeOf(fact) === 'bronze') {
      held.altered ??= row;
      held.alteredCopies += times;
    }
    if (isRight(fact, held)) tally.distinct += 1;
    if (held.copies === 0) gone.push(fact);
    else if (fact.offset > (tally.top?.offset ?? nowhere)) tally.top = fact;
    if (times > 0) held.unexplained ??= this.#unexplained(fact, tally);
    return tally;
  }

  #unexplained(fact: RowFact, { head }: Tally): string | null {
    if (fact.rank === 0) return 'the log has no such committed trade';
    if (!this.#hasLedger || fact.offset < head) return null;
    return `it lies behind the table's head ${head}`;
  }

  /** Looks at what lies between the head and where it was before. */
  #claim(tally: Tally): void {
    const { inOrder } = tally.place;
    while ((inOrder[tally.claimed]?.offset ?? Number.NaN) < tally.head) {
      const fact = inOrder[tally.claimed];
      if (fact !== undefined && this.#copies(fact) === 0) heldOf(this.held, fact).wasLost = true;
      tally.claimed += 1;
    }
  }

  #lose(fact: RowFact, why: LakeChange['why']): void {
    if (this.#copies(fact) > 0) return;
    const tally = this.#tally(fact.place);
    if (why !== 'restored' && fact.offset < tally.head) heldOf(this.held, fact).wasLost = true;
    tally.top = null;
    for (const other of fact.place.byOffset.values()) {
      const isHigher = other.offset > (tally.top?.offset ?? nowhere);
      if (isHigher && this.#copies(other) > 0) tally.top = other;
    }
  }

  #copies({ index }: RowFact): number {
    return this.held[index]?.copies ?? 0;
  }
}
