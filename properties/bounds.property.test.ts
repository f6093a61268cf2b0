/**
 * Bounds: a reader that skips a file by its bounds never skips a row that is in it.
 *
 * The engine turns a Parquet statistic into Iceberg's bytes; the checkers read these bytes with
 * code of their own. What has to hold is the order: lower <= every value <= upper, for texts of any
 * language, for decimals of 38 digits, before 1970 and after 2286.
 */
import fc from 'fast-check';
import { describe, expect } from 'vitest';
import {
  compareBounds as checkersCompare,
  decodeBound,
  signedBigEndian,
} from '../harness/checkers/lake/bounds.ts';
import { bigintAt } from '../harness/checkers/lake/column-extremes.ts';
import {
  type BoundValue,
  compareBounds,
  decodeStatistic,
  encodeBound,
  physicalTypes,
} from '../src/pipeline/adapters/iceberg/bounds.ts';
import {
  encodeBounds,
  type FileStatistics,
} from '../src/pipeline/adapters/iceberg/parquet-statistics.ts';
import { type LakeType, lakeColumns } from '../src/pipeline/adapters/iceberg/schema.ts';
import { seededTests } from './seeded.ts';

const seededTest = seededTests(import.meta.filename);
const decimal = 'decimal(38, 8)' as const;
const decimalMax = 10n ** 38n - 1n;

const between = (min: bigint, max: bigint) =>
  fc.oneof(
    fc.constantFrom(min, max, 0n, -1n, 1n, 127n, 128n, -128n, -129n),
    fc.bigInt({ min, max }),
  );
const valuesOf: Readonly<Record<Exclude<LakeType, 'string'>, fc.Arbitrary<bigint>>> = {
  int: between(-(2n ** 31n), 2n ** 31n - 1n),
  long: between(-(2n ** 63n), 2n ** 63n - 1n),
  timestamptz: between(-(2n ** 63n), 2n ** 63n - 1n),
  [decimal]: between(-decimalMax, decimalMax),
};
const numericTypes = Object.keys(valuesOf) as Array<keyof typeof valuesOf>;
const number = fc
  .constantFrom(...numericTypes)
  .chain((type) => fc.record({ type: fc.constant(type), value: valuesOf[type] }));

/** The statistic as Parquet's writers store the value. */
function statistic(type: keyof typeof valuesOf, value: bigint): [physical: number, bytes: Buffer] {
  if (type === 'int') {
    const bytes = Buffer.alloc(4);
    bytes.writeInt32LE(Number(value));
    return [physicalTypes.int32, bytes];
  }
  if (type === decimal) {
    const hex = BigInt.asUintN(128, value).toString(16).padStart(32, '0');
    return [physicalTypes.fixedLength, Buffer.from(hex, 'hex')];
  }
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(value);
  return [physicalTypes.int64, bytes];
}

describe('numbers', () => {
  seededTest(
    'from a statistic to the bytes of a manifest and back, the number is the same',
    fc.property(number, ({ type, value }) => {
      const [physical, bytes] = statistic(type, value);
      expect(decodeStatistic(type, physical, bytes)).toBe(value);
      for (const side of ['lower', 'upper'] as const) {
        expect(decodeBound(type, encodeBound(type, value, side)!)).toBe(value);
      }
    }),
    { runs: 600 },
  );

  seededTest(
    'a decimal takes as few bytes as hold its sign, and is read whatever the padding',
    fc.property(valuesOf[decimal], fc.nat({ max: 16 }), (value, more) => {
      const bytes = encodeBound(decimal, value, 'lower')!;
      const shorter = bytes.subarray(1);
      if (shorter.length > 0) expect(signedBigEndian(shorter)).not.toBe(value);
      const padded = Buffer.concat([Buffer.alloc(more, value < 0n ? 0xff : 0), bytes]);
      expect(signedBigEndian(padded)).toBe(value);
      expect(decodeStatistic(decimal, physicalTypes.fixedLength, padded)).toBe(value);
    }),
    { runs: 400 },
  );

  seededTest(
    'the words of a column are the number that the bytes of its bound are',
    fc.property(valuesOf[decimal], (value) => {
      const words = Int32Array.from([96n, 64n, 32n, 0n], (shift) =>
        Number(BigInt.asIntN(32, value >> shift)),
      );
      expect(bigintAt(words, 0)).toBe(value);
    }),
    { runs: 200 },
  );

  seededTest(
    'the engine and the checkers put any two into the same order',
    fc.property(valuesOf[decimal], valuesOf[decimal], (a, b) => {
      const order = a < b ? -1 : a > b ? 1 : 0;
      expect([Math.sign(compareBounds(a, b)), Math.sign(checkersCompare(a, b))]).toEqual([
        order,
        order,
      ]);
    }),
    { runs: 200 },
  );
});

