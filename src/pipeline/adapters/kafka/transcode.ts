/**
 * Kafka records into RowBinary rows: one pass over the bytes, no object per record, each value
 * copied once.
 *
 * A record is varints (length, timestamp delta, offset delta, key length, value length; zigzag)
 * around key, value and headers; only the offset delta and the value are wanted, the rest is
 * stepped over. Lengths below 2^30 fit both codings, and a Kafka record can't be longer. Values are
 * copied in 8-byte words through two DataViews: for the usual 100-300 bytes that is twice as fast
 * as `Buffer.copy` and makes no garbage; long values go through `set`, which is a memmove. The
 * scanner can stop before any record and go on in a later block, so a block's limits never depend
 * on the producer's batches.
 */

import { CorruptBatchError } from './record-batch.ts';
import { leb128Bytes, offsetBytes, type RowBuffer, viewOf } from './row-buffer.ts';

/** From this length on one memmove beats copying words. */
const memmoveBytesMin = 512;
const wordBytes = 8;
/** Length, attributes, time, offset, key, value and headers take a byte each at least. */
const recordBytesMin = 7;
const deltaMaxOfBatch = 2 ** 31 - 1;

export interface RowLimits {
  readonly rowsMax: number;
  /** Of the body; a first row that is larger goes alone. */
  readonly bytesMax: number;
}

/**
 * Walks the records of one batch. `offsetDelta`, `valueAt` and `valueLength` (-1: null) describe
 * the record read last. Offsets must rise and stay in the batch: a record that claims a place
 * outside of it would be written under an offset that is another record's.
 */
export class RecordScanner {
  readonly bytes: Buffer;
  readonly view: DataView;
  readonly offsetBase: bigint;
  at = 0;
  left: number;
  offsetDelta = 0;
  /** Delta of the last record that was taken or dropped. */
  deltaBefore = -1;
  valueAt = 0;
  valueLength = 0;
  readonly #deltaLast: number;

  /** `deltaLast`: the last offset that the batch stands for, as a delta to its base. */
  constructor(bytes: Buffer, offsetBase: bigint, records: number, deltaLast = deltaMaxOfBatch) {
    this.#deltaLast = deltaLast;
    this.bytes = bytes;
    this.view = viewOf(bytes);
    this.offsetBase = offsetBase;
    this.left = records;
  }

