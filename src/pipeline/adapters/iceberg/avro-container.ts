/**
 * Avro object container files, as Iceberg's manifests use them.
 *
 * The records are encoded by avsc. The container around them is written here, because avsc's own
 * writer drops the attributes that Avro itself does not know from the schema in the header, and
 * `field-id` is one of them. Reading uses the writer's schema from the header and finds fields by
 * field id, since other engines have called the same field by other names. Longs are bigint
 * everywhere: snapshot ids have 63 bits.
 */
import { constants, deflateRawSync, inflateRawSync, zstdDecompressSync } from 'node:zlib';
import avro from 'avsc';
import { TidemarkError } from '../../errors.ts';
import { BoundedCache } from './bounded-cache.ts';
import type { RandomBytes } from './random.ts';

export interface AvroField {
  readonly name: string;
  readonly type: AvroSchema;
  readonly 'field-id'?: number;
  readonly default?: null;
}
export interface AvroComplex {
  readonly type: string;
  readonly name?: string;
  readonly fields?: readonly AvroField[];
  readonly items?: AvroSchema;
  readonly logicalType?: string;
  readonly 'element-id'?: number;
}
export type AvroSchema = string | AvroComplex | readonly AvroSchema[];

const magic = Buffer.from('Obj\u0001', 'latin1');
const syncBytes = 16;

const longType = avro.types.LongType.__with({
  fromBuffer: (bytes: Buffer) => bytes.readBigInt64LE(),
  toBuffer: (value: bigint) => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(value);
    return bytes;
  },
  fromJSON: BigInt,
  toJSON: String,
  isValid: (value: unknown) => typeof value === 'bigint',
  compare: (a: bigint, b: bigint) => (a < b ? -1 : a > b ? 1 : 0),
});

export function avroType(schema: AvroSchema): avro.Type {
  const options = { registry: { long: longType }, wrapUnions: false };
  return avro.Type.forSchema(schema as avro.Schema, options as Partial<avro.ForSchemaOptions>);
}

const metaType = avro.Type.forSchema({ type: 'map', values: 'bytes' });
const countType = avro.Type.forSchema('long');
const bytesType = avro.Type.forSchema('bytes');

export interface AvroWriter {
  readonly schema: AvroSchema;
  readonly type: avro.Type;
}

export function avroWriter(schema: AvroSchema): AvroWriter {
  return { schema, type: avroType(schema) };
}

/** One container with all records in one deflated block. */
export function writeContainer(
  writer: AvroWriter,
  metadata: Readonly<Record<string, string>>,
  records: readonly unknown[],
  random: RandomBytes,
): Buffer {
  const header = {
    'avro.schema': JSON.stringify(writer.schema),
    'avro.codec': 'deflate',
    ...metadata,
  };
  const meta = Object.fromEntries(Object.entries(header).map(([k, v]) => [k, Buffer.from(v)]));
  const sync = Buffer.from(random(syncBytes));
  const parts = [magic, metaType.toBuffer(meta), sync];
  if (records.length > 0) {
    const raw = Buffer.concat(records.map((record) => writer.type.toBuffer(record)));
    const body = deflateRawSync(raw, { level: constants.Z_BEST_SPEED });
    parts.push(countType.toBuffer(records.length), bytesType.toBuffer(body), sync);
  }
  return Buffer.concat(parts);
}

type Decoder = { decode(bytes: Buffer, position: number): { value: unknown; offset: number } };

function take(type: avro.Type, bytes: Buffer, position: number) {
  const { value, offset } = (type as unknown as Decoder).decode(bytes, position);
  if (offset < 0) throw new TidemarkError('table-invalid', 'Avro container ends early');
  return { value, offset };
}

function uncompressed(codec: string, body: Buffer): Buffer {
  if (codec === 'null') return body;
  if (codec === 'deflate') return inflateRawSync(body);
  if (codec === 'zstandard') return zstdDecompressSync(body);
  throw new TidemarkError('table-invalid', `Avro codec ${codec} is not known here`);
}

