/**
 * Decompresses the records of one batch, whatever the codec: 0 none, 1 gzip, 2 snappy, 3 lz4, 4
 * zstd.
 *
 * gzip and zstd come from Node; the other two are decoded here in TypeScript. The result of a call
 * may live in a buffer that the next call overwrites: read the records before the next batch.
 */
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { decompressedBytesMax, GrowingBytes } from './growing-bytes.ts';
import { LogReadError } from './log-error.ts';
import { decompressLz4Frame } from './lz4.ts';
import { decompressSnappy } from './snappy.ts';

const limits = { maxOutputLength: decompressedBytesMax };

export interface Span {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
}

export class Decompressor {
  readonly #out = new GrowingBytes();

  /** Throws CORRUPT_BATCH, or UNSUPPORTED for a codec that does not exist. */
  decompress(codec: number, bytes: Uint8Array, start: number, end: number): Span {
    if (codec === 0) return { bytes, start, end };
    if (codec === 1)
      return whole(fromZlib('gzip', () => gunzipSync(bytes.subarray(start, end), limits)));
    if (codec === 4) {
      return whole(fromZlib('zstd', () => zstdDecompressSync(bytes.subarray(start, end), limits)));
    }
    const out = this.#out;
    out.length = 0;
    if (codec === 2) decompressSnappy(bytes, start, end, out);
    else if (codec === 3) decompressLz4Frame(bytes, start, end, out);
    else throw new LogReadError('UNSUPPORTED', `compression codec ${codec}`);
    return { bytes: out.bytes, start: 0, end: out.length };
  }
}

const whole = (bytes: Uint8Array): Span => ({ bytes, start: 0, end: bytes.length });

function fromZlib(name: string, decompress: () => Buffer): Buffer {
  try {
    return decompress();
  } catch (cause) {
    throw new LogReadError('CORRUPT_BATCH', `${name}: ${(cause as Error).message}`, { cause });
  }
}
