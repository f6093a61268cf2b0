/**
 * A log as a list: the naive model that the simulated broker is held against.
 *
 * Every offset that was ever given out is an entry; what happened to it is written on it, and
 * nothing is ever taken out of the list. What a reader of committed records may see is then one
 * filter. It knows nothing of sequences: whoever uses it decides what is appended.
 */

export interface ModelTransaction {
  state: 'open' | 'committed' | 'aborted';
  readonly partitions: Set<ModelPartition>;
}

export interface ModelEntry {
  readonly offset: number;
  /** Null: a marker. */
  readonly key: string | null;
  readonly transaction: ModelTransaction | null;
  gone: boolean;
}

export class ModelPartition {
  readonly entries: ModelEntry[] = [];
  start = 0;

  get end(): number {
    return this.entries.length;
  }

  get lastStable(): number {
    const open = this.entries.find(({ transaction }) => transaction?.state === 'open');
    return Math.max(this.start, open?.offset ?? this.end);
  }

  append(key: string | null, transaction: ModelTransaction | null): void {
    this.entries.push({ offset: this.end, key, transaction, gone: false });
    transaction?.partitions.add(this);
  }

  /** What a reader of `first` up to `last` gets, both ends included. */
  visible(first: number, last: number): ModelEntry[] {
    const end = Math.min(this.lastStable, last + 1);
    return this.entries.filter(
      ({ offset, key, transaction, gone }) =>
        offset >= Math.max(first, this.start) &&
        offset < end &&
        key !== null &&
        !gone &&
        (transaction === null || transaction.state === 'committed'),
    );
  }

  retain(from: number): void {
    this.start = Math.max(this.start, Math.min(from, this.end));
  }

  /** Compaction: of the records that are stable, those for which it holds. */
  remove(gone: (entry: ModelEntry) => boolean): void {
    const stable = this.lastStable;
    for (const entry of this.entries) {
      const there = entry.offset >= this.start && entry.key !== null && !entry.gone;
      if (there && entry.offset < stable && gone(entry)) entry.gone = true;
    }
  }

  /** Stable records that are still there, in order. */
  stable(): ModelEntry[] {
    const stable = this.lastStable;
    return this.entries.filter(
      ({ offset, key, gone }) => key !== null && !gone && offset >= this.start && offset < stable,
    );
  }
}

export function endTransaction(
  transaction: ModelTransaction,
  state: 'committed' | 'aborted',
): void {
  transaction.state = state;
  for (const partition of transaction.partitions) partition.append(null, null);
}
