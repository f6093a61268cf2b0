/**
 * The lines of a file, plain or gzipped, as bytes.
 *
 * A recording can be far larger than memory, so the file is streamed: one chunk and the carry of
 * one unfinished line are held at a time. Gzip is recognised by its first two bytes, not by the
 * name. Lines are separated by LF; a CR before it is cut. A last line without LF counts. Missing,
 * empty and broken files come out as `NotARecordingError`, so the caller has one error to map.
 * Nothing is decoded here: the bytes between two line ends are handed on untouched.
 */

import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { NotARecordingError } from './workload-error.ts';

/** The longest line of the recordings at hand is a depth snapshot of 64 KB. */
export const lineBytesMax = 4 * 1024 * 1024;
const chunkBytes = 256 * 1024;
const lf = 0x0a;
const cr = 0x0d;

export interface RecordingLine {
  readonly bytes: Buffer;
  /** First line is 1. */
  readonly number: number;
}

/**
 * Yields every line, empty ones too. Throws `NotARecordingError` with line 0 when the file as a
 * whole can't be read.
 */
export async function* readLines(file: string): AsyncGenerator<RecordingLine> {
  const source = await openSource(file);
  let carry: Buffer = Buffer.alloc(0);
  let number = 0;
  try {
    for await (const chunk of source) {
      let data = carry.length === 0 ? (chunk as Buffer) : Buffer.concat([carry, chunk as Buffer]);
      let start = 0;
      for (let end = data.indexOf(lf); end >= 0; end = data.indexOf(lf, start)) {
        number += 1;
        yield { bytes: cutCr(data.subarray(start, end)), number };
        start = end + 1;
      }
      data = data.subarray(start);
      if (data.length > lineBytesMax) {
        const expected = `lines of at most ${lineBytesMax} bytes`;
        throw new NotARecordingError(file, number + 1, expected, JSON.stringify(text(data)));
      }
      carry = data;
    }
  } catch (error) {
    if (error instanceof NotARecordingError) throw error;
    if (!isReadError(error)) throw error;
    throw new NotARecordingError(file, number + 1, 'a readable file', error.message, error);
  }
  if (carry.length > 0) yield { bytes: cutCr(carry), number: number + 1 };
}

async function openSource(file: string): Promise<Readable> {
  const head = Buffer.alloc(2);
  let headBytes: number;
  try {
    const handle = await open(file, 'r');
    try {
      headBytes = (await handle.read(head, 0, 2, 0)).bytesRead;
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (!isReadError(error)) throw error;
    const found = error.code === 'ENOENT' ? 'no such file' : error.message;
    throw new NotARecordingError(file, 0, 'a file that can be read', found, error);
  }
  if (headBytes === 0) throw new NotARecordingError(file, 0, 'recorded trades', 'an empty file');
  const plain = createReadStream(file, { highWaterMark: chunkBytes });
  if (head[0] !== 0x1f || head[1] !== 0x8b) return plain;
  // The callback is what keeps pipeline from throwing on its own; the error also comes out of the
  // loop over the gunzip.
  return pipeline(plain, createGunzip({ chunkSize: chunkBytes }), () => undefined);
}

/**
 * System and zlib errors carry a string code; anything else is a fault of ours and goes on
 * unchanged.
 */
function isReadError(error: unknown): error is Error & { code: string } {
  return error instanceof Error && typeof (error as { code?: unknown }).code === 'string';
}

function cutCr(line: Buffer): Buffer {
  return line.length > 0 && line[line.length - 1] === cr ? line.subarray(0, -1) : line;
}

function text(bytes: Buffer): string {
  return bytes.toString('utf8', 0, 400);
}
