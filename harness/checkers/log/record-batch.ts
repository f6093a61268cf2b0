/**
 * Record batches (magic 2) in place: headers, checksum, and the records without an object for each.
 *
 *      0 base offset, 8 length, 12 leader epoch, 16 magic, 17 CRC, 21 attributes,
 *     23 last offset delta, 27 times, 43 producer id, 51 producer epoch, 53 sequence,
 *     57 record count, 61 records
 *
 * A record is a length and varints: attributes, time delta, offset delta, key, value, headers. The
 * values are handed on as positions in the (decompressed) batch. Older message formats are refused
 * by name; Kafka 4 no longer writes them.
 */
import { crc32c } from './crc32c.ts';
import type { Decompressor } from './decompress.ts';
import { LogReadError } from './log-error.ts';

const headerBytes = 61;
const lengthAt = 8;
const prefixBytes = 12;
const crcAt = 17;
const attributesAt = 21;
const varintBytesMax = 10;

export interface RecordBatch {
  readonly bytes: Uint8Array;
  readonly offsetFirst: number;
  readonly offsetLast: number;
  readonly codec: number;
  readonly transactional: boolean;
  readonly control: boolean;
  readonly producerId: bigint;
  readonly recordCount: number;
  /** [start, end) of the batch in `bytes`. */
  readonly start: number;
  readonly end: number;
}

/** Gets each record of a batch; `start` is -1 for a record without a value. */
export interface RecordVisitor {
  record(offset: number, bytes: Uint8Array, start: number, end: number): void;
}

function corrupt(what: string, batch: { offsetFirst: number }): LogReadError {
  return new LogReadError('CORRUPT_BATCH', `the batch at offset ${batch.offsetFirst}: ${what}`);
}

/**
 * Headers of the complete batches in bytes[start, end); a batch that the fetch size has cut is left
 * out.
 */
export function readBatchHeaders(bytes: Uint8Array, start: number, end: number): RecordBatch[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const batches: RecordBatch[] = [];
  let at = start;
  while (at + prefixBytes <= end) {
    const batchEnd = at + prefixBytes + view.getInt32(at + lengthAt);
    if (batchEnd < at + headerBytes) {
      throw corrupt('the length is too small', { offsetFirst: Number(view.getBigInt64(at)) });
    }
    if (batchEnd > end) break;
    batches.push(readHeader(bytes, view, at, batchEnd));
    at = batchEnd;
  }
  return batches;
}

function readHeader(bytes: Uint8Array, view: DataView, at: number, end: number): RecordBatch {
  const offsetFirst = Number(view.getBigInt64(at));
  const magic = view.getInt8(at + 16);
  const offsetLast = offsetFirst + view.getInt32(at + 23);
  if (magic !== 2) throw new LogReadError('UNSUPPORTED', `message format ${magic}, expected 2`);
  if (!Number.isSafeInteger(offsetLast) || offsetFirst < 0 || offsetLast < offsetFirst) {
    throw corrupt('the offsets are impossible', { offsetFirst });
  }
  const attributes = view.getInt16(at + attributesAt);
  return {
    bytes,
    offsetFirst,
    offsetLast,
    codec: attributes & 7,
    transactional: (attributes & 0x10) !== 0,
    control: (attributes & 0x20) !== 0,
    producerId: view.getBigInt64(at + 43),
    recordCount: view.getInt32(at + 57),
    start: at,
    end,
  };
}

/** Throws CORRUPT_BATCH if the bytes of the batch are not the ones that were written. */
export function checkBatch(batch: RecordBatch): void {
  const { bytes, start, end } = batch;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const expected = view.getInt32(start + crcAt);
  if (crc32c(bytes, start + attributesAt, end) !== expected)
    throw corrupt('the CRC differs', batch);
}

/** True if a control batch ends a transaction by aborting it. */
export function isAbortMarker(batch: RecordBatch): boolean {
  const { bytes, end } = batch;
  // Compaction may leave a control batch without its record; it then ends nothing.
  if (batch.recordCount === 0) return false;
  const key = new RecordCursor(bytes, batch.start + headerBytes, end, batch).controlKey();
  return key === 0;
}

/** Walks the records of a batch in the order of their offsets. Throws CORRUPT_BATCH. */
export function visitRecords(
  batch: RecordBatch,
  decompressor: Decompressor,
  visitor: RecordVisitor,
): void {
  const { bytes, start, end } = decompressor.decompress(
    batch.codec,
    batch.bytes,
    batch.start + headerBytes,
    batch.end,
  );
  const cursor = new RecordCursor(bytes, start, end, batch);
  for (let i = 0; i < batch.recordCount; i += 1) cursor.next(visitor);
  if (!cursor.atEnd) throw corrupt('bytes are left behind the last record', batch);
}

class RecordCursor {
  readonly #bytes: Uint8Array;
  readonly #end: number;
  readonly #batch: RecordBatch;
  #at: number;

  constructor(bytes: Uint8Array, start: number, end: number, batch: RecordBatch) {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
    this.#batch = batch;
  }

  get atEnd(): boolean {
    return this.#at === this.#end;
  }

  next(visitor: RecordVisitor): void {
    const end = this.#recordEnd();
    this.#at += 1;
    this.#skipVarint();
    const offset = this.#batch.offsetFirst + this.#varint();
    const keyLength = this.#varint();
    if (keyLength > 0) this.#at += keyLength;
    const length = this.#varint();
    const start = this.#at;
    const { offsetFirst, offsetLast } = this.#batch;
    if (offset < offsetFirst || offset > offsetLast || start + length > end) {
      throw corrupt('a record leaves it', this.#batch);
    }
    this.#at = end;
    if (length < 0) visitor.record(offset, this.#bytes, -1, -1);
    else visitor.record(offset, this.#bytes, start, start + length);
  }

  /** Type of the control record: 0 aborts, 1 commits. */
  controlKey(): number {
    this.#recordEnd();
    this.#at += 1;
    this.#skipVarint();
    this.#skipVarint();
    if (this.#varint() < 4) throw corrupt('a control record without a type', this.#batch);
    return (this.#bytes[this.#at + 2]! << 8) | this.#bytes[this.#at + 3]!;
  }

  #recordEnd(): number {
    const length = this.#varint();
    const end = this.#at + length;
    if (length < 0 || end > this.#end) throw corrupt('a record is cut', this.#batch);
    return end;
  }

  /** A zigzag varint of 32 bits. */
  #varint(): number {
    const first = this.#bytes[this.#at]!;
    if (first < 0x80 && this.#at < this.#end) {
      this.#at += 1;
      return (first >>> 1) ^ -(first & 1);
    }
    let value = 0;
    for (let shift = 0; shift < 35 && this.#at < this.#end; shift += 7) {
      const byte = this.#bytes[this.#at]!;
      this.#at += 1;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return (value >>> 1) ^ -(value & 1);
    }
    throw corrupt('a varint is cut', this.#batch);
  }

  #skipVarint(): void {
    for (let i = 0; i < varintBytesMax && this.#at < this.#end; i += 1) {
      const byte = this.#bytes[this.#at]!;
      this.#at += 1;
      if (byte < 0x80) return;
    }
    throw corrupt('a varint is cut', this.#batch);
  }
}
