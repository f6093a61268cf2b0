/**
 * Thrift's compact protocol, just enough of it for a Parquet footer, without loss.
 *
 * A footer is decoded into a plain tree that keeps every field, known or not, in its order and with
 * its wire type, so that encoding the tree again gives the same bytes. That is what makes it safe
 * to add one field to a footer somebody else wrote: the caller first checks that decode and encode
 * are inverse on exactly these bytes. Maps and UUIDs do not occur in Parquet footers; they are
 * refused instead of guessed. Whatever does not decode is a `table-invalid` error.
 */
import { TidemarkError } from '../../errors.ts';

export const thriftTypes = {
  true: 1,
  false: 2,
  byte: 3,
  i16: 4,
  i32: 5,
  i64: 6,
  double: 7,
  binary: 8,
  list: 9,
  set: 10,
  struct: 12,
} as const;

export interface ThriftField {
  readonly id: number;
  /** Wire type; for a boolean it is the value as well. */
  readonly type: number;
  readonly value: ThriftValue;
}
export type ThriftStruct = readonly ThriftField[];
export interface ThriftList {
  readonly elementType: number;
  readonly items: readonly ThriftValue[];
}
/**
 * Integers of 16 to 64 bits are bigint, bytes and booleans in lists are number, booleans in structs
 * are null.
 */
export type ThriftValue = null | number | bigint | Buffer | ThriftStruct | ThriftList;

/** Structs and lists inside one another; in a real footer there are fewer than ten. */
const depthMax = 64;
const longFormSize = 15;

const broken = (what: string) =>
  new TidemarkError('table-invalid', `Parquet footer: ${what}; the file was not written whole`);

class Reader {
  private position = 0;
  private readonly bytes: Buffer;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  get rest(): number {
    return this.bytes.length - this.position;
  }

  private byte(): number {
    const value = this.bytes[this.position++];
    if (value === undefined) throw broken('ends early');
    return value;
  }

  private slice(length: number): Buffer {
    if (length > this.rest) throw broken('ends early');
    this.position += length;
    return this.bytes.subarray(this.position - length, this.position);
  }

  private varint(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw broken('has a number of more than ten bytes');
  }

  private zigzag(): bigint {
    const value = this.varint();
    return (value >> 1n) ^ -(value & 1n);
  }

  private list(depth: number): ThriftList {
    const head = this.byte();
    const size = head >> 4 === longFormSize ? Number(this.varint()) : head >> 4;
    if (size > this.rest) throw broken('has a list longer than itself');
    const elementType = head & 0x0f;
    const items: ThriftValue[] = [];
    for (let i = 0; i < size; i++) {
      items.push(elementType <= 2 ? this.byte() : this.value(elementType, depth));
    }
    return { elementType, items };
  }

  struct(depth: number): ThriftStruct {
    const fields: ThriftField[] = [];
    let idLast = 0;
    for (let head = this.byte(); head !== 0; head = this.byte()) {
      const delta = head >> 4;
      const id = delta === 0 ? Number(this.zigzag()) : idLast + delta;
      const type = head & 0x0f;
      fields.push({ id, type, value: this.value(type, depth + 1) });
      idLast = id;
    }
    return fields;
  }

  private value(type: number, depth: number): ThriftValue {
    if (depth > depthMax) throw broken(`is nested deeper than ${depthMax}`);
    if (type === thriftTypes.true || type === thriftTypes.false) return null;
    if (type === thriftTypes.byte) return this.byte();
    if (type >= thriftTypes.i16 && type <= thriftTypes.i64) return this.zigzag();
    if (type === thriftTypes.double) return this.slice(8);
    if (type === thriftTypes.binary) return this.slice(Number(this.varint()));
    if (type === thriftTypes.list || type === thriftTypes.set) return this.list(depth + 1);
    if (type === thriftTypes.struct) return this.struct(depth + 1);
    throw broken(`has a field of unknown type ${type}`);
  }
}

