/**
 * An output buffer for decompression that grows by doubling up to a named maximum and is used again
 * for the next batch.
 *
 * A batch says nothing reliable about its decompressed size, and a corrupt one may ask for any
 * amount; so each block asks for room first and is refused beyond the maximum.
 */
import { LogReadError } from './log-error.ts';

export const decompressedBytesMax = 256 * 1024 * 1024;
const initialBytes = 1024 * 1024;

export class GrowingBytes {
  bytes = new Uint8Array(initialBytes);
  length = 0;

  /** Makes sure that `more` bytes fit behind `length`. */
  reserve(more: number): void {
    const needed = this.length + more;
    if (needed <= this.bytes.length) return;
    if (needed > decompressedBytesMax) {
      const what = `a batch decompresses to more than ${decompressedBytesMax} bytes`;
      throw new LogReadError('CORRUPT_BATCH', what);
    }
    const grown = new Uint8Array(
      Math.min(Math.max(needed, this.bytes.length * 2), decompressedBytesMax),
    );
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
  }

  append(source: Uint8Array, start: number, end: number): void {
    this.reserve(end - start);
    this.bytes.set(source.subarray(start, end), this.length);
    this.length += end - start;
  }
}

/**
 * Copies `count` bytes inside `bytes` from `to - distance` to `to`, byte by byte in order, so that
 * a copy may repeat what it has just written. Both dictionary coders of this folder end in this
 * loop.
 */
export function copyBack(bytes: Uint8Array, to: number, distance: number, count: number): void {
  const from = to - distance;
  if (distance >= count && count > 32) {
    bytes.copyWithin(to, from, from + count);
    return;
  }
  for (let i = 0; i < count; i += 1) bytes[to + i] = bytes[from + i]!;
}

/** Copies bytes from one array to another; short runs are faster in a loop than through `set`. */
export function copyRun(
  source: Uint8Array,
  from: number,
  target: Uint8Array,
  to: number,
  count: number,
): void {
  if (count > 32) target.set(source.subarray(from, from + count), to);
  else for (let i = 0; i < count; i += 1) target[to + i] = source[from + i]!;
}
