/**
 * A Fetch whose answer keeps the record batches as the bytes that came off the wire.
 *
 * The client library decodes every record into an object with slices, which costs more than
 * everything else on the path. It also lets anybody register an API: a request writer and a
 * response parser over its own connection. This file uses exactly that: the library's Fetch v13
 * request and a parser of ours that stops at the batches. Version 13 is pinned because it is the
 * first that names the topic by id and the newest that every broker since Kafka 3.1 speaks. The
 * library's exports relied on are `createAPI`, `fetchV13.createRequest` and the two-step
 * `reader.buffer.buffer`; `raw-fetch.test.ts` fails when one of them changes. Nothing here looks
 * inside a batch: see `record-batch.ts`.
 */
import { createAPI, fetchV13, type Reader } from '@platformatic/kafka';

export const fetchApiKey = 1;
export const fetchApiVersion = 13;
const readCommitted = 1;
/** No fetch session: each request stands for itself, so nothing has to be repaired after a cut. */
const sessionless = { id: 0, epoch: -1 } as const;
const topicsMax = 1;
const partitionsMax = 1;
const abortedMax = 1_000_000;

export interface RawFetchRequest {
  readonly topicId: string;
  readonly partition: number;
  readonly offset: bigint;
  /** How long the broker may hold the request while there is nothing to send. */
  readonly waitMsMax: number;
  /** A first batch that is larger comes whole all the same. */
  readonly bytesMax: number;
}

export interface AbortedTransaction {
  readonly producerId: bigint;
  readonly offsetFirst: bigint;
}

export interface RawFetchAnswer {
  /** Error of the whole request, else of the partition, else 0: Kafka's own numbers. */
  readonly errorCode: number;
  /** Offset after the last record that read_committed may see. */
  readonly lastStableOffset: bigint;
  readonly aborted: readonly AbortedTransaction[];
  /** Record batches one behind the other; the last one may be cut. */
  readonly records: Buffer;
}

function writeRequest(request: RawFetchRequest) {
  const partition = {
    partition: request.partition,
    currentLeaderEpoch: -1,
    fetchOffset: request.offset,
    lastFetchedEpoch: -1,
    partitionMaxBytes: request.bytesMax,
  };
  return fetchV13.createRequest(
    request.waitMsMax,
    1,
    request.bytesMax,
    readCommitted,
    sessionless.id,
    sessionless.epoch,
    [{ topicId: request.topicId, partitions: [partition] }],
    [],
    '',
  );
}

/**
 * Reads an answer front to back; a field beyond the end throws RangeError, which the connection
 * hands to the caller.
 */
class Cursor {
  readonly bytes: Buffer;
  at = 0;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  int16(): number {
    this.at += 2;
    return this.bytes.readInt16BE(this.at - 2);
  }

  int32(): number {
    this.at += 4;
    return this.bytes.readInt32BE(this.at - 4);
  }

  int64(): bigint {
    this.at += 8;
    return this.bytes.readBigInt64BE(this.at - 8);
  }

  uvarint(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.bytes.readUInt8(this.at++);
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
    throw new RangeError('varint of more than five bytes in a Fetch answer');
  }

  /** Length of a compact array or bytes field; null counts as empty. */
  length(max: number): number {
    const length = Math.max(0, this.uvarint() - 1);
    if (length > max) throw new RangeError(`length ${length} over ${max} in a Fetch answer`);
    return length;
  }

  slice(length: number): Buffer {
    const end = this.at + length;
    if (end > this.bytes.length) throw new RangeError('Fetch answer ends inside its records');
    this.at = end;
    return this.bytes.subarray(end - length, end);
  }

  skipTags(): void {
    for (let left = this.uvarint(); left > 0; left--) {
      this.uvarint();
      this.slice(this.uvarint());
    }
  }
}

function readAborted(cursor: Cursor): AbortedTransaction[] {
  return Array.from({ length: cursor.length(abortedMax) }, () => {
    const transaction = { producerId: cursor.int64(), offsetFirst: cursor.int64() };
    cursor.skipTags();
    return transaction;
  });
}

function readPartition(cursor: Cursor): RawFetchAnswer {
  cursor.int32(); // partition
  const errorCode = cursor.int16();
  cursor.int64(); // high watermark
  const lastStableOffset = cursor.int64();
  cursor.int64(); // log start offset
  const aborted = readAborted(cursor);
  cursor.int32(); // preferred read replica
  const records = cursor.slice(cursor.length(cursor.bytes.length));
  cursor.skipTags();
  return { errorCode, lastStableOffset, aborted, records };
}

/** Parses the body of a Fetch v13 answer to a request for one partition of one topic. */
export function parseFetchAnswer(body: Buffer): RawFetchAnswer {
  const cursor = new Cursor(body);
  cursor.int32(); // throttle time
  const errorCode = cursor.int16();
  cursor.int32(); // session
  const nothing = { lastStableOffset: -1n, aborted: [], records: Buffer.alloc(0) };
  if (cursor.length(topicsMax) === 0) return { ...nothing, errorCode };
  cursor.slice(16); // topic id
  if (cursor.length(partitionsMax) === 0) return { ...nothing, errorCode };
  const answer = readPartition(cursor);
  return errorCode === 0 ? answer : { ...answer, errorCode };
}

export const rawFetch = createAPI<[RawFetchRequest], RawFetchAnswer>(
  fetchApiKey,
  fetchApiVersion,
  writeRequest,
  (_correlationId: number, _key: number, _version: number, reader: Reader) =>
    parseFetchAnswer(reader.buffer.buffer),
);
