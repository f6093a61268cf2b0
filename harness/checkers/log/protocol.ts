/**
 * The four requests of the Kafka protocol that a reader needs, each in one fixed flexible version.
 *
 * ApiVersions 3, Metadata 12 (the first that always tells topic ids), ListOffsets 6 and Fetch 13
 * (the first that names topics by id, so a topic that was deleted and made again under the same
 * name cannot slip in during a pass). Apache Kafka speaks these from 3.1 on. Everything here is
 * pure: values to bytes and bytes to values.
 */
import { LogReadError } from './log-error.ts';
import type { WireReader } from './wire-reader.ts';
import { WireWriter } from './wire-writer.ts';

export interface Api {
  readonly name: string;
  readonly key: number;
  readonly version: number;
}

export const fetchApi: Api = { name: 'Fetch', key: 1, version: 13 };
export const listOffsetsApi: Api = { name: 'ListOffsets', key: 2, version: 6 };
export const metadataApi: Api = { name: 'Metadata', key: 3, version: 12 };
export const apiVersionsApi: Api = { name: 'ApiVersions', key: 18, version: 3 };

const clientId = 'tidemark-log-reader';
const readCommitted = 1;
const noReplica = -1;
const noEpoch = -1;
const noSession = -1;

/** Header and body, without the length of the frame. */
export function encodeRequest(api: Api, correlationId: number, body: Buffer): Buffer {
  const header = new WireWriter().int16(api.key).int16(api.version).int32(correlationId);
  return Buffer.concat([header.string(clientId).tags().finish(), body]);
}

export function encodeApiVersions(): Buffer {
  return new WireWriter().compactString(clientId).compactString('1').tags().finish();
}

export interface ApiRange {
  readonly key: number;
  readonly versionMin: number;
  readonly versionMax: number;
}

export function decodeApiVersions(reader: WireReader): ApiRange[] {
  const error = reader.int16();
  if (error !== 0) throw brokerError(error, 'ApiVersions');
  const ranges = reader.compactArray((r) => {
    const range = { key: r.int16(), versionMin: r.int16(), versionMax: r.int16() };
    r.tags();
    return range;
  });
  reader.int32();
  reader.finish();
  return ranges;
}

export function encodeMetadata(topic: string): Buffer {
  return new WireWriter()
    .compactArray([topic], (w, name) => w.uuid('0'.repeat(32)).compactString(name).tags())
    .boolean(false)
    .boolean(false)
    .tags()
    .finish();
}

export interface BrokerAddress {
  readonly nodeId: number;
  readonly host: string;
  readonly port: number;
}

export interface TopicMetadata {
  readonly brokers: readonly BrokerAddress[];
  readonly topicId: string;
  readonly partitions: ReadonlyArray<{
    readonly partition: number;
    readonly error: number;
    readonly leader: number;
  }>;
}

/** Throws TOPIC_MISSING, or BROKER_ERROR with the broker's code for the topic. */
export function decodeMetadata(reader: WireReader, topic: string): TopicMetadata {
  reader.int32();
  const brokers = reader.compactArray((r) => {
    const broker = { nodeId: r.int32(), host: r.compactString() ?? '', port: r.int32() };
    r.compactString();
    r.tags();
    return broker;
  });
  reader.compactString();
  reader.int32();
  const topics = reader.compactArray((r) => {
    const head = { error: r.int16(), name: r.compactString(), topicId: r.uuid() };
    r.boolean();
    const partitions = r.compactArray(decodePartitionMetadata);
    r.int32();
    r.tags();
    return { ...head, partitions };
  });
  reader.finish();
  const found = topics.find(({ name }) => name === topic);
  if (!found) throw new LogReadError('TOPIC_MISSING', `the cluster does not know topic ${topic}`);
  if (found.error !== 0) throw brokerError(found.error, `Metadata of topic ${topic}`);
  return { brokers, topicId: found.topicId, partitions: found.partitions };
}

function decodePartitionMetadata(r: WireReader) {
  const entry = { error: r.int16(), partition: r.int32(), leader: r.int32() };
  r.int32();
  for (let list = 0; list < 3; list += 1) r.compactArray((ids) => ids.int32());
  r.tags();
  return entry;
}

/**
 * `earliest` is the log start; `stable` is the last stable offset, behind which no open transaction
 * lies.
 */
export type OffsetQuestion = 'earliest' | 'stable';

export function encodeListOffsets(
  topic: string,
  partitions: readonly number[],
  question: OffsetQuestion,
): Buffer {
  const timestamp = question === 'earliest' ? -2n : -1n;
  return new WireWriter()
    .int32(noReplica)
    .int8(readCommitted)
    .compactArray([topic], (w, name) =>
      w
        .compactString(name)
        .compactArray(partitions, (p, partition) =>
          p.int32(partition).int32(noEpoch).int64(timestamp).tags(),
        )
        .tags(),
    )
    .tags()
    .finish();
}

