/**
 * Tells which batches of one Fetch answer belong to transactions that were given up.
 *
 * Under read_committed a broker sends aborted records too and lists the transactions beside them;
 * leaving them out is the client's work. The list is ordered by first offset and complete for the
 * answer it came with, so one pass is enough: a producer is "aborting" from the first offset of a
 * listed transaction until its abort marker. A producer may abort several times within one answer,
 * and an answer may end before the marker; the library's own filter is wrong in both cases, which
 * is why this one exists. Make one per answer and ask about its batches in order.
 */
import type { AbortedTransaction } from './raw-fetch.ts';
import { isAbortMarker, type RecordBatch } from './record-batch.ts';

export class AbortedFilter {
  readonly #transactions: readonly AbortedTransaction[];
  readonly #aborting = new Set<bigint>();
  #next = 0;

  constructor(transactions: readonly AbortedTransaction[]) {
    this.#transactions = [...transactions].sort((a, b) =>
      a.offsetFirst < b.offsetFirst ? -1 : a.offsetFirst > b.offsetFirst ? 1 : 0,
    );
  }

  /** Whether the records of this batch count: not a marker, and not of an aborted transaction. */
  counts(batch: RecordBatch): boolean {
    for (; this.#next < this.#transactions.length; this.#next++) {
      const transaction = this.#transactions[this.#next]!;
      if (transaction.offsetFirst > batch.offsetLast) break;
      this.#aborting.add(transaction.producerId);
    }
    if (batch.control) {
      if (isAbortMarker(batch)) this.#aborting.delete(batch.producerId);
      return false;
    }
    return !(batch.transactional && this.#aborting.has(batch.producerId));
  }
}
