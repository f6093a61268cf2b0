/**
 * Thrift's compact protocol, as Parquet footers use it: nothing is lost on the way through the
 * engine's tree, another reader sees the same values, and damage is refused by name.
 *
 * The engine rewrites footers that somebody else wrote; it may do so only because decode and encode
 * are inverse. hyparquet is the other reader; it knows no sets.
 */
import fc from 'fast-check';
import { deserializeTCompactProtocol } from 'hyparquet/src/thrift.js';
import { describe, expect } from 'vitest';
import {
  decodeThrift,
  encodeThrift,
  type ThriftField,
  type ThriftList,
  type ThriftStruct,
  type ThriftValue,
  thriftTypes,
} from '../src/pipeline/adapters/iceberg/thrift-compact.ts';
import { seededTests } from './seeded.ts';

const seededTest = seededTests(import.meta.filename);

interface Typed {
  readonly type: number;
  readonly value: ThriftValue;
}
const typed = (type: number, value: fc.Arbitrary<ThriftValue>): fc.Arbitrary<Typed> =>
  fc.record({ type: fc.constant(type), value });

const signed = (bits: bigint) =>
  fc.oneof(
    fc.constantFrom(0n, -1n, 2n ** (bits - 1n) - 1n, -(2n ** (bits - 1n)), 63n, 64n, -64n, -65n),
    fc.bigInt({ min: -(2n ** (bits - 1n)), max: 2n ** (bits - 1n) - 1n }),
  );
const bytes = (lengths: fc.IntArrayConstraints) =>
  fc.uint8Array(lengths).map((one) => Buffer.from(one));
const listLength = fc.oneof(
  { weight: 5, arbitrary: fc.nat({ max: 4 }) },
  fc.constantFrom(14, 15, 16, 130),
);
const fieldIds = fc.uniqueArray(
  fc.oneof(fc.nat({ max: 40 }), fc.integer({ min: -32_768, max: 32_767 })),
  {
    maxLength: 6,
  },
);

/** Values of every wire type; `sets` also the one that hyparquet does not know. */
function trees(sets: boolean): fc.Arbitrary<ThriftStruct> {
  const { any } = fc.letrec<{ any: Typed; struct: ThriftStruct; list: ThriftList }>((tie) => ({
    any: fc.oneof(
      { depthSize: 'small' },
      typed(thriftTypes.true, fc.constant(null)),
      typed(thriftTypes.false, fc.constant(null)),
      typed(thriftTypes.byte, fc.nat({ max: 255 })),
      typed(thriftTypes.i16, signed(16n)),
      typed(thriftTypes.i32, signed(32n)),
      typed(thriftTypes.i64, signed(64n)),
      typed(thriftTypes.double, bytes({ minLength: 8, maxLength: 8 })),
      typed(thriftTypes.binary, bytes({ maxLength: 200 })),
      typed(thriftTypes.list, tie('list')),
      typed(thriftTypes.struct, tie('struct')),
      ...(sets ? [typed(thriftTypes.set, tie('list'))] : []),
    ),
    list: fc
      .tuple(tie('any'), listLength, fc.nat({ max: 1 }))
      .map(([one, length, odd]): ThriftList => {
        const isBoolean = one.type === thriftTypes.true || one.type === thriftTypes.false;
        const items = Array.from({ length }, (_, i) =>
          isBoolean ? 1 + ((i + odd) % 2) : one.value,
        );
        return { elementType: one.type, items };
      }),
    struct: fc
      .tuple(fieldIds, fc.array(tie('any'), { minLength: 6, maxLength: 6 }))
      .map(([ids, values]) => ids.map((id, i): ThriftField => ({ id, ...values[i]! }))),
  }));
  return fc
    .tuple(fieldIds, fc.array(any, { minLength: 6, maxLength: 6 }))
    .map(([ids, values]) => ids.map((id, i) => ({ id, ...values[i]! })));
}

/** The value as hyparquet gives it. */
function foreign(type: number, value: ThriftValue): unknown {
  if (type === thriftTypes.true || type === thriftTypes.false) return type === thriftTypes.true;
  if (type === thriftTypes.byte) return ((value as number) << 24) >> 24;
  if (type === thriftTypes.i16 || type === thriftTypes.i32) return Number(value);
  if (type === thriftTypes.double) return (value as Buffer).readDoubleLE();
  if (type === thriftTypes.binary) return new Uint8Array(value as Buffer);
  if (type === thriftTypes.struct) return foreignStruct(value as ThriftStruct);
  if (type !== thriftTypes.list) return value;
  const { elementType, items } = value as ThriftList;
  const isBoolean = elementType === thriftTypes.true || elementType === thriftTypes.false;
  return items.map((item) => (isBoolean ? item === 1 : foreign(elementType, item)));
}

const foreignStruct = (fields: ThriftStruct) =>
  Object.fromEntries(fields.map(({ id, type, value }) => [`field_${id}`, foreign(type, value)]));

/** The tree, or null when the bytes were refused; only the engine's own refusal counts. */
function decodedOrRefused(footer: Buffer): ThriftStruct | null {
  try {
    return decodeThrift(footer);
  } catch (error) {
    expect(error).toMatchObject({ code: 'table-invalid' });
    return null;
  }
}

describe('a footer', () => {
  seededTest(
    'of any fields in any order comes back the same, and as the same bytes',
    fc.property(trees(true), (tree) => {
      const footer = encodeThrift(tree);
      expect(decodeThrift(footer)).toEqual(tree);
      expect(encodeThrift(decodeThrift(footer)).equals(footer)).toBe(true);
    }),
    { runs: 400 },
  );

  seededTest(
    'has the same values for a reader of other hands',
    fc.property(trees(false), (tree) => {
      const view = new DataView(new Uint8Array(encodeThrift(tree)).buffer);
      const reader = { view, offset: 0 };
      expect(deserializeTCompactProtocol(reader)).toEqual(foreignStruct(tree));
      expect(reader.offset).toBe(view.byteLength);
    }),
    { runs: 400 },
  );

  seededTest(
    'that is cut or goes on behind its end is refused',
    fc.property(trees(true), fc.nat(), bytes({ minLength: 1, maxLength: 5 }), (tree, at, more) => {
      const footer = encodeThrift(tree);
      expect(decodedOrRefused(footer.subarray(0, at % footer.length))).toBe(null);
      expect(decodedOrRefused(Buffer.concat([footer, more]))).toBe(null);
    }),
    { runs: 400 },
  );

  const damaged = fc
    .tuple(trees(true), fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { maxLength: 4 }))
    .map(([tree, writes]) => {
      const footer = encodeThrift(tree);
      for (const [at, byte] of writes) footer[at % footer.length] = byte;
      return footer;
    });

  seededTest(
    'that is damaged or foreign is refused by name, or read whole',
    fc.property(fc.oneof(damaged, bytes({ maxLength: 60 })), (footer) => {
      const tree = decodedOrRefused(footer);
      // What was read may have been written with longer numbers than needed, so bytes may differ.
      if (tree !== null) expect(decodeThrift(encodeThrift(tree))).toEqual(tree);
    }),
    { runs: 800 },
  );

  seededTest(
    'that nests lists and structs without end is refused by name before the stack is used up',
    fc.property(
      fc.array(fc.constantFrom(0x19, 0x1a, 0x1c), { minLength: 1, maxLength: 3 }),
      fc.integer({ min: 100, max: 60_000 }),
      (heads, times) => {
        expect(decodedOrRefused(Buffer.alloc(heads.length * times, Buffer.from(heads)))).toBe(null);
      },
    ),
    { runs: 50 },
  );
});
