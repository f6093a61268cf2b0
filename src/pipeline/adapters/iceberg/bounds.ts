/**
 * Column bounds: from a Parquet statistic to the bytes that Iceberg stores in a manifest.
 *
 * A wrong bound is the quietest way to lose rows: a reader skips the file and reports no error. So
 * the statistic is decoded by the column's PHYSICAL type (a decimal in a fixed-length array is big
 * endian, in an INT64 little endian), compared as a value, and encoded again by Iceberg's
 * single-value serialization. Strings are cut to 16 code points; a cut upper bound is incremented
 * so that it still lies above the value. A bound that cannot be given is left out, which is always
 * allowed.
 */
import { TidemarkError } from '../../errors.ts';
import type { LakeType } from './schema.ts';

/** Physical types of Parquet that the table's columns may have. */
export const physicalTypes = { int32: 1, int64: 2, byteArray: 6, fixedLength: 7 } as const;

/** A number, a decimal's unscaled value, microseconds, or the bytes of a string. */
export type BoundValue = bigint | Buffer;

/** Iceberg's default for metrics of strings: `truncate(16)`. */
const codePointsMax = 16;
const codePointLast = 0x10ffff;

function signedBigEndian(bytes: Buffer): bigint {
  if (bytes.length === 0) return 0n;
  return BigInt.asIntN(bytes.length * 8, BigInt(`0x${bytes.toString('hex')}`));
}

/**
 * Reads a `min_value` or `max_value` of the footer; fails with `table-invalid` on a type that no
 * column here has.
 */
export function decodeStatistic(type: LakeType, physical: number, bytes: Buffer): BoundValue {
  if (type === 'string') return bytes;
  if (physical === physicalTypes.int32 && bytes.length === 4) return BigInt(bytes.readInt32LE());
  if (physical === physicalTypes.int64 && bytes.length === 8) return bytes.readBigInt64LE();
  if (physical === physicalTypes.fixedLength) return signedBigEndian(bytes);
  throw new TidemarkError(
    'table-invalid',
    `Parquet statistic of ${bytes.length} bytes, physical type ${physical}, does not fit ${type}`,
  );
}

export function compareBounds(a: BoundValue, b: BoundValue): number {
  if (typeof a === 'bigint' && typeof b === 'bigint') return a < b ? -1 : a > b ? 1 : 0;
  return Buffer.compare(a as Buffer, b as Buffer);
}

/** Two's complement, big endian, as few bytes as hold the sign. */
function minimalBigEndian(value: bigint): Buffer {
  let length = 1;
  while (BigInt.asIntN(length * 8, value) !== value) length++;
  const hex = BigInt.asUintN(length * 8, value).toString(16);
  return Buffer.from(hex.padStart(length * 2, '0'), 'hex');
}

function littleEndian(value: bigint, length: 4 | 8): Buffer {
  const bytes = Buffer.alloc(length);
  if (length === 4) bytes.writeInt32LE(Number(value));
  else bytes.writeBigInt64LE(value);
  return bytes;
}

/** The code point after this one; surrogates are not characters, so they are stepped over. */
function nextCodePoint(point: number): number | undefined {
  if (point === codePointLast) return undefined;
  return point === 0xd7ff ? 0xe000 : point + 1;
}

/** The shortest text that is above every text starting with these code points. */
function incremented(points: readonly string[]): Buffer | undefined {
  for (let last = points.length - 1; last >= 0; last--) {
    const next = nextCodePoint(points[last]!.codePointAt(0)!);
    if (next === undefined) continue;
    return Buffer.from(points.slice(0, last).join('') + String.fromCodePoint(next));
  }
  return undefined;
}

function encodeText(bytes: Buffer, side: 'lower' | 'upper'): Buffer | undefined {
  const text = bytes.toString('utf8');
  // Bytes that are not UTF-8 would come back changed, and a changed bound may cut rows off.
  if (!Buffer.from(text).equals(bytes)) return undefined;
  const points = Array.from(text);
  if (points.length <= codePointsMax) return bytes;
  const kept = points.slice(0, codePointsMax);
  return side === 'lower' ? Buffer.from(kept.join('')) : incremented(kept);
}

/** Iceberg's single-value bytes, or undefined when no bound can be given. */
export function encodeBound(
  type: LakeType,
  value: BoundValue,
  side: 'lower' | 'upper',
): Buffer | undefined {
  if (typeof value !== 'bigint') return encodeText(value, side);
  if (type === 'int') return littleEndian(value, 4);
  if (type === 'decimal(38, 8)') return minimalBigEndian(value);
  return littleEndian(value, 8);
}

const microsPerDay = 86_400_000_000n;

/** Days since 1970 (UTC) of a time in microseconds; earlier times round down. */
export function dayOfMicros(micros: bigint): number {
  const days = micros / microsPerDay;
  return Number(micros % microsPerDay < 0n ? days - 1n : days);
}

/** Days since 1970 of `YYYY-MM-DD`; fails with `table-invalid` when it is no date. */
export function dayOfText(day: string): number {
  const ms = /^\d{4}-\d{2}-\d{2}$/.test(day) ? Date.parse(`${day}T00:00:00Z`) : Number.NaN;
  // Date.parse moves February 30 to March; such a text names no day.
  if (Number.isNaN(ms) || new Date(ms).toISOString().slice(0, day.length) !== day) {
    throw new TidemarkError('table-invalid', `exporter named the day "${day}", not YYYY-MM-DD`);
  }
  return Math.floor(ms / 86_400_000);
}
