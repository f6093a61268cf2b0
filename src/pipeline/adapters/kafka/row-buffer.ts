/**
 * The growing RowBinary body of one block.
 *
 * Rows are (offset Int64 little endian, value String), or with Nullable(String) from the first null
 * value on: the body written so far is then rewritten once with a marker byte before each value.
 * The hot loop in `transcode.ts` writes into `bytes` by itself; this class owns what surrounds it:
 * room, growth, the switch to nullable. The body is handed out without a copy, so a buffer is never
 * used for a second block.
 */

const bytesMin = 64 * 1024;
export const offsetBytes = 8;
/**
 * Bytes a row can need beyond its Kafka record: 8 of offset and 1 of marker, its own framing
 * counted as nothing.
 */
const rowOverheadMax = offsetBytes + 1;

export class RowBuffer {
  bytes: Buffer;
  view: DataView;
  used = 0;
  rows = 0;
  nullable = false;
  /** The most room that was asked for at once. */
  reservedMax = 0;

  /** `bytesHint`: how large the body will probably get. */
  constructor(bytesHint: number) {
    this.bytes = Buffer.allocUnsafeSlow(Math.max(bytesMin, bytesHint));
    this.view = viewOf(this.bytes);
  }

  /** Makes room for `records` more rows whose Kafka records take `recordBytes` together. */
  reserve(recordBytes: number, records: number): void {
    const room = recordBytes + records * rowOverheadMax;
    if (room > this.reservedMax) this.reservedMax = room;
    this.#grow(this.used + room);
  }

  /** Gives every row its null marker; from now on rows are (offset, marker, value). */
  makeNullable(): void {
    const old = this.bytes;
    const oldUsed = this.used;
    this.bytes = Buffer.allocUnsafeSlow(old.length + this.rows);
    this.view = viewOf(this.bytes);
    this.nullable = true;
    let to = 0;
    for (let from = 0; from < oldUsed; ) {
      old.copy(this.bytes, to, from, from + offsetBytes);
      this.bytes[to + offsetBytes] = 0;
      const end = valueEnd(old, from + offsetBytes);
      old.copy(this.bytes, to + offsetBytes + 1, from + offsetBytes, end);
      to += end - from + 1;
      from = end;
    }
    this.used = to;
  }

  body(): Uint8Array {
    return this.bytes.subarray(0, this.used);
  }

  #grow(needed: number): void {
    if (needed <= this.bytes.length) return;
    const old = this.bytes;
    this.bytes = Buffer.allocUnsafeSlow(Math.max(needed, old.length * 2));
    this.view = viewOf(this.bytes);
    old.copy(this.bytes, 0, 0, this.used);
  }
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** Bytes of an unsigned LEB128 number below 2^35. */
export function leb128Bytes(value: number): number {
  if (value < 2 ** 7) return 1;
  if (value < 2 ** 14) return 2;
  if (value < 2 ** 21) return 3;
  return value < 2 ** 28 ? 4 : 5;
}

function valueEnd(bytes: Buffer, start: number): number {
  let at = start;
  let length = 0;
  for (let scale = 1; ; scale *= 128) {
    const byte = bytes.readUInt8(at++);
    length += (byte & 127) * scale;
    if (byte < 128) return at + length;
  }
}
