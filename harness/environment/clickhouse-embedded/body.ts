/**
 * The body of a request: decompressed, read in two steps.
 *
 * Whether a body is SQL or data is known only after its beginning was read. So the head, up to the
 * size that a query may have, is read into memory first; the rest stays in the socket and is handed
 * out block by block for the file it goes to. A body is never held whole. Content-Encoding gzip,
 * deflate, br and zstd are undone on the way; others are refused by name.
 */
import type { IncomingMessage } from 'node:http';
import { pipeline, type Transform } from 'node:stream';
import {
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createZstdDecompress,
} from 'node:zlib';
import { notImplemented, refuse } from './errors.ts';

const decoders: ReadonlyMap<string, () => Transform> = new Map<string, () => Transform>([
  ['gzip', createGunzip],
  ['x-gzip', createGunzip],
  ['deflate', createInflate],
  ['br', createBrotliDecompress],
  ['zstd', createZstdDecompress],
]);

/**
 * The bytes of the request after undoing Content-Encoding. Throws a ServerError for an encoding it
 * does not know.
 */
function decoded(request: IncomingMessage): AsyncIterable<Buffer> {
  const encoding = request.headers['content-encoding']?.trim().toLowerCase() ?? '';
  if (encoding === '' || encoding === 'identity') return request;
  const create = decoders.get(encoding);
  if (create === undefined) {
    throw notImplemented(`Content-Encoding ${encoding}`, 'Use gzip, deflate, br or zstd.');
  }
  const decoder = create();
  // The error arrives at whoever iterates over the decoder.
  pipeline(request, decoder, () => undefined);
  return decoder;
}

export interface Body {
  /** Reads until `bytesMax` bytes are there or the body ends. `ended` says that nothing is left. */
  head(bytesMax: number): Promise<{ readonly bytes: Buffer; readonly ended: boolean }>;
  /** What the head has not read. */
  rest(): AsyncGenerator<Buffer, void, undefined>;
}

/**
 * Opens the body of `request`. A broken compression is CANNOT_DECOMPRESS; a broken connection keeps
 * its own error.
 */
export function openBody(request: IncomingMessage): Body {
  const source = decoded(request)[Symbol.asyncIterator]();
  const next = async () => {
    try {
      return await source.next();
    } catch (error) {
      if (request.destroyed && !request.complete) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      throw refuse(271, 'CANNOT_DECOMPRESS', `The body can't be decompressed: ${reason}.`);
    }
  };
  return {
    head: async (bytesMax) => {
      const parts: Buffer[] = [];
      let size = 0;
      while (size < bytesMax) {
        const { value, done } = await next();
        if (done) return { bytes: Buffer.concat(parts), ended: true };
        parts.push(value);
        size += value.length;
      }
      return { bytes: parts.length === 1 ? parts[0]! : Buffer.concat(parts), ended: false };
    },
    rest: async function* () {
      for (;;) {
        const { value, done } = await next();
        if (done) return;
        yield value;
      }
    },
  };
}
