/**
 * One table of the simulated hot store: parts of rows by partition, and the deduplication log.
 *
 * A part is what one insert wrote and is never changed; nothing merges rows away, so a duplicate
 * stays visible, as in a plain MergeTree. The log remembers the tokens of the last inserts that
 * wrote something, a fixed number of them, and believes a token more than the rows that come with
 * it. It can forget a token whose part is there, and keep one whose part is gone: both have
 * happened to real tables.
 */
import type { OffsetRange } from '../../../src/pipeline/model/range.ts';
import type { RangeContent } from '../../../src/pipeline/ports/hot-store.ts';
import type { StoredRow } from './row.ts';
import { HashSum } from './row-hash.ts';

export interface Part {
  readonly token: string;
  readonly rows: readonly StoredRow[];
  readonly offsetFirst: number;
  readonly offsetLast: number;
}

export const partitionName = (topicId: string, partition: number) => `${topicId}/${partition}`;

function partOf(token: string, rows: readonly StoredRow[]): Part {
  let offsetFirst = Number.POSITIVE_INFINITY;
  let offsetLast = Number.NEGATIVE_INFINITY;
  for (const { row } of rows) {
    if (row.offset < offsetFirst) offsetFirst = row.offset;
    if (row.offset > offsetLast) offsetLast = row.offset;
  }
  return { token, rows, offsetFirst, offsetLast };
}

export class HotStoreTable {
  readonly #parts = new Map<string, Part[]>();
  /** In the order of the inserts. */
  readonly #log: { readonly key: string; readonly part: Part }[] = [];
  readonly #tokens = new Set<string>();
  readonly #windowRows: number;

  constructor(deduplicationWindow: number) {
    this.#windowRows = deduplicationWindow;
  }

  knows(token: string): boolean {
    return this.#tokens.has(token);
  }

  /** Appends one part; the log then knows the token, and forgets the oldest beyond its window. */
  append(key: string, token: string, rows: readonly StoredRow[], remember = true): void {
    const part = partOf(token, rows);
    const parts = this.#parts.get(key);
    if (parts === undefined) this.#parts.set(key, [part]);
    else parts.push(part);
    this.#log.push({ key, part });
    if (!remember || this.#windowRows === 0) return;
    this.#tokens.add(token);
    if (this.#tokens.size <= this.#windowRows) return;
    for (const oldest of this.#tokens) {
      this.#tokens.delete(oldest);
      return;
    }
  }

  /** The part that was appended last vanishes; null when there is none. */
  loseLast(forgetToken: boolean): Part | null {
    const last = this.#log.pop();
    if (last === undefined) return null;
    const parts = this.#parts.get(last.key)!;
    parts.splice(parts.indexOf(last.part), 1);
    if (forgetToken) this.#tokens.delete(last.part.token);
    return last.part;
  }

  forgetTokens(): void {
    this.#tokens.clear();
  }

  /** Every row of the range, duplicates included, in the order of the parts. */
  visit(range: OffsetRange, visitRow: (row: StoredRow) => void): void {
    const parts = this.#parts.get(partitionName(range.topicId, range.partition));
    if (parts === undefined) return;
    const first = Number(range.offsetFirst);
    const last = Number(range.offsetLast);
    for (const part of parts) {
      if (part.offsetLast < first || part.offsetFirst > last) continue;
      for (const row of part.rows) {
        if (row.row.offset >= first && row.row.offset <= last) visitRow(row);
      }
    }
  }

  offsets(range: OffsetRange): ReadonlySet<number> {
    const found = new Set<number>();
    this.visit(range, ({ row }) => found.add(row.offset));
    return found;
  }

  /** `exact` false counts each offset once, whatever is there: a planted bug. */
  content(range: OffsetRange, exact: boolean): RangeContent {
    const first = Number(range.offsetFirst);
    const distinct = new Set<number>();
    const sum = new HashSum();
    let offsetSum = 0;
    this.visit(range, ({ row, hash }) => {
      if (!exact && distinct.has(row.offset)) return;
      distinct.add(row.offset);
      sum.add(hash);
      offsetSum += row.offset - first;
    });
    const offsetsDistinct = BigInt(distinct.size);
    return { digest: sum.digest(), offsetsDistinct, offsetSum: BigInt(offsetSum) };
  }
}
