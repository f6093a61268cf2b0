/**
 * One TCP connection to one broker: requests out, answers in, in order.
 *
 * Bytes are copied once, from the socket's buffer into a buffer of the size of the answer; the
 * records are then read in place. Every request has a bound. When anything goes wrong (the socket
 * closes, an answer is late or out of order, a frame is absurdly large) the connection is dead and
 * every request that waits on it fails with the same named error.
 */
import { connect, type Socket } from 'node:net';
import { systemClock } from '../../system-clock.ts';
import { LogReadError } from './log-error.ts';
import { type Api, apiVersionsApi, encodeRequest } from './protocol.ts';
import { WireReader } from './wire-reader.ts';

const frameBytesMax = 256 * 1024 * 1024;
const socketBufferBytes = 512 * 1024;
const lengthBytes = 4;
const requestsMax = 16;

interface Waiting {
  readonly correlationId: number;
  readonly api: Api;
  readonly resolve: (reader: WireReader) => void;
  readonly reject: (error: LogReadError) => void;
}

export class KafkaConnection {
  readonly #socket: Socket;
  readonly #address: string;
  readonly #waiting: Waiting[] = [];
  readonly #length = Buffer.alloc(lengthBytes);
  #frame: Buffer | null = null;
  #filled = 0;
  #correlationId = 0;
  #failure: LogReadError | null = null;

  constructor(host: string, port: number) {
    this.#address = `${host}:${port}`;
    const buffer = Buffer.allocUnsafeSlow(socketBufferBytes);
    this.#socket = connect({
      host,
      port,
      noDelay: true,
      onread: { buffer, callback: (count, bytes) => this.#receive(bytes, count) },
    });
    this.#socket.once('close', () => {
      this.#fail(new LogReadError('CONNECTION_CLOSED', `${this.#address} closed the connection`));
    });
    this.#socket.on('error', (cause) => {
      this.#fail(new LogReadError('UNREACHABLE', `${this.#address}: ${cause.message}`, { cause }));
    });
  }

  get usable(): boolean {
    return this.#failure === null;
  }

  /**
   * Sends one request and waits for its answer, positioned behind the header. Rejects with a
   * LogReadError.
   */
  async request(api: Api, body: Buffer, timeoutMs: number): Promise<WireReader> {
    const over = new AbortController();
    const late = systemClock.sleep(timeoutMs, over.signal).then(() => {
      if (over.signal.aborted) return;
      const what = `${this.#address} did not answer ${api.name} within ${timeoutMs} ms`;
      this.#fail(new LogReadError('TIMEOUT', what));
    });
    try {
      return await this.#send(api, body);
    } finally {
      over.abort();
      await late;
    }
  }

  close(): void {
    this.#fail(
      new LogReadError('CONNECTION_CLOSED', `the connection to ${this.#address} is closed`),
    );
  }

  #send(api: Api, body: Buffer): Promise<WireReader> {
    return new Promise((resolve, reject) => {
      if (this.#failure) return reject(this.#failure);
      if (this.#waiting.length >= requestsMax) {
        return reject(new LogReadError('UNSUPPORTED', `more than ${requestsMax} requests at once`));
      }
      this.#correlationId += 1;
      const correlationId = this.#correlationId;
      this.#waiting.push({ correlationId, api, resolve, reject });
      const request = encodeRequest(api, correlationId, body);
      const length = Buffer.alloc(lengthBytes);
      length.writeInt32BE(request.length);
      this.#socket.write(Buffer.concat([length, request]));
    });
  }

  /** Always true: the socket shall go on reading. */
  #receive(bytes: Uint8Array, count: number): true {
    let at = 0;
    while (at < count && this.#failure === null) {
      const target = this.#frame ?? this.#length;
      const taken = Math.min(target.length - this.#filled, count - at);
      target.set(bytes.subarray(at, at + taken), this.#filled);
      this.#filled += taken;
      at += taken;
      if (this.#filled === target.length) this.#complete();
    }
    return true;
  }

  #complete(): void {
    this.#filled = 0;
    if (this.#frame) {
      const frame = this.#frame;
      this.#frame = null;
      this.#deliver(frame);
      return;
    }
    const length = this.#length.readInt32BE();
    if (length < lengthBytes || length > frameBytesMax) {
      this.#fail(new LogReadError('TRUNCATED_ANSWER', `a frame of ${length} bytes is announced`));
    } else this.#frame = Buffer.allocUnsafeSlow(length);
  }

  #deliver(frame: Buffer): void {
    const waiting = this.#waiting.shift();
    const reader = new WireReader(frame);
    if (waiting === undefined || reader.int32() !== waiting.correlationId) {
      this.#waiting.unshift(...(waiting ? [waiting] : []));
      this.#fail(new LogReadError('TRUNCATED_ANSWER', `${this.#address} answered out of order`));
      return;
    }
    try {
      if (waiting.api.key !== apiVersionsApi.key) reader.tags();
      waiting.resolve(reader);
    } catch (error) {
      waiting.reject(error as LogReadError);
    }
  }

  #fail(error: LogReadError): void {
    if (this.#failure) return;
    this.#failure = error;
    this.#socket.destroy();
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }
}
