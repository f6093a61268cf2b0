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
import { type Held, homeOf, newHeld, type PartitionFacts, type RowFact } from './row-fact.ts';
import { type HeldRows, type RowFacts, rowFacts } from './row-facts.ts';

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

type Heads = ReadonlyMap<PartitionFacts, number>;

interface LakeHeld extends Held {
  alteredCopies: number;
}

const nowhere = Number.NEGATIVE_INFINITY;
const noHeads: Heads = new Map();
const newLakeHeld = (): LakeHeld => ({ ...newHeld(), alteredCopies: 0 });

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
function batchSpans({ events }: History): ReadonlyMap<string, readonly OffsetSpan[]> {
  const spans = new Map<string, readonly OffsetSpan[]>();
  for (const event of events) {
    switch (event.type) {
      case 'batch':
        spans.set(event.batch, event.spans);
    }
  }
  return spans;
}

class TableFold implements TableRows {
  readonly table: string;
  readonly held: LakeHeld[] = [];
  readonly versions: VersionRows[] = [];
  readonly #rows: RowFacts;
  readonly #spans: ReadonlyMap<string, readonly OffsetSpan[]>;
  readonly #hasLedger: boolean;
  readonly #headsOf = new Map<LakeVersion | null, Heads>();
  #heads: Heads = noHeads;
  #partitions: ReadonlyMap<PartitionFacts, PartitionRows> = new Map();

  constructor(
    table: string,
    rows: RowFacts,
    spans: ReadonlyMap<string, readonly OffsetSpan[]>,
    hasLedger: boolean,
  ) {
    this.table = table;
    this.#rows = rows;
    this.#spans = spans;
    this.#hasLedger = hasLedger;
  }

  add({ deltas, version, why }: LakeChange): void {
    const touched = new Set<PartitionFacts>();
    if (why === 'restored') this.#heads = this.#headsOf.get(version) ?? noHeads;
    this.#claim(version, touched);
    for (const { rows, times } of deltas) {
      for (const row of rows) touched.add(this.#count(row, times));
    }
    const partitions = new Map(this.#partitions);
    const changed: PartitionRows[] = [];
    for (const partition of touched) {
      const found = this.#look(partition, why !== 'restored');
      partitions.set(partition, found);
      changed.push(found);
    }
    this.#partitions = partitions;
    if (why === 'swing' && version !== null) this.versions.push({ version, partitions, changed });
  }

  /** The heads of a version are those before it, moved by its batch. */
  #claim(version: LakeVersion | null, touched: Set<PartitionFacts>): void {
    const heads = new Map(this.#heads);
    for (const span of this.#spans.get(version?.swing.snapshot?.batch ?? '') ?? []) {
      const partition = this.#rows.partition(span);
      heads.set(partition, Math.max(heads.get(partition) ?? nowhere, span.offsetLast + 1));
      touched.add(partition);
    }
    this.#heads = heads;
    this.#headsOf.set(version, heads);
  }

  #held(fact: RowFact): LakeHeld {
    this.held[fact.index] ??= newLakeHeld();
    return this.held[fact.index] ?? newLakeHeld();
  }

  #count(row: Row, times: number): PartitionFacts {
    const fact = this.#rows.fact(row);
    const partition = this.#rows.partition(row);
    const held = this.#held(fact);
    held.copies += times;
    held.copiesMax = Math.max(held.copiesMax, held.copies);
    const isAltered = row.content !== (fact.record?.content ?? row.content);
    if (isAltered && homeOf(fact) === 'bronze') {
      held.altered ??= row;
      held.alteredCopies += times;
    }
    if (times > 0) held.unexplained ??= this.#unexplained(fact, this.#heads.get(partition) ?? 0);
    return partition;
  }

  #unexplained(fact: RowFact, head: number): string | null {
    if (fact.rank === 0) return 'the log has no such committed trade';
    if (!this.#hasLedger || fact.offset < head) return null;
    return `it lies behind the table's head ${head}`;
  }

  /** Looks at a whole partition, and remembers what the table claims and does not hold. */
  #look(partition: PartitionFacts, isJudged: boolean): PartitionRows {
    const head = this.#heads.get(partition) ?? nowhere;
    let [rows, distinct, expected, greatest] = [0, 0, 0, nowhere];
    for (const fact of partition.byOffset.values()) {
      const held = this.held[fact.index];
      const copies = held?.copies ?? 0;
      if (copies > 0) {
        rows += copies;
        if (fact.rank > 0 && held?.alteredCopies === 0) distinct += 1;
        if (fact.offset > greatest) {
          greatest = fact.offset;
          expected = fact.rank;
        }
      } else if (isJudged && fact.offset < head) this.#held(fact).wasLost = true;
    }
    return { partition, rows, distinct, greatest, expected };
  }
}
