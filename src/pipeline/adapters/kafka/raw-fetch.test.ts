/**
 * Pins what the raw fetch takes from the client library: its request bytes, its connection's
 * framing, and that a parser of ours gets the whole body. When an update of the library changes one
 * of these, it is this file that fails.
 */
import { createServer, type Server, type Socket } from 'node:net';
import { Connection } from '@platformatic/kafka';
import { afterEach, expect, it } from 'vitest';
import { makeBatch } from './batches.test-kit.ts';
import { parseFetchAnswer, rawFetch } from './raw-fetch.ts';

const topicId = '0a1b2c3d-0000-4000-8000-00000000beef';
const request = { topicId, partition: 5, offset: 2n ** 40n, waitMsMax: 700, bytesMax: 123_456 };
const records = Buffer.concat([
  makeBatch(0n, [{ value: Buffer.alloc(70_000, 'a') }]),
  makeBatch(1n, [{ value: Buffer.from('b') }]),
]);
const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

const int = (bytes: 2 | 4 | 8, value: number | bigint): Buffer => {
  const buffer = Buffer.alloc(8);
  buffer.writeBigInt64BE(BigInt(value));
  return buffer.subarray(8 - bytes);
};

const uvarint = (value: number): Buffer => {
  const bytes = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return Buffer.from([...bytes, rest]);
};

function answerBody(partitionError = 0): Buffer {
  const tagWithBytes = Buffer.concat([uvarint(1), uvarint(0), uvarint(3), Buffer.from('xyz')]);
  const aborted = [uvarint(2), int(8, 77), int(8, 11), uvarint(0)];
  return Buffer.concat([
    ...[int(4, 0), int(2, 0), int(4, 0)], // throttle, error, session
    ...[uvarint(2), Buffer.from(topicId.replaceAll('-', ''), 'hex')],
    ...[uvarint(2), int(4, 5), int(2, partitionError), int(8, 99), int(8, 98), int(8, 3)],
    ...[...aborted, int(4, -1), uvarint(records.length + 1), records, tagWithBytes],
    ...[uvarint(0), uvarint(0)],
  ]);
}

/**
 * A server that answers each request with the given body, in two pieces; what it was sent is kept.
 */
async function serve(body: Buffer): Promise<{ connection: Connection; received: Buffer[] }> {
  const received: Buffer[] = [];
  const server = createServer((socket: Socket) => {
    socket.on('data', (chunk) => {
      received.push(chunk);
      const head = Buffer.concat([chunk.subarray(8, 12), uvarint(0)]);
      const frame = Buffer.concat([int(4, head.length + body.length), head, body]);
      socket.write(frame.subarray(0, 1_000));
      socket.write(frame.subarray(1_000));
    });
    socket.on('error', () => {});
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const connection = new Connection('raw-test');
  await connection.connect('127.0.0.1', typeof address === 'object' ? address!.port : 0);
  return { connection, received };
}

it('hands the batches over byte for byte, through the library’s own connection', async () => {
  const { connection } = await serve(answerBody());
  const answer = await rawFetch.async(connection, request);
  expect(answer.records.equals(records)).toBe(true);
  expect(answer).toMatchObject({
    errorCode: 0,
    lastStableOffset: 98n,
    aborted: [{ producerId: 77n, offsetFirst: 11n }],
  });
  await connection.close();
});

it('asks for one partition of the topic’s id at the offset, as read_committed', async () => {
  const { connection, received } = await serve(answerBody());
  await rawFetch.async(connection, request);
  const sent = Buffer.concat(received);
  const headEnd = 12 + 2 + 'raw-test'.length + 1;
  expect([sent.readInt16BE(4), sent.readInt16BE(6)]).toEqual([1, 13]);
  const expected = Buffer.concat([
    ...[int(4, -1), int(4, 700), int(4, 1), int(4, 123_456), Buffer.from([1])],
    ...[int(4, 0), int(4, -1), uvarint(2), Buffer.from(topicId.replaceAll('-', ''), 'hex')],
    ...[uvarint(2), int(4, 5), int(4, -1), int(8, 2n ** 40n), int(4, -1), int(8, -1)],
    ...[int(4, 123_456), uvarint(0), uvarint(0), uvarint(1), uvarint(1), uvarint(0)],
  ]);
  expect(sent.subarray(headEnd).toString('hex')).toBe(expected.toString('hex'));
  await connection.close();
});

it('an error of the partition is returned with the numbers Kafka gave it', () => {
  expect(parseFetchAnswer(answerBody(1)).errorCode).toBe(1);
});

it('an answer that ends anywhere before its end is an error, never a shorter answer', () => {
  const body = answerBody();
  const topicTags = 2;
  for (let cut = 0; cut < body.length - topicTags; cut += cut < 200 ? 1 : 997) {
    expect(() => parseFetchAnswer(body.subarray(0, cut))).toThrow(RangeError);
  }
});
