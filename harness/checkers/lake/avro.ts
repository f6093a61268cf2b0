/**
 * Reads Avro object container files, as far as Iceberg's manifests and manifest lists need it.
 *
 * It is the checkers' own reader, so that the pipeline's writer is not its own judge. The schema
 * that the file carries decides everything. Integers of type `long` become bigint and `int` becomes
 * number, bytes stay bytes, records become plain objects; logical types are ignored, for the caller
 * knows what a column means. Corrupt input throws, it never gives a short answer.
 */
import { inflateRawSync } from 'node:zlib';

export type AvroValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | readonly AvroValue[]
  | AvroRecord;
export interface AvroRecord {
  readonly [field: string]: AvroValue;
}

type Schema = string | readonly Schema[] | SchemaObject;
interface SchemaObject {
  readonly type: Schema;
  readonly name?: string;
  readonly fields?: ReadonlyArray<{ readonly name: string; readonly type: Schema }>;
  readonly items?: Schema;
  readonly values?: Schema;
  readonly symbols?: readonly string[];
  readonly size?: number;
}

export interface AvroFile {
  readonly metadata: ReadonlyMap<string, string>;
  readonly records: readonly AvroRecord[];
}

/** `ignoreBOM` keeps a byte order mark in the text: a value that loses it is another value. */
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const varintBytesMax = 10;
const syncBytes = 16;

class Cursor {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get done(): boolean {
    return this.at >= this.#bytes.length;
  }

  long(): bigint {
    let value = 0n;
    for (let i = 0; i < varintBytesMax; i += 1) {
      const byte = this.#view.getUint8(this.at);
      this.at += 1;
      value |= BigInt(byte & 0x7f) << BigInt(7 * i);
      if (byte < 0x80) return BigInt.asIntN(64, (value >> 1n) ^ -(value & 1n));
    }
    throw new Error('avro: a number of more than 10 bytes');
  }

  bytes(length = Number(this.long())): Uint8Array {
    if (length < 0 || this.at + length > this.#bytes.length) throw new Error('avro: cut short');
    this.at += length;
    return this.#bytes.subarray(this.at - length, this.at);
  }

  text(): string {
    return utf8.decode(this.bytes());
  }

  float(width: 4 | 8): number {
    this.at += width;
    return width === 4
      ? this.#view.getFloat32(this.at - 4, true)
      : this.#view.getFloat64(this.at - 8, true);
  }

  /** Calls `read` for each element of a blocked sequence (array or map). */
  blocks(read: () => void): void {
    for (let count = this.long(); count !== 0n; count = this.long()) {
      if (count < 0n) this.long();
      for (let i = count < 0n ? -count : count; i > 0n; i -= 1n) read();
    }
  }
}

type Names = Map<string, SchemaObject>;

function primitive(cursor: Cursor, type: string, names: Names): AvroValue {
  switch (type) {
    case 'null':
      return null;
    case 'boolean':
      return cursor.bytes(1)[0] === 1;
    case 'int':
      return Number(cursor.long());
    case 'long':
      return cursor.long();
    case 'float':
      return cursor.float(4);
    case 'double':
      return cursor.float(8);
    case 'bytes':
      return cursor.bytes();
    case 'string':
      return cursor.text();
    default: {
      const named = names.get(type);
      if (named === undefined) throw new Error(`avro: unknown type ${type}`);
      return readValue(cursor, named, names);
    }
  }
}

function readValue(cursor: Cursor, schema: Schema, names: Names): AvroValue {
  if (typeof schema === 'string') return primitive(cursor, schema, names);
  if (isUnion(schema)) {
    const branch = schema[Number(cursor.long())];
    if (branch === undefined) throw new Error('avro: a union has no such branch');
    return readValue(cursor, branch, names);
  }
  if (schema.name !== undefined) names.set(schema.name, schema);
  switch (schema.type) {
    case 'record':
      return Object.fromEntries(
        (schema.fields ?? []).map((f) => [f.name, readValue(cursor, f.type, names)]),
      );
    case 'array': {
      const items: AvroValue[] = [];
      cursor.blocks(() => items.push(readValue(cursor, schema.items ?? 'null', names)));
      return items;
    }
    case 'map': {
      const entries: [string, AvroValue][] = [];
      cursor.blocks(() =>
        entries.push([cursor.text(), readValue(cursor, schema.values ?? 'null', names)]),
      );
      return Object.fromEntries(entries);
    }
    case 'fixed':
      return cursor.bytes(schema.size ?? 0);
    case 'enum':
      return schema.symbols?.[Number(cursor.long())] ?? null;
    default:
      return readValue(cursor, schema.type, names);
  }
}

const isUnion = (schema: Schema): schema is readonly Schema[] => Array.isArray(schema);

function block(bytes: Uint8Array, codec: string): Uint8Array {
  if (codec === 'null') return bytes;
  if (codec === 'deflate') return inflateRawSync(bytes);
  throw new Error(`avro: codec ${codec} is not supported`);
}

export function readAvroFile(bytes: Uint8Array): AvroFile {
  const cursor = new Cursor(bytes);
  if (utf8.decode(cursor.bytes(4)) !== 'Obj\u0001') throw new Error('avro: not a container file');
  const metadata = new Map<string, string>();
  cursor.blocks(() => metadata.set(cursor.text(), utf8.decode(cursor.bytes())));
  const schema = JSON.parse(metadata.get('avro.schema') ?? 'null') as Schema;
  const sync = Buffer.from(cursor.bytes(syncBytes));
  const names: Names = new Map();
  const records: AvroRecord[] = [];
  while (!cursor.done) {
    const count = cursor.long();
    const content = new Cursor(block(cursor.bytes(), metadata.get('avro.codec') ?? 'null'));
    for (let i = 0n; i < count; i += 1n) {
      records.push(readValue(content, schema, names) as AvroRecord);
    }
    if (!content.done) throw new Error('avro: a block is longer than its records');
    if (!sync.equals(cursor.bytes(syncBytes))) throw new Error('avro: a sync marker is wrong');
  }
  return { metadata, records };
}