export interface ListedOffset {
  readonly partition: number;
  readonly error: number;
  readonly offset: bigint;
}

export function decodeListOffsets(reader: WireReader): ListedOffset[] {
  reader.int32();
  const listed = reader
    .compactArray((topics) => {
      topics.compactString();
      const offsets = topics.compactArray((r) => {
        const head = { partition: r.int32(), error: r.int16() };
        r.int64();
        const offset = r.int64();
        r.int32();
        r.tags();
        return { ...head, offset };
      });
      topics.tags();
      return offsets;
    })
    .flat();
  reader.finish();
  return listed;
}

export interface FetchQuestion {
  readonly topicId: string;
  readonly partition: number;
  readonly offset: number;
  readonly bytesMax: number;
  readonly waitMsMax: number;
}

export function encodeFetch(question: FetchQuestion): Buffer {
  return new WireWriter()
    .int32(noReplica)
    .int32(question.waitMsMax)
    .int32(1)
    .int32(question.bytesMax)
    .int8(readCommitted)
    .int32(0)
    .int32(noSession)
    .compactArray([question], (topics, { topicId, partition, offset, bytesMax }) =>
      topics
        .uuid(topicId)
        .compactArray([partition], (w, id) => {
          w.int32(id).int32(noEpoch).int64(BigInt(offset)).int32(noEpoch).int64(-1n);
          w.int32(bytesMax).tags();
        })
        .tags(),
    )
    .compactArray([], () => {})
    .compactString('')
    .tags()
    .finish();
}

export interface AbortedTransaction {
  readonly producerId: bigint;
  readonly offsetFirst: bigint;
}

export interface FetchAnswer {
  readonly error: number;
  readonly logStart: bigint;
  readonly aborted: readonly AbortedTransaction[];
  /** The whole answer; the record batches stand in bytes[start, end). */
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
}

/** The answer for the one partition that was asked for. */
export function decodeFetch(reader: WireReader): FetchAnswer {
  reader.int32();
  const error = reader.int16();
  reader.int32();
  const answers = reader
    .compactArray((topics) => {
      topics.uuid();
      const partitions = topics.compactArray(decodeFetchedPartition);
      topics.tags();
      return partitions;
    })
    .flat();
  reader.finish();
  const answer = answers[0];
  if (error !== 0 || answer === undefined) {
    if (error === 0) throw new LogReadError('TRUNCATED_ANSWER', 'Fetch answered no partition');
    return { error, logStart: 0n, aborted: [], bytes: reader.bytes, start: 0, end: 0 };
  }
  return answer;
}

function decodeFetchedPartition(r: WireReader): FetchAnswer {
  r.int32();
  const error = r.int16();
  r.int64();
  r.int64();
  const logStart = r.int64();
  const aborted = r.compactArray((a) => {
    const transaction = { producerId: a.int64(), offsetFirst: a.int64() };
    a.tags();
    return transaction;
  });
  r.int32();
  const [start, end] = r.compactBytes();
  r.tags();
  return { error, logStart, aborted, bytes: r.bytes, start, end };
}

const errorNames: Readonly<Record<number, string>> = {
  1: 'OFFSET_OUT_OF_RANGE',
  2: 'CORRUPT_MESSAGE',
  3: 'UNKNOWN_TOPIC_OR_PARTITION',
  5: 'LEADER_NOT_AVAILABLE',
  6: 'NOT_LEADER_OR_FOLLOWER',
  7: 'REQUEST_TIMED_OUT',
  9: 'REPLICA_NOT_AVAILABLE',
  13: 'NETWORK_EXCEPTION',
  35: 'UNSUPPORTED_VERSION',
  56: 'KAFKA_STORAGE_ERROR',
  74: 'FENCED_LEADER_EPOCH',
  76: 'UNKNOWN_LEADER_EPOCH',
  78: 'OFFSET_NOT_AVAILABLE',
  100: 'UNKNOWN_TOPIC_ID',
  103: 'INCONSISTENT_TOPIC_ID',
};
/** Codes that go away when the leader is found again or the broker has caught up. */
const passingErrors: ReadonlySet<number> = new Set([3, 5, 6, 7, 9, 13, 56, 74, 76, 78, 100]);

/** A broker's error code as an error of ours. */
export function brokerError(code: number, what: string): LogReadError {
  const name = errorNames[code] ?? 'see the protocol guide';
  if (code === 1) return new LogReadError('OFFSET_TRIMMED', `${what}: the log starts later now`);
  if (code === 35) return new LogReadError('UNSUPPORTED', `${what}: Kafka 3.1 or later is needed`);
  // A topic that was just made may be unknown for a moment; one that stays unknown is missing.
  const missing = code === 3 || code === 100;
  const ourCode = missing ? 'TOPIC_MISSING' : 'BROKER_ERROR';
  return new LogReadError(ourCode, `${what}: the broker answered ${code} (${name})`, {
    retryable: passingErrors.has(code),
  });
}
