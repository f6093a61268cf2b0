/**
 * What read_committed shows of the batches in one answer: everything except control batches and
 * aborted transactions.
 *
 * The broker lists the aborted transactions that touch the answer, by producer and first offset. A
 * producer's transaction is open from that offset on until its abort marker comes by; its
 * transactional batches in between are hidden. Batches outside transactions always show, also from
 * the same producer.
 */
import type { AbortedTransaction } from './protocol.ts';
import { isAbortMarker, type RecordBatch } from './record-batch.ts';

export class CommittedFilter {
  readonly #coming: AbortedTransaction[];
  readonly #aborting = new Set<bigint>();

  constructor(aborted: readonly AbortedTransaction[]) {
    this.#coming = aborted.toSorted((a, b) => Number(a.offsetFirst - b.offsetFirst));
  }

  /** Call it once for each batch of the answer, in order. */
  shows(batch: RecordBatch): boolean {
    while (this.#coming.length > 0 && this.#coming[0]!.offsetFirst <= BigInt(batch.offsetLast)) {
      this.#aborting.add(this.#coming.shift()!.producerId);
    }
    if (batch.control) {
      if (isAbortMarker(batch)) this.#aborting.delete(batch.producerId);
      return false;
    }
    return !(batch.transactional && this.#aborting.has(batch.producerId));
  }
}
