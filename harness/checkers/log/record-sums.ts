/**
 * What one pass over a partition adds up: the trades, the dead letters, and the sums that the
 * producer's journal knows.
 *
 * All three come from the same bytes in the same pass, so the log is read once however many
 * questions are asked. The offsets must rise; a reader that shows a record twice or goes back is
 * stopped here and never becomes evidence. The producer's hash is the one of harness/workload,
 * because the journal was written with it.
 */
import { hashValueInto, placeHashInto } from '../../workload/record-hash.ts';
import type { TradeDecoder } from '../decode/decode-trade.ts';
import { type BucketSum, BucketSums } from '../digest/bucket-sums.ts';
import { RowHasher } from '../digest/row-hash.ts';
import { Word64 } from '../digest/word64.ts';
import { LogReadError } from './log-error.ts';
import type { RecordVisitor } from './record-batch.ts';

const rowsPerReport = 65_536;

export interface PartitionSums {
  readonly partition: number;
  /** Start of the log and bound of the pass (the last stable offset at its start). */
  readonly offsetStart: number;
  readonly offsetEnd: number;
  readonly trades: readonly BucketSum[];
  readonly deadLetters: readonly BucketSum[];
  /** By the journal's hash over partition, offset and value; empty if it was not asked for. */
  readonly producer: readonly BucketSum[];
}

export class RecordSums implements RecordVisitor {
  readonly #report: (rows: number) => void;
  #unreported = 0;
  readonly #partition: number;
  readonly #decoder: TradeDecoder;
  readonly #hasher: RowHasher;
  readonly #trades = new BucketSums();
  readonly #deadLetters = new BucketSums();
  readonly #producer: BucketSums | null;
  readonly #producerHash = new Uint32Array(2);
  readonly #producerWord = new Word64();
  #offsetLast = -1;

  /** `report` gets the rows since its last call, now and then. */
  constructor(
    topicId: string,
    partition: number,
    decoder: TradeDecoder,
    producerSums: boolean,
    report: (rows: number) => void,
  ) {
    this.#report = report;
    this.#partition = partition;
    this.#decoder = decoder;
    this.#hasher = new RowHasher(topicId, partition);
    this.#producer = producerSums ? new BucketSums() : null;
  }

  record(offset: number, bytes: Uint8Array, start: number, end: number): void {
    if (offset <= this.#offsetLast) {
      const place = `offset ${offset} of partition ${this.#partition}`;
      const what = `${place} came after ${this.#offsetLast}`;
      throw new LogReadError('CORRUPT_BATCH', what, { retryable: false });
    }
    this.#offsetLast = offset;
    this.#unreported += 1;
    if (this.#unreported === rowsPerReport) this.#tell();
    const hasher = this.#hasher;
    if (start >= 0 && this.#decoder.decodeInto(bytes, start, end) === null) {
      hasher.hashTrade(offset, this.#decoder.fields);
      this.#trades.add(offset, hasher.hash);
    } else {
      hasher.hashDeadLetter(offset, bytes, start, end);
      this.#deadLetters.add(offset, hasher.hash);
    }
    if (this.#producer) this.#addProducer(this.#producer, offset, bytes, start, end);
  }

  result(offsetStart: number, offsetEnd: number): PartitionSums {
    this.#tell();
    return {
      partition: this.#partition,
      offsetStart,
      offsetEnd,
      trades: this.#trades.sums(),
      deadLetters: this.#deadLetters.sums(),
      producer: this.#producer?.sums() ?? [],
    };
  }

  #tell(): void {
    this.#report(this.#unreported);
    this.#unreported = 0;
  }

  #addProducer(
    sums: BucketSums,
    offset: number,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): void {
    const out = this.#producerHash;
    hashValueInto(start < 0 ? null : bytes.subarray(start, end), out, 0);
    placeHashInto(out[0]!, out[1]!, this.#partition, offset, out, 0);
    this.#producerWord.set(out[1]!, out[0]!);
    sums.add(offset, this.#producerWord);
  }
}