class Writer {
  private readonly chunks: Buffer[] = [];
  private open: number[] = [];

  bytes(): Buffer {
    this.flush();
    return Buffer.concat(this.chunks);
  }

  private flush(): void {
    if (this.open.length > 0) this.chunks.push(Buffer.from(this.open));
    this.open = [];
  }

  private raw(bytes: Buffer): void {
    this.flush();
    this.chunks.push(bytes);
  }

  private varint(value: bigint): void {
    let rest = value;
    for (; rest > 0x7fn; rest >>= 7n) this.open.push(Number(rest & 0x7fn) | 0x80);
    this.open.push(Number(rest));
  }

  private zigzag(value: bigint): void {
    this.varint(value >= 0n ? value << 1n : (-value << 1n) - 1n);
  }

  private list(list: ThriftList): void {
    const size = list.items.length;
    this.open.push((Math.min(size, longFormSize) << 4) | list.elementType);
    if (size >= longFormSize) this.varint(BigInt(size));
    for (const item of list.items) {
      if (list.elementType <= 2) this.open.push(item as number);
      else this.value(list.elementType, item);
    }
  }

  struct(fields: ThriftStruct): void {
    let idLast = 0;
    for (const field of fields) {
      const delta = field.id - idLast;
      if (delta > 0 && delta < 16) this.open.push((delta << 4) | field.type);
      else {
        this.open.push(field.type);
        this.zigzag(BigInt(field.id));
      }
      this.value(field.type, field.value);
      idLast = field.id;
    }
    this.open.push(0);
  }

  private value(type: number, value: ThriftValue): void {
    if (type <= thriftTypes.false) return;
    if (type === thriftTypes.byte) this.open.push(value as number);
    else if (type <= thriftTypes.i64) this.zigzag(value as bigint);
    else if (type === thriftTypes.double) this.raw(value as Buffer);
    else if (type === thriftTypes.binary) {
      this.varint(BigInt((value as Buffer).length));
      this.raw(value as Buffer);
    } else if (type === thriftTypes.struct) this.struct(value as ThriftStruct);
    else this.list(value as ThriftList);
  }
}

export function decodeThrift(bytes: Buffer): ThriftStruct {
  const reader = new Reader(bytes);
  const struct = reader.struct(0);
  if (reader.rest !== 0) throw broken(`has ${reader.rest} bytes too many`);
  return struct;
}

export function encodeThrift(struct: ThriftStruct): Buffer {
  const writer = new Writer();
  writer.struct(struct);
  return writer.bytes();
}

// Accessors: `undefined` when the field is absent, an error when it is of another kind.

export function fieldOf(struct: ThriftStruct, id: number): ThriftField | undefined {
  return struct.find((field) => field.id === id);
}

export function integerOf(struct: ThriftStruct, id: number): bigint | undefined {
  const value = fieldOf(struct, id)?.value;
  if (value === undefined || typeof value === 'bigint') return value;
  throw broken(`field ${id} is not an integer`);
}

export function binaryOf(struct: ThriftStruct, id: number): Buffer | undefined {
  const value = fieldOf(struct, id)?.value;
  if (value === undefined || Buffer.isBuffer(value)) return value;
  throw broken(`field ${id} is not a string of bytes`);
}

export function structOf(struct: ThriftStruct, id: number): ThriftStruct | undefined {
  const value = fieldOf(struct, id)?.value;
  if (value === undefined || Array.isArray(value)) return value;
  throw broken(`field ${id} is not a struct`);
}

export function structsOf(struct: ThriftStruct, id: number): readonly ThriftStruct[] {
  const value = fieldOf(struct, id)?.value;
  const isList = typeof value === 'object' && value !== null && 'elementType' in value;
  if (!isList || value.elementType !== thriftTypes.struct) {
    throw broken(`field ${id} is not a list of structs`);
  }
  return value.items as readonly ThriftStruct[];
}

/** The value, or an error that names what is missing. */
export function present<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw broken(`has no ${name}`);
  return value;
}