/** Texts around the 16 code points at which bounds are cut, with the ends of Unicode in them. */
const hardPoint = fc.constantFrom(
  '\u{10ffff}',
  '\ud7ff',
  '\ue000',
  '\uffff',
  '\u{10000}',
  '\u007f',
);
const text = fc
  .array(
    fc.oneof(
      { weight: 3, arbitrary: fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }) },
      hardPoint,
    ),
    {
      maxLength: 24,
      size: 'max',
    },
  )
  .map((points) => points.join(''));
const bytesOf = (value: string) => Buffer.from(value, 'utf8');

describe('texts', () => {
  seededTest(
    'lie between their bounds, however they are cut, and bounds stay text',
    fc.property(text, (value) => {
      const lower = encodeBound('string', bytesOf(value), 'lower')!;
      const upper = encodeBound('string', bytesOf(value), 'upper');
      expect(checkersCompare(decodeBound('string', lower), bytesOf(value))).toBeLessThanOrEqual(0);
      for (const bound of [lower, upper ?? lower]) {
        expect([...bound.toString('utf8')].length).toBeLessThanOrEqual(16);
        expect(Buffer.from(bound.toString('utf8')).equals(bound)).toBe(true);
      }
      if (upper === undefined) expect(value).toMatch(/^\u{10ffff}{17}/u);
      else
        expect(
          checkersCompare(decodeBound('string', upper), bytesOf(value)),
        ).toBeGreaterThanOrEqual(0);
      if ([...value].length <= 16) expect([lower, upper]).toEqual([bytesOf(value), bytesOf(value)]);
    }),
    { runs: 800 },
  );

  seededTest(
    'that begin like a cut upper bound lie below it, whatever follows',
    fc.property(text, text, (value, rest) => {
      const points = [...value];
      fc.pre(points.length > 16);
      const upper = encodeBound('string', bytesOf(value), 'upper');
      fc.pre(upper !== undefined);
      const other = bytesOf(points.slice(0, 16).join('') + rest);
      expect(Buffer.compare(upper!, other)).toBeGreaterThan(0);
    }),
    { runs: 300 },
  );

  seededTest(
    'that are no UTF-8 get no bound, and never a wrong one',
    fc.property(fc.uint8Array({ maxLength: 40 }), (value) => {
      const bytes = Buffer.from(value);
      const isText = Buffer.from(bytes.toString('utf8')).equals(bytes);
      for (const side of ['lower', 'upper'] as const) {
        const bound = encodeBound('string', bytes, side);
        if (!isText) expect(bound).toBeUndefined();
        else if (side === 'lower') expect(Buffer.compare(bound!, bytes)).toBeLessThanOrEqual(0);
        else if (bound !== undefined)
          expect(Buffer.compare(bound, bytes)).toBeGreaterThanOrEqual(0);
      }
    }),
    { runs: 300 },
  );
});

seededTest(
  'bounds of a whole file hold for every row of it, and a column without statistics has none',
  fc.property(
    fc.record(
      Object.fromEntries(
        lakeColumns.map(({ id, type }) => {
          const value: fc.Arbitrary<BoundValue> =
            type === 'string' ? text.map(bytesOf) : valuesOf[type];
          return [id, fc.array(value, { maxLength: 5 })];
        }),
      ),
    ),
    (rows: Record<string, BoundValue[]>) => {
      const columns = lakeColumns.map(({ id }) => {
        const values = rows[id]!.toSorted(compareBounds);
        const range = values.length === 0 ? undefined : { min: values[0]!, max: values.at(-1)! };
        return [id, { bytes: 1n, values: BigInt(values.length), nulls: 0n, range }] as const;
      });
      const statistics: FileStatistics = { rows: 5n, columns: new Map(columns), splitOffsets: [] };
      const { lower, upper } = encodeBounds(statistics, lakeColumns);
      for (const { id, type } of lakeColumns) {
        const [low, high] = [lower.get(id), upper.get(id)];
        if (rows[id]!.length === 0) expect([low, high]).toEqual([undefined, undefined]);
        else expect(low).toBeDefined();
        for (const value of rows[id]!) {
          expect(checkersCompare(decodeBound(type, low!), value)).toBeLessThanOrEqual(0);
          if (high === undefined) expect(type).toBe('string');
          else expect(checkersCompare(decodeBound(type, high), value)).toBeGreaterThanOrEqual(0);
        }
      }
    },
  ),
  { runs: 200 },
);
