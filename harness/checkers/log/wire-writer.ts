/**
 * Writes the primitive types of the Kafka protocol, in order. The counterpart of `wire-reader.ts`;
 * requests are small, so parts are simply collected and joined at the end.
 */

export class WireWriter {
  readonly #parts: Buffer[] = [];

  int8(value: number): this {
    const part = Buffer.alloc(1);
    part.writeInt8(value);
    return this.#push(part);
  }

  boolean(value: boolean): this {
    return this.int8(value ? 1 : 0);
  }

  int16(value: number): this {
    const part = Buffer.alloc(2);
    part.writeInt16BE(value);
    return this.#push(part);
  }

  int32(value: number): this {
    const part = Buffer.alloc(4);
    part.writeInt32BE(value);
    return this.#push(part);
  }

  int64(value: bigint): this {
    const part = Buffer.alloc(8);
    part.writeBigInt64BE(value);
    return this.#push(part);
  }

  unsignedVarint(value: number): this {
    const bytes: number[] = [];
    let rest = value;
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
    bytes.push(rest);
    return this.#push(Buffer.from(bytes));
  }

  /** Length of 16 bits before the text; used in request headers only. */
  string(value: string): this {
    const text = Buffer.from(value, 'utf8');
    return this.int16(text.length).#push(text);
  }

  compactString(value: string): this {
    const text = Buffer.from(value, 'utf8');
    return this.unsignedVarint(text.length + 1).#push(text);
  }

  compactNull(): this {
    return this.unsignedVarint(0);
  }

  /** From canonical text form. */
  uuid(value: string): this {
    return this.#push(Buffer.from(value.replaceAll('-', ''), 'hex'));
  }

  compactArray<T>(items: readonly T[], write: (writer: this, item: T) => void): this {
    this.unsignedVarint(items.length + 1);
    for (const item of items) write(this, item);
    return this;
  }

  /** No tagged fields. */
  tags(): this {
    return this.unsignedVarint(0);
  }

  finish(): Buffer {
    return Buffer.concat(this.#parts);
  }

  #push(part: Buffer): this {
    this.#parts.push(part);
    return this;
  }
}
