/**
 * A broker of one topic with one partition that misbehaves on demand.
 *
 * It answers ApiVersions, Metadata and ListOffsets like a real one and gives the recorded records
 * of partition 1 on Fetch. A test puts faults in front of it: for each Fetch one entry of a list is
 * taken, and when the list is empty it behaves.
 */
import { createServer, type Server, type Socket } from 'node:net';
import { answerBytes, readerOf, recording } from './broker-answers.test-kit.ts';
import { decodeFetch } from './protocol.ts';
import { WireWriter } from './wire-writer.ts';

export type FetchFault =
  | { readonly kind: 'cut'; readonly bytes: number }
  | { readonly kind: 'close' }
  | { readonly kind: 'silent' }
  | { readonly kind: 'error'; readonly code: number }
  | { readonly kind: 'empty' }
  | { readonly kind: 'flip'; readonly byte: number }
  | { readonly kind: 'wrong-correlation' }
  | { readonly kind: 'huge-frame' }
  | { readonly kind: 'short-body'; readonly bytes: number }
  | { readonly kind: 'none' };

export const fakeTopic = 'fake';
/** The offset after the last batch of the recording. */
export const fakeOffsetEnd = 15;
const fetchedBytes = answerBytes('fetch1');
const fetched = decodeFetch(readerOf(fetchedBytes));

export class FakeBroker {
  readonly faults: FetchFault[] = [];
  /** What happens when the list is empty. */
  always: FetchFault = { kind: 'none' };
  fetches = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  constructor() {
    this.#server = createServer((socket) => this.#serve(socket));
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `127.0.0.1:${this.#port}`;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  get #port(): number {
    return (this.#server.address() as { port: number }).port;
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    let pending = Buffer.alloc(0);
    // A reader that hangs up in the middle is what these tests are about.
    socket.on('error', () => socket.destroy());
    socket.on('data', (bytes) => {
      pending = Buffer.concat([pending, bytes]);
      while (pending.length >= 4 && pending.length >= 4 + pending.readInt32BE()) {
        const end = 4 + pending.readInt32BE();
        this.#answer(socket, pending.subarray(4, end));
        pending = pending.subarray(end);
      }
    });
  }

  #answer(socket: Socket, request: Buffer): void {
    const key = request.readInt16BE(0);
    const correlationId = request.readInt32BE(4);
    const reply = (body: Buffer) => socket.write(frame(correlationId, body, key !== 18));
    if (key === 18) reply(answerBytes('apiVersions').subarray(4));
    else if (key === 3) reply(this.#metadata());
    else if (key === 2) reply(offsetsBody());
    else this.#fetch(socket, correlationId);
  }

  #metadata(): Buffer {
    return new WireWriter()
      .int32(0)
      .compactArray([1], (w, id) =>
        w.int32(id).compactString('127.0.0.1').int32(this.#port).compactNull().tags(),
      )
      .compactNull()
      .int32(1)
      .compactArray([fakeTopic], (w, name) =>
        w
          .int16(0)
          .compactString(name)
          .uuid(recording.topicId)
          .boolean(false)
          .compactArray([1], (p, partition) =>
            p
              .int16(0)
              .int32(partition)
              .int32(1)
              .int32(0)
              .compactNull()
              .compactNull()
              .compactNull()
              .tags(),
          )
          .int32(0)
          .tags(),
      )
      .tags()
      .finish();
  }

  #fetch(socket: Socket, correlationId: number): void {
    this.fetches += 1;
    const fault = this.faults.shift() ?? this.always;
    const whole = frame(correlationId, fetchBody(fault), true);
    switch (fault.kind) {
      case 'close':
        socket.destroy();
        return;
      case 'silent':
        return;
      case 'cut':
        socket.write(whole.subarray(0, fault.bytes), () => socket.destroy());
        return;
      case 'huge-frame':
        socket.write(Buffer.from([0x7f, 0xff, 0xff, 0xff]));
        return;
      case 'wrong-correlation':
        socket.write(frame(correlationId + 1, fetchBody(fault), true));
        return;
      case 'short-body':
        socket.write(frame(correlationId, fetchBody(fault).subarray(0, fault.bytes), true));
        return;
      default:
        socket.write(whole);
    }
  }
}

function frame(correlationId: number, body: Buffer, tagged: boolean): Buffer {
  const header = new WireWriter().int32(correlationId);
  const head = (tagged ? header.tags() : header).finish();
  const length = new WireWriter().int32(head.length + body.length).finish();
  return Buffer.concat([length, head, body]);
}

function offsetsBody(): Buffer {
  return new WireWriter()
    .int32(0)
    .compactArray([fakeTopic], (w, name) =>
      w
        .compactString(name)
        .compactArray([1], (p, id) => p.int32(id).int16(0).int64(-1n).int64(0n).int32(0).tags())
        .tags(),
    )
    .tags()
    .finish();
}

function fetchBody(fault: FetchFault): Buffer {
  const records =
    fault.kind === 'empty' || fault.kind === 'error'
      ? Buffer.alloc(0)
      : Buffer.from(fetched.bytes.subarray(fetched.start, fetched.end));
  if (fault.kind === 'flip') records[fault.byte]! ^= 0x01;
  const head = new WireWriter().int32(0).int16(0).int32(0).unsignedVarint(2);
  head.uuid(recording.topicId).unsignedVarint(2).int32(1);
  head
    .int16(fault.kind === 'error' ? fault.code : 0)
    .int64(15n)
    .int64(15n)
    .int64(0n);
  head.compactArray(fetched.aborted, (w, { producerId, offsetFirst }) =>
    w.int64(producerId).int64(offsetFirst).tags(),
  );
  head.int32(-1).unsignedVarint(records.length + 1);
  return Buffer.concat([head.finish(), records, new WireWriter().tags().tags().tags().finish()]);
}
