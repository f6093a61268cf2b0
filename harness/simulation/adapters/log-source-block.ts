/**
 * Collects records into one block of the log, with the limits and the bytes of the real adapter.
 *
 * It keeps its place: a block starts where the one before ended, and offsets without a record
 * belong to exactly one block. Bytes are counted as RowBinary bytes while records come, and written
 * only when the block is taken.
 */
import type { PartitionKey } from '../../../src/pipeline/model/range.ts';
import type { RecordBlock } from '../../../src/pipeline/model/record-block.ts';
import type { StoredRecord } from '../stores/broker-partition.ts';

export interface RowLimits {
  readonly rowsMax: number;
  readonly bytesMax: number;
}

export const noRowLimits: RowLimits = {
  rowsMax: Number.MAX_SAFE_INTEGER,
  bytesMax: Number.MAX_SAFE_INTEGER,
};

/** A block and the records it was made of, for the history. */
export interface TakenBlock {
  readonly block: RecordBlock;
  readonly records: readonly StoredRecord[];
}

const offsetBytes = 8;

export class BlockBuilder {
  readonly #key: PartitionKey;
  #offsetFirst: number;
  #position: number;
  #records: StoredRecord[] = [];
  #used = 0;
  #nullable = false;

  constructor({ topicId, partition }: PartitionKey, position: number) {
    this.#key = { topicId, partition };
    this.#offsetFirst = position;
    this.#position = position;
  }

  /** First offset that is neither in a block nor in the one begun. */
  get position(): number {
    return this.#position;
  }

  get rows(): number {
    return this.#records.length;
  }

  isFull({ rowsMax, bytesMax }: RowLimits): boolean {
    const rows = this.#records.length;
    return rows > 0 && (rows >= rowsMax || this.#used >= bytesMax);
  }

  /** Takes the record, unless the block would be larger than it may; a first one always fits. */
  add(record: StoredRecord, limits: RowLimits): boolean {
    const rows = this.#records.length;
    const { value } = record;
    // The first null value adds a marker to every row before it.
    const markers = this.#nullable ? 1 : value === null ? rows + 1 : 0;
    const valueBytes = value === null ? 0 : lengthBytes(value.length) + value.length;
    const used = this.#used + offsetBytes + markers + valueBytes;
    if (rows > 0 && (rows >= limits.rowsMax || used > limits.bytesMax)) {
      this.moveTo(record.offset);
      return false;
    }
    this.#records.push(record);
    this.#used = used;
    this.#nullable ||= value === null;
    this.moveTo(record.offset + 1);
    return true;
  }

  /** What lies before the offset and was not added is holes. */
  moveTo(offset: number): void {
    if (offset > this.#position) this.#position = offset;
  }

  /** The block so far, or null when the position did not move; the next one begins behind it. */
  take(): TakenBlock | null {
    const offsetFirst = this.#offsetFirst;
    if (this.#position === offsetFirst) return null;
    const records = this.#records;
    let offsetSum = 0;
    for (const { offset } of records) offsetSum += offset - offsetFirst;
    const block: RecordBlock = {
      range: {
        ...this.#key,
        offsetFirst: BigInt(offsetFirst),
        offsetLast: BigInt(this.#position - 1),
      },
      rows: records.length,
      offsetSum: BigInt(offsetSum),
      hasNullValue: this.#nullable,
      body: this.#body(),
    };
    this.#offsetFirst = this.#position;
    this.#records = [];
    this.#used = 0;
    this.#nullable = false;
    return { block, records };
  }

  #body(): Uint8Array {
    const bytes = new Uint8Array(this.#used);
    let at = 0;
    for (const { offset, value } of this.#records) {
      for (let i = 0, rest = offset; i < offsetBytes; i++, rest = Math.floor(rest / 256)) {
        bytes[at++] = rest % 256;
      }
      if (this.#nullable) bytes[at++] = value === null ? 1 : 0;
      if (value === null) continue;
      let rest = value.length;
      for (; rest > 127; rest >>>= 7) bytes[at++] = (rest & 127) | 128;
      bytes[at++] = rest;
      bytes.set(value, at);
      at += value.length;
    }
    return bytes;
  }
}

/** Bytes of an unsigned LEB128 number. */
function lengthBytes(length: number): number {
  let bytes = 1;
  for (let rest = length; rest > 127; rest >>>= 7) bytes++;
  return bytes;
}