  /**
   * Reads the record at `at` and moves behind it; the caller counts `left` down when it takes the
   * record.
   */
  read(): void {
    const bytes = this.bytes;
    const length = this.#varint();
    const end = this.at + length;
    if (length < 0 || end > bytes.length) throw new CorruptBatchError(this.#corrupt('length'));
    this.at++; // attributes
    while (bytes[this.at++]! > 127); // timestamp delta
    const delta = this.#varint();
    if (delta <= this.deltaBefore || delta > this.#deltaLast) {
      throw new CorruptBatchError(this.#corrupt('offset'));
    }
    this.offsetDelta = delta;
    const keyLength = this.#varint();
    if (keyLength > 0) this.at += keyLength;
    this.valueLength = this.#varint();
    this.valueAt = this.at;
    if (this.at + this.valueLength > end) throw new CorruptBatchError(this.#corrupt('value'));
    this.at = end;
  }

  #varint(): number {
    const bytes = this.bytes;
    let byte = bytes[this.at++]!;
    if (byte < 128) return (byte >>> 1) ^ -(byte & 1);
    let value = byte & 127;
    for (let shift = 7; shift < 35; shift += 7) {
      byte = bytes[this.at++]!;
      value |= (byte & 127) << shift;
      if (byte < 128) return (value >>> 1) ^ -(value & 1);
    }
    throw new CorruptBatchError(this.#corrupt('varint'));
  }

  #corrupt(what: string): string {
    return `bad ${what} at byte ${this.at} of the batch at offset ${this.offsetBase}`;
  }
}

/** What `transcode` took from the batch, in deltas to the batch's base offset. */
export interface Taken {
  readonly rows: number;
  readonly offsetDeltaSum: number;
  /**
   * False when a limit or `deltaMax` stopped it; the scanner's `offsetDelta` is then that of the
   * record not taken.
   */
  readonly drained: boolean;
}

/**
 * Appends records with `deltaMin <= offset - base <= deltaMax` until the batch or a limit ends;
 * records before `deltaMin` are dropped, at the first one past `deltaMax` it stops. Throws
 * CorruptBatchError when the bytes are no records.
 */
export function transcode(
  scanner: RecordScanner,
  rows: RowBuffer,
  limits: RowLimits,
  deltaMin: number,
  deltaMax: number,
): Taken {
  const bytesLeft = scanner.bytes.length - scanner.at;
  if (scanner.left * recordBytesMin > bytesLeft) {
    throw new CorruptBatchError(`${scanner.left} records in ${bytesLeft} bytes`);
  }
  rows.reserve(bytesLeft, scanner.left);
  const rowsBefore = rows.rows;
  let offsetDeltaSum = 0;
  let drained = true;
  const baseLow = Number(BigInt.asUintN(32, scanner.offsetBase));
  const baseHigh = Number(scanner.offsetBase >> 32n);
  for (; scanner.left > 0; scanner.left--) {
    const start = scanner.at;
    scanner.read();
    const delta = scanner.offsetDelta;
    if (delta >= deltaMin && (delta > deltaMax || !fits(rows, scanner.valueLength, limits))) {
      scanner.at = start;
      drained = false;
      break;
    }
    scanner.deltaBefore = delta;
    if (delta < deltaMin) continue;
    if (scanner.valueLength < 0 && !rows.nullable) {
      rows.makeNullable();
      rows.reserve(scanner.bytes.length - start, scanner.left);
    }
    const low = baseLow + delta;
    rows.view.setUint32(rows.used, low, true);
    rows.view.setInt32(rows.used + 4, low > 0xffff_ffff ? baseHigh + 1 : baseHigh, true);
    appendValue(rows, scanner);
    rows.rows++;
    offsetDeltaSum += delta;
  }
  return { rows: rows.rows - rowsBefore, offsetDeltaSum, drained };
}

function fits(rows: RowBuffer, valueLength: number, limits: RowLimits): boolean {
  if (rows.rows === 0) return true;
  if (rows.rows >= limits.rowsMax) return false;
  const valueBytes = valueLength < 0 ? 0 : leb128Bytes(valueLength) + valueLength;
  // The first null value adds a marker to every row before it.
  const markers = rows.nullable ? 1 : valueLength < 0 ? rows.rows + 1 : 0;
  return rows.used + offsetBytes + markers + valueBytes <= limits.bytesMax;
}

function appendValue(rows: RowBuffer, scanner: RecordScanner): void {
  const to = rows.bytes;
  const length = scanner.valueLength;
  let at = rows.used + offsetBytes;
  if (rows.nullable) to[at++] = length < 0 ? 1 : 0;
  if (length >= 0) {
    let rest = length;
    for (; rest > 127; rest >>>= 7) to[at++] = (rest & 127) | 128;
    to[at++] = rest;
    copyValue(scanner, rows, at);
    at += length;
  }
  rows.used = at;
}

function copyValue(scanner: RecordScanner, rows: RowBuffer, at: number): void {
  const from = scanner.valueAt;
  const length = scanner.valueLength;
  if (length >= memmoveBytesMin) {
    rows.bytes.set(scanner.bytes.subarray(from, from + length), at);
  } else if (length < wordBytes) {
    for (let i = 0; i < length; i++) rows.bytes[at + i] = scanner.bytes[from + i]!;
  } else {
    const source = scanner.view;
    const target = rows.view;
    const last = length - wordBytes;
    for (let i = 0; i < last; i += wordBytes) {
      target.setBigInt64(at + i, source.getBigInt64(from + i, true), true);
    }
    // The last word overlaps the one before it instead of a loop over single bytes.
    target.setBigInt64(at + last, source.getBigInt64(from + last, true), true);
  }
}
