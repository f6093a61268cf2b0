/**
 * Values of Iceberg columns that can be ordered: decoding of bounds, comparison, partition
 * transforms.
 *
 * Iceberg writes bounds in its single-value form: integers little endian, decimals big endian,
 * strings as UTF-8 (and maybe cut). Numbers become bigint, so that nothing is rounded; the rest is
 * compared as unsigned bytes.
 */
import type { Bound, LakeColumn } from './lake-state.ts';

const numeric = /^(int|long|date|time|timestamp|timestamptz|decimal.*)$/;
const microsPerHour = 3_600_000_000n;

/** Fails for bytes of an impossible length. */
export function decodeBound(type: string, bytes: Uint8Array): Bound {
  if (!numeric.test(type)) return bytes;
  if (type.startsWith('decimal')) return signedBigEndian(bytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length === 4) return BigInt(view.getInt32(0, true));
  if (bytes.length === 8) return view.getBigInt64(0, true);
  throw new Error(`a bound of type ${type} has ${bytes.length} bytes`);
}

export function signedBigEndian(bytes: Uint8Array): bigint {
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  return BigInt.asIntN(8 * bytes.length, value);
}

/** Negative, zero or positive, as for sorting; numbers never meet bytes. */
export function compareBounds(a: Bound, b: Bound): number {
  if (typeof a === 'bigint' && typeof b === 'bigint') return a < b ? -1 : a > b ? 1 : 0;
  if (typeof a === 'bigint' || typeof b === 'bigint') throw new Error('a number meets bytes');
  return Buffer.compare(a, b);
}

const floorDivide = (a: bigint, b: bigint) => (a - (((a % b) + b) % b)) / b;

/** The partition value of a column's value, or null for a transform that is not known here. */
export function applyTransform(transform: string, value: Bound): Bound | null {
  if (transform === 'identity') return value;
  if (typeof value !== 'bigint') return null;
  if (transform === 'hour') return floorDivide(value, microsPerHour);
  if (transform === 'day') return floorDivide(value, 24n * microsPerHour);
  return null;
}

/** Iceberg's type of a transform's result. */
export function transformType(transform: string, column: LakeColumn): string {
  return transform === 'identity' ? column.type : transform === 'day' ? 'date' : 'int';
}

/** For messages: numbers in digits, text in quotes when it is text. */
export function boundText(value: Bound | null): string {
  if (value === null) return 'null';
  return typeof value === 'bigint'
    ? value.toString()
    : JSON.stringify(Buffer.from(value).toString());
}
