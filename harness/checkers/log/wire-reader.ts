/**
 * Reads the primitive types of the Kafka protocol from bytes, in order.
 *
 * Every read checks the length first, so an answer that was cut anywhere ends in a named error
 * (`TRUNCATED_ANSWER`) and never in a wrong value. Only the compact ("flexible") forms are here,
 * because only flexible versions are spoken. Byte fields come as positions in the answer, not as
 * copies.
 */
import { LogReadError } from './log-error.ts';

const hexUuid = /^(.{8})(.{4})(.{4})(.{4})(.{12})$/;
const varintBytesMax = 5;
const utf8 = new TextDecoder('utf-8', { fatal: true });

export class WireReader {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get at(): number {
    return this.#at;
  }

  int8(): number {
    return this.#view.getInt8(this.skip(1));
  }

  boolean(): boolean {
    return this.int8() !== 0;
  }

  int16(): number {
    return this.#view.getInt16(this.skip(2));
  }

  int32(): number {
    return this.#view.getInt32(this.skip(4));
  }

  int64(): bigint {
    return this.#view.getBigInt64(this.skip(8));
  }

  unsignedVarint(): number {
    let value = 0;
    for (let i = 0; i < varintBytesMax; i += 1) {
      const byte = this.#view.getUint8(this.skip(1));
      value += (byte & 0x7f) * 2 ** (7 * i);
      if (byte < 0x80) return value;
    }
    throw new LogReadError('TRUNCATED_ANSWER', `a varint is longer than ${varintBytesMax} bytes`);
  }

  compactString(): string | null {
    const length = this.unsignedVarint() - 1;
    if (length < 0) return null;
    const start = this.skip(length);
    return utf8.decode(this.bytes.subarray(start, start + length));
  }

  /** [start, end) of a byte field; null stands as an empty one. */
  compactBytes(): readonly [number, number] {
    const length = Math.max(this.unsignedVarint() - 1, 0);
    const start = this.skip(length);
    return [start, start + length];
  }

  /** Canonical text form. */
  uuid(): string {
    const start = this.skip(16);
    const hex = Buffer.from(this.bytes.subarray(start, start + 16)).toString('hex');
    return hex.replace(hexUuid, '$1-$2-$3-$4-$5');
  }

  /** A null array reads as an empty one. */
  compactArray<T>(item: (reader: this) => T): T[] {
    const length = Math.max(this.unsignedVarint() - 1, 0);
    if (length > this.bytes.length - this.#at) {
      throw new LogReadError('TRUNCATED_ANSWER', `an array of ${length} entries does not fit`);
    }
    const items: T[] = [];
    for (let i = 0; i < length; i += 1) items.push(item(this));
    return items;
  }

  /** Passes over the tagged fields at the end of a structure; none is needed here. */
  tags(): void {
    const count = this.unsignedVarint();
    for (let i = 0; i < count; i += 1) {
      this.unsignedVarint();
      this.skip(this.unsignedVarint());
    }
  }

  /**
   * The tagged fields at the end of an answer, and nothing behind them: else it was read by the
   * wrong layout.
   */
  finish(): void {
    this.tags();
    const left = this.bytes.length - this.#at;
    if (left > 0)
      throw new LogReadError('UNSUPPORTED', `${left} bytes behind the end of an answer`);
  }

  /** Moves on by `length` bytes and gives the position before the move. */
  skip(length: number): number {
    const start = this.#at;
    if (length < 0 || start + length > this.bytes.length) {
      throw new LogReadError(
        'TRUNCATED_ANSWER',
        `${length} bytes expected at ${start}, the answer ends at ${this.bytes.length}`,
      );
    }
    this.#at = start + length;
    return start;
  }
}
