/**
 * Makes blocks out of fetched batches.
 *
 * Batches and blocks are cut at different places, so the assembler keeps its place: the answer and
 * batch it is in, and the scanner inside the batch. Offsets without a record that counts (markers,
 * aborted records, what compaction took) move the position all the same, so every block starts
 * where the one before ended and holes are covered by exactly one block. When a block is full,
 * holes that follow in what is already here are added to it; holes alone make a block without rows.
 */
import { TidemarkError } from '../../errors.ts';
import type { OffsetRange, PartitionKey } from '../../model/range.ts';
import type { RecordBlock } from '../../model/record-block.ts';
import type { Fetched } from './partition-fetcher.ts';
import { CorruptBatchError, type RecordBatch } from './record-batch.ts';
import { RowBuffer } from './row-buffer.ts';
import { RecordScanner, type RowLimits, transcode } from './transcode.ts';
import { Unpacker } from './unpacker.ts';

/**
 * Blocks of a stream are alike: with this much room beyond the last one's size a buffer rarely has
 * to grow.
 */
const bytesHintSlack = 1.02;
const deltaMaxOfBatch = 2 ** 31 - 1;

export class BlockAssembler {
  readonly #key: PartitionKey;
  readonly #offsetEnd: bigint;
  #answer: Fetched | null = null;
  readonly #unpacker = new Unpacker();
  #batchIndex = 0;
  #scanner: RecordScanner | null = null;
  #position: bigint;
  #offsetFirst: bigint;
  #offsetSum = 0n;
  #rows: RowBuffer;

  /** Starts at `position`; records at or after `offsetEnd` are left alone. */
  constructor(key: PartitionKey, position: bigint, offsetEnd = 2n ** 63n - 1n) {
    this.#key = { topicId: key.topicId, partition: key.partition };
    this.#position = position;
    this.#offsetFirst = position;
    this.#offsetEnd = offsetEnd;
    this.#rows = new RowBuffer(0);
  }

  get rows(): number {
    return this.#rows.rows;
  }

  /** First offset that is not yet in a block or in the open one. */
  get position(): bigint {
    return this.#position;
  }

  /** Only when `fill` said that it is hungry. */
  feed(answer: Fetched): void {
    this.#answer = answer;
    this.#batchIndex = 0;
  }

  /**
   * Takes records until the block is full, or until everything fed is used up. Throws `refused`
   * when records whose checksum is right can't be read: reading them again would not help.
   */
  fill(limits: RowLimits): 'full' | 'hungry' {
    try {
      return this.#fill(limits);
    } catch (error) {
      if (!(error instanceof CorruptBatchError)) throw error;
      const { topicId, partition } = this.#key;
      throw new TidemarkError(
        'refused',
        `${topicId}/${partition}: the records at offset ${this.#position} are stored broken: ` +
          `${error.message}; ` +
          'look at them with a tool of the broker, and decide by hand',
        { cause: error },
      );
    }
  }

  #fill(limits: RowLimits): 'full' | 'hungry' {
    while (this.#answer !== null) {
      const batch = this.#answer.batches[this.#batchIndex];
      if (batch === undefined) {
        this.#answer = null;
        break;
      }
      this.#moveTo(batch.offsetBase);
      if (batch.offsetBase >= this.#offsetEnd) return 'full';
      if (this.#hasRows(this.#answer, batch)) {
        if (this.#isFull(limits)) return 'full';
        this.#scanner ??= this.#scan(batch);
        if (!this.#takeRows(this.#scanner, limits)) return 'full';
      }
      this.#scanner = null;
      this.#batchIndex++;
      this.#moveTo(batch.offsetLast + 1n);
    }
    return this.#isFull(limits) ? 'full' : 'hungry';
  }

  /** The block so far, or null when the position did not move. */
  take(): RecordBlock | null {
    if (this.#position === this.#offsetFirst) return null;
    const rows = this.#rows;
    const range: OffsetRange = {
      ...this.#key,
      offsetFirst: this.#offsetFirst,
      offsetLast: this.#position - 1n,
    };
    const block = {
      range,
      rows: rows.rows,
      offsetSum: this.#offsetSum,
      hasNullValue: rows.nullable,
      body: rows.body(),
    };
    this.#rows = new RowBuffer(Math.ceil(rows.used * bytesHintSlack) + rows.reservedMax);
    this.#offsetFirst = this.#position;
    this.#offsetSum = 0n;
    return block;
  }

  /** True when the batch is used up, false when a limit stopped it. */
  #takeRows(scanner: RecordScanner, limits: RowLimits): boolean {
    const base = scanner.offsetBase;
    const deltaMin = Number(this.#position - base);
    const deltaMax = Number(this.#offsetEnd - 1n - base);
    const taken = transcode(
      scanner,
      this.#rows,
      limits,
      Math.max(0, deltaMin),
      Math.min(deltaMax, deltaMaxOfBatch),
    );
    this.#offsetSum +=
      BigInt(taken.offsetDeltaSum) + BigInt(taken.rows) * (base - this.#offsetFirst);
    if (!taken.drained) this.#moveTo(base + BigInt(scanner.offsetDelta));
    return taken.drained;
  }

  #scan(batch: RecordBatch): RecordScanner {
    const deltaLast = Number(batch.offsetLast - batch.offsetBase);
    const bytes = this.#unpacker.unpack(batch);
    return new RecordScanner(bytes, batch.offsetBase, batch.records, deltaLast);
  }

  #hasRows(answer: Fetched, batch: RecordBatch): boolean {
    if (this.#scanner !== null) return true;
    return answer.filter.counts(batch) && batch.records > 0 && batch.offsetLast >= this.#position;
  }

  #isFull(limits: RowLimits): boolean {
    const { rows, used } = this.#rows;
    return rows > 0 && (rows >= limits.rowsMax || used >= limits.bytesMax);
  }

  #moveTo(position: bigint): void {
    const bounded = position < this.#offsetEnd ? position : this.#offsetEnd;
    if (bounded > this.#position) this.#position = bounded;
  }
}
