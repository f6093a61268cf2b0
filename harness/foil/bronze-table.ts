/**
 * The foil's bronze as a reader sees it: a plain MergeTree, or one that merges rows of equal key.
 *
 * February's tables are plain, so a row inserted twice is there twice. The designed ones are
 * ReplacingMergeTree with an identity made of what a trade looks like (symbol, time, price), and
 * the normalized ids are made of less (symbol, time); `_version` is always 1, so of several rows
 * the one inserted last stays. ClickHouse collapses a block when it is inserted and merges parts
 * later; here both happen at the insert. The rows themselves are the hot store's.
 */
import type { Row } from '../checkers/history/history.ts';
import type { Observe } from '../simulation/remote.ts';
import type { HotStoreMachine } from '../simulation/stores/hot-store-machine.ts';
import type { StoredRow } from '../simulation/stores/row.ts';

/** What makes two rows one; null in a plain MergeTree. */
export type RowIdentity = 'symbol-ms' | 'symbol-ms-price' | null;

/** Exchange time of a row, milliseconds since 1970: the last field of its content. */
export function exchangeTimeMs({ content }: Row): number {
  return Number(content.slice(content.lastIndexOf('|') + 1));
}

function keyOf(row: Row, identity: Exclude<RowIdentity, null>): string {
  const [, symbol, , price, , timeMs] = row.content.split('|');
  return identity === 'symbol-ms' ? `${symbol} ${timeMs}` : `${symbol} ${timeMs} ${price}`;
}

export interface BronzeTableOptions {
  readonly hotStore: HotStoreMachine;
  readonly topicId: string;
  readonly partitions: number;
  readonly identity: RowIdentity;
  readonly observe: Observe;
}

export class BronzeTable {
  readonly #options: BronzeTableOptions;
  readonly #byKey = new Map<string, Row>();
  readonly #merged = new WeakSet<Row>();
  #latestMs: number | null = null;

  constructor(options: BronzeTableOptions) {
    this.#options = options;
  }

  /** Exchange time of the youngest row that was ever inserted; null while there is none. */
  get latestMs(): number | null {
    return this.#latestMs;
  }

  /** A block was inserted: of rows with equal keys only the last stays. */
  inserted(rows: readonly Row[]): void {
    for (const row of rows) {
      this.#latestMs = Math.max(this.#latestMs ?? 0, exchangeTimeMs(row));
    }
    const { identity, observe } = this.#options;
    if (identity === null) return;
    const gone: Row[] = [];
    for (const row of rows) {
      const key = keyOf(row, identity);
      const before = this.#byKey.get(key);
      if (before !== undefined) gone.push(before);
      this.#byKey.set(key, row);
    }
    if (gone.length === 0) return;
    for (const row of gone) this.#merged.add(row);
    const why = `merged with a row of the same ${identity}`;
    observe({ type: 'rows-removed', layer: 'bronze', rows: gone, why });
  }

  /** Rows with `fromMs < exchange time <= toMs`, duplicates included. */
  between(fromMs: number, toMs: number): readonly StoredRow[] {
    const { hotStore, topicId, partitions } = this.#options;
    const ranges = Array.from({ length: partitions }, (_, partition) => ({
      ...{ topicId, partition, offsetFirst: 0n, offsetLast: BigInt(Number.MAX_SAFE_INTEGER) },
    }));
    return hotStore.rowsOf(ranges).filter(({ row }) => {
      const timeMs = exchangeTimeMs(row);
      return timeMs > fromMs && timeMs <= toMs && !this.#merged.has(row);
    });
  }
}
