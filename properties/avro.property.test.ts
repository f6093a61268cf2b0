/**
 * Avro containers: what the engine writes, its own reader and the checkers' reader find unchanged,
 * and a container that is cut is refused instead of being shorter.
 *
 * Schemas are drawn as well as records, so nothing depends on the shape of today's manifests.
 */
import fc from 'fast-check';
import { describe, expect } from 'vitest';
import { readAvroFile } from '../harness/checkers/lake/avro.ts';
import {
  type AvroSchema,
  avroWriter,
  readContainer,
  writeContainer,
} from '../src/pipeline/adapters/iceberg/avro-container.ts';
import { seededTests } from './seeded.ts';

const seededTest = seededTests(import.meta.filename);

type Primitive = 'int' | 'long' | 'string' | 'bytes' | 'boolean';
type Shape =
  | { readonly kind: Primitive }
  | { readonly kind: 'optional' | 'list'; readonly of: Shape }
  | { readonly kind: 'record'; readonly fields: readonly Shape[] };

const primitive: fc.Arbitrary<Shape> = fc
  .constantFrom<Primitive>('int', 'long', 'string', 'bytes', 'boolean')
  .map((kind) => ({ kind }));
const shape: fc.Arbitrary<Shape> = fc.letrec<{ any: Shape; solid: Shape }>((tie) => ({
  any: fc.oneof(
    { depthSize: 'small' },
    tie('solid'),
    tie('solid').map((of): Shape => ({ kind: 'optional', of })),
  ),
  solid: fc.oneof(
    { depthSize: 'small' },
    primitive,
    tie('any').map((of): Shape => ({ kind: 'list', of })),
    fc
      .array(tie('any'), { minLength: 1, maxLength: 4 })
      .map((fields): Shape => ({ kind: 'record', fields })),
  ),
})).any;
const recordShape = fc
  .array(shape, { minLength: 1, maxLength: 5 })
  .map((fields) => ({ kind: 'record' as const, fields }));

/** Names and field ids count up in the order in which they stand. */
function schemaOf(root: Shape): AvroSchema {
  let next = 0;
  const of = (one: Shape): AvroSchema => {
    if (one.kind === 'optional') return ['null', of(one.of)];
    if (one.kind === 'list') return { type: 'array', items: of(one.of), 'element-id': next++ };
    if (one.kind !== 'record') return one.kind;
    const name = `r${next++}`;
    const fields = one.fields.map((field, i) => ({
      name: `f${i}`,
      type: of(field),
      'field-id': next++,
    }));
    return { type: 'record', name, fields };
  };
  return of(root);
}

const int64 = fc.oneof(
  fc.constantFrom(2n ** 63n - 1n, -(2n ** 63n), 2n ** 53n, 2n ** 53n + 1n, -1n, 0n),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
);
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('\ufeff', '\ufeffa', '\0', ''),
);

function valuesOf(one: Shape): fc.Arbitrary<unknown> {
  switch (one.kind) {
    case 'int':
      return fc.integer();
    case 'long':
      return int64;
    case 'string':
      return text;
    case 'bytes':
      return fc.uint8Array({ maxLength: 30 }).map((bytes) => Buffer.from(bytes));
    case 'boolean':
      return fc.boolean();
    case 'optional':
      return fc.option(valuesOf(one.of), { nil: null, freq: 3 });
    case 'list':
      return fc.array(valuesOf(one.of), { maxLength: 5 });
    case 'record':
      return fc.record(
        Object.fromEntries(one.fields.map((field, i) => [`f${i}`, valuesOf(field)])),
      );
  }
}

/** Plain objects and bytes as hex, so that two readers' values can be compared. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return `bytes ${Buffer.from(value).toString('hex')}`;
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, plain(one)]));
}

const file = recordShape.chain((root) =>
  fc.record({
    root: fc.constant(root),
    records: fc.array(valuesOf(root), { maxLength: 5 }),
    metadata: fc.dictionary(fc.stringMatching(/^[a-z][a-z-]{0,8}$/), text, { maxKeys: 3 }),
    sync: fc.integer({ min: 0, max: 255 }),
  }),
);
type File = typeof file extends fc.Arbitrary<infer T> ? T : never;

/** The container's bytes, and how many of them stand before its records. */
function written({ root, records, metadata, sync }: File) {
  const writer = avroWriter(schemaOf(root));
  const write = (some: readonly unknown[]) =>
    writeContainer(writer, metadata, some, (size) => Buffer.alloc(size, sync));
  return { bytes: write(records), headBytes: write([]).length };
}

/** Records, or null when the container was refused; the pipeline refuses by its own name only. */
function readOrRefused(bytes: Buffer): readonly unknown[] | null {
  try {
    return readContainer(bytes).records;
  } catch (error) {
    expect(error).toMatchObject({ code: 'table-invalid' });
    return null;
  }
}

function checkersOrRefused(bytes: Buffer): readonly unknown[] | null {
  try {
    return readAvroFile(bytes).records;
  } catch (error) {
    expect(error).toBeInstanceOf(Error);
    return null;
  }
}

describe('a container of the engine', () => {
  seededTest(
    'gives the same records to its own reader and to the checkers, to the last bit',
    fc.property(file, (one) => {
      const { bytes } = written(one);
      const expected = one.records.map(plain);
      const own = readContainer(bytes);
      expect(own.records.map(plain)).toEqual(expected);
      expect(own.metadata).toMatchObject(one.metadata);
      const theirs = readAvroFile(bytes);
      expect(theirs.records.map(plain)).toEqual(expected);
      expect(Object.fromEntries(theirs.metadata)).toMatchObject(one.metadata);
      expect(JSON.parse(own.metadata['avro.schema']!)).toEqual(schemaOf(one.root));
    }),
    { runs: 60 },
  );

  seededTest(
    'is refused when it is cut anywhere, for half of a manifest is no smaller manifest',
    fc.property(file, fc.nat(), (one, at) => {
      const { bytes, headBytes } = written(one);
      const cut = at % bytes.length;
      // Cut exactly between its header and its only block it is another, empty container.
      fc.pre(cut !== headBytes);
      expect(readOrRefused(bytes.subarray(0, cut))).toBe(null);
      expect(checkersOrRefused(bytes.subarray(0, cut))).toBe(null);
    }),
    { runs: 80 },
  );

  seededTest(
    'is refused when a bit of a sync marker is another one: something else was written over it',
    fc.property(
      file,
      fc.nat({ max: 15 }),
      fc.nat({ max: 7 }),
      fc.boolean(),
      (one, at, bit, last) => {
        fc.pre(one.records.length > 0);
        const { bytes, headBytes } = written(one);
        bytes[(last ? bytes.length : headBytes) - 16 + at]! ^= 1 << bit;
        expect(readOrRefused(bytes)).toBe(null);
        expect(checkersOrRefused(bytes)).toBe(null);
      },
    ),
    { runs: 40 },
  );

  seededTest(
    'with a bit of its header changed is refused by name, or is as empty as it was',
    fc.property(file, fc.nat(), fc.nat({ max: 7 }), (one, at, bit) => {
      // Without records, for the library that decodes them believes any count in a damaged block.
      const { bytes } = written({ ...one, records: [] });
      bytes[at % bytes.length]! ^= 1 << bit;
      for (const records of [readOrRefused(bytes), checkersOrRefused(bytes)]) {
        expect(records ?? []).toEqual([]);
      }
    }),
    { runs: 40 },
  );
});