/** The schema with its fields renamed to the names that `names` gives to their field ids. */
function renamed(schema: AvroSchema, names: ReadonlyMap<number, string>): AvroSchema {
  if (typeof schema === 'string') return schema;
  if (Array.isArray(schema)) return schema.map((one) => renamed(one, names));
  const complex = schema as AvroComplex;
  const inner =
    typeof complex.type === 'string' ? {} : { type: renamed(complex.type as AvroSchema, names) };
  return {
    ...complex,
    ...inner,
    ...(complex.items && { items: renamed(complex.items, names) }),
    ...(complex.fields && {
      fields: complex.fields.map((field) => ({
        ...field,
        name: names.get(field['field-id'] ?? -1) ?? field.name,
        type: renamed(field.type, names),
      })),
    }),
  } as AvroComplex;
}

/** Building a decoder costs more than decoding a small file, and writers use few schemas. */
const decodersKeptMax = 32;
const decoders = new BoundedCache<avro.Type>(decodersKeptMax);

function decoderOf(schemaText: string, names: ReadonlyMap<number, string>): avro.Type {
  const key = `${[...names.keys()]} ${schemaText}`;
  const type = decoders.get(key) ?? avroType(renamed(JSON.parse(schemaText), names));
  decoders.set(key, type);
  return type;
}

export interface AvroContainer {
  readonly metadata: Readonly<Record<string, string>>;
  readonly records: readonly unknown[];
}

/**
 * The header's map, entry by entry: avsc believes a damaged count, and would work on it for hours.
 */
function readMetadata(bytes: Buffer, start: number) {
  const metadata: Record<string, string> = {};
  let offset = start;
  const next = (type: avro.Type) => {
    const taken = take(type, bytes, offset);
    offset = taken.offset;
    return taken.value;
  };
  for (;;) {
    const count = next(countType) as number;
    if (count === 0) return { metadata, offset };
    if (count < 0) next(countType);
    for (let left = Math.abs(count); left > 0; left--) {
      const key = (next(bytesType) as Buffer).toString('utf8');
      metadata[key] = (next(bytesType) as Buffer).toString('utf8');
    }
  }
}

/** The marker that ends the header and each block; another one there is damage. */
function expectSync(bytes: Buffer, position: number, sync: Buffer): void {
  const found = bytes.subarray(position, position + syncBytes);
  if (found.length < syncBytes)
    throw new TidemarkError('table-invalid', 'Avro container ends early');
  if (found.equals(sync)) return;
  throw new TidemarkError('table-invalid', `Avro container is damaged before byte ${position}`);
}

function read(bytes: Buffer, names: ReadonlyMap<number, string>): AvroContainer {
  if (!bytes.subarray(0, magic.length).equals(magic)) {
    throw new TidemarkError('table-invalid', 'not an Avro container');
  }
  const { metadata, offset: headEnd } = readMetadata(bytes, magic.length);
  const type = decoderOf(metadata['avro.schema'] ?? '"null"', names);
  const sync = bytes.subarray(headEnd, headEnd + syncBytes);
  expectSync(bytes, headEnd, sync);
  const records: unknown[] = [];
  let position = headEnd + syncBytes;
  while (position < bytes.length) {
    const count = take(countType, bytes, position);
    const block = take(bytesType, bytes, count.offset);
    expectSync(bytes, block.offset, sync);
    const body = uncompressed(metadata['avro.codec'] ?? 'null', block.value as Buffer);
    let offset = 0;
    for (let i = 0; i < (count.value as number); i++) {
      const record = take(type, body, offset);
      records.push(record.value);
      offset = record.offset;
    }
    position = block.offset + syncBytes;
  }
  return { metadata, records };
}

/**
 * Reads a whole container; `names` says what fields shall be called, by field id. Fails with
 * `table-invalid`, also on damage that a codec, the schema or the decoder stumbles over.
 */
export function readContainer(
  bytes: Buffer,
  names: ReadonlyMap<number, string> = new Map(),
): AvroContainer {
  try {
    return read(bytes, names);
  } catch (cause) {
    if (cause instanceof TidemarkError) throw cause;
    throw new TidemarkError('table-invalid', `Avro container is damaged: ${String(cause)}`, {
      cause,
    });
  }
}
