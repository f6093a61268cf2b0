/**
 * Sends an answer or an error over HTTP the way ClickHouse does.
 *
 * Headers first: query id, format, timezone, and a summary with the counts that the engine told, no
 * others. Results are compressed when the client asks for it by Accept-Encoding. An error in the
 * middle of a stream can't change the status any more: it is written as ClickHouse's tagged
 * exception block and then the connection is cut, so that a client which does not know the tag
 * still can't take half a result for a whole one.
 */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { finished, type Transform, type Writable } from 'node:stream';
import {
  constants,
  createBrotliCompress,
  createDeflate,
  createGzip,
  createZstdCompress,
} from 'node:zlib';
import { asServerError, type ServerError } from './errors.ts';

/** ClickHouse's own default of http_zlib_compression_level. */
const level = 3;
const encoders: ReadonlyMap<string, () => Transform> = new Map([
  ['gzip', () => createGzip({ level })],
  ['deflate', () => createDeflate({ level })],
  ['br', () => createBrotliCompress({ params: { [constants.BROTLI_PARAM_QUALITY]: level } })],
  ['zstd', () => createZstdCompress()],
]);

/** The first encoding of an Accept-Encoding header that can be made here, or null. */
export function chooseEncoding(accept: string | undefined): string | null {
  for (const part of (accept ?? '').split(',')) {
    const [name = '', ...options] = part.split(';').map((text) => text.trim().toLowerCase());
    if (encoders.has(name) && !options.some((option) => /^q=0(\.0*)?$/.test(option))) return name;
  }
  return null;
}

/** Where an answer is written to; `finish` runs when all of it has been handed to the response. */
interface Output {
  readonly stream: Writable;
  readonly finish: (then: () => void) => void;
}

/** Starts the answer; what is written goes out, compressed if `encoding` says so. */
function open(response: ServerResponse, encoding: string | null): Output {
  const create = encoding === null ? undefined : encoders.get(encoding);
  if (encoding === null || create === undefined) {
    return { stream: response, finish: (then) => response.write('', then) };
  }
  response.setHeader('Content-Encoding', encoding);
  const encoder = create();
  encoder.pipe(response, { end: false });
  // Memory that the encoder holds outside of the heap goes with the client.
  response.once('close', () => encoder.destroy());
  const finish = (then: () => void) => {
    finished(encoder, { writable: false }, () => response.write('', then));
    encoder.end();
  };
  return { stream: encoder, finish };
}

/** Sends a result that is there. */
export function sendWhole(response: ServerResponse, bytes: Buffer, encoding: string | null): void {
  if (encoding === null || bytes.length === 0) {
    response.setHeader('Content-Length', bytes.length);
    response.end(bytes);
    return;
  }
  const { stream, finish } = open(response, encoding);
  stream.write(bytes);
  finish(() => response.end());
}

function exceptionBlock(error: ServerError, tag: string): string {
  const message = `${error.message}\n`;
  const length = Buffer.byteLength(message);
  return `\r\n__exception__\r\n${tag}\r\n${message}${length} ${tag}\r\n__exception__\r\n`;
}

/**
 * Sends blocks as they come, no faster than the client reads. Stops when `signal` aborts. An error
 * of `chunks` is sent as an exception block and rethrown.
 */
export async function sendStream(
  response: ServerResponse,
  chunks: AsyncIterable<Buffer>,
  encoding: string | null,
  signal: AbortSignal,
): Promise<void> {
  const tag = randomBytes(8).toString('hex');
  response.setHeader('X-ClickHouse-Exception-Tag', tag);
  const { stream, finish } = open(response, encoding);
  try {
    for await (const chunk of chunks) {
      if (signal.aborted) return;
      if (!stream.write(chunk)) await once(stream, 'drain', { signal });
    }
    finish(() => response.end());
  } catch (error) {
    if (signal.aborted) return;
    stream.write(exceptionBlock(asServerError(error), tag));
    finish(() => response.destroy());
    throw error;
  }
}

/** Sends an error when nothing of a result has been sent yet. */
export function sendError(response: ServerResponse, error: ServerError): void {
  const body = Buffer.from(`${error.message}\n`);
  response.statusCode = error.status;
  response.removeHeader('X-ClickHouse-Format');
  if (error.code > 0) response.setHeader('X-ClickHouse-Exception-Code', error.code);
  response.setHeader('Content-Type', 'text/plain; charset=UTF-8');
  response.setHeader('Content-Length', body.length);
  response.end(body);
}
