/**
 * The first sequence number of each batch, for an idempotent producer that counts batches.
 *
 * A broker drops a batch whose producer id and sequence it has seen, and refuses one that leaves a
 * gap, so the number must be the sum of all records before it under the same producer id, and the
 * same again when a batch is repeated. One batch a partition is on its way at a time, so only the
 * last one has to be remembered.
 */

interface LastBatch {
  readonly producer: string;
  readonly batch: number;
  readonly first: number;
  readonly records: number;
}

/** Sequence numbers go from 0 to 2^31 - 1 and begin again. */
const sequences = 2 ** 31;

export class SequenceBook {
  readonly #last = new Map<number, LastBatch>();

  /**
   * `batch` counts from 0 under each `producer` (id and epoch). Throws RangeError where the order
   * can't be right.
   */
  first(partition: number, producer: string, batch: number, records: number): number {
    const last = this.#last.get(partition);
    const known = last?.producer === producer ? last : undefined;
    if (known?.batch === batch && known.records === records) return known.first;
    if (batch !== (known === undefined ? 0 : known.batch + 1)) {
      throw new RangeError(
        `batch ${batch} of ${records} records in partition ${partition} can't follow ` +
          `${JSON.stringify(last ?? null)}`,
      );
    }
    const first = known === undefined ? 0 : (known.first + known.records) % sequences;
    this.#last.set(partition, { producer, batch, first, records });
    return first;
  }
}
