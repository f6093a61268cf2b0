/**
 * G1 and G3 at the source: the log holds every record that the producer was told is safe, with the
 * bytes that it sent.
 *
 * The producer's journal knows partition, offset and hash of each acknowledged record, and the
 * value hashes of sends that were never answered. An acknowledged record that the log lacks is a
 * `lost-write`; other bytes at its offset are `altered`; a record that neither an acknowledgement
 * nor an unanswered send explains is a `phantom` of the log. Buckets are compared by sum first.
 * What retention has removed is not judged.
 */
import type { Finding } from '../../experiment/journal-events.ts';
import { type BucketDigest, bucketOffsets } from '../layer.ts';
import type { AnomalyCode } from './anomaly-codes.ts';
import type { FindingLog } from './finding-log.ts';

export interface RecordHash {
  readonly offset: bigint;
  /** Hash over partition, offset and value. */
  readonly hash: bigint;
}

export interface LogRecordHash extends RecordHash {
  readonly valueHash: bigint;
}

/** What the producer's journal says. */
export interface ProducedRecords {
  readonly topicId: string;
  buckets(): readonly BucketDigest[];
  recordHashes(partition: number, first: bigint, last: bigint): Promise<readonly RecordHash[]>;
  /** Value hashes of sends without an answer, of one partition. */
  unknownHashes(partition: number): Promise<ReadonlySet<bigint>>;
}

/** What the log says, with the same hashes. */
export interface LoggedRecords {
  buckets(): Promise<readonly BucketDigest[]>;
  /** First offset that the log still holds. */
  offsetStart(partition: number): Promise<bigint>;
  recordHashes(partition: number, first: bigint, last: bigint): Promise<readonly LogRecordHash[]>;
}

export interface ProducerComparison {
  readonly acknowledged: bigint;
  readonly logged: bigint;
  /** Records of the log that only an unanswered send explains. */
  readonly explained: bigint;
}

export async function compareProducer(
  produced: ProducedRecords,
  logged: LoggedRecords,
  findings: FindingLog,
): Promise<ProducerComparison> {
  const pairs = new Map<string, { journal?: BucketDigest; log?: BucketDigest }>();
  const nameOf = (digest: BucketDigest) => `${digest.partition}/${digest.bucket}`;
  for (const journal of produced.buckets()) pairs.set(nameOf(journal), { journal });
  for (const log of await logged.buckets()) {
    pairs.set(nameOf(log), { ...pairs.get(nameOf(log)), log });
  }
  let acknowledged = 0n;
  let inLog = 0n;
  let explained = 0n;
  for (const { journal, log } of pairs.values()) {
    acknowledged += journal?.rows ?? 0n;
    inLog += log?.rows ?? 0n;
    if (journal?.rows === log?.rows && journal?.sum === log?.sum) continue;
    const { partition, bucket } = (journal ?? log)!;
    explained += await compareBucket(produced, logged, partition, bucket, findings);
  }
  return { acknowledged, logged: inLog, explained };
}

/** Gives the number of log records that only unanswered sends explain. */
async function compareBucket(
  produced: ProducedRecords,
  logged: LoggedRecords,
  partition: number,
  bucket: bigint,
  findings: FindingLog,
): Promise<bigint> {
  const first = bucket * bucketOffsets;
  const last = first + bucketOffsets - 1n;
  const start = await logged.offsetStart(partition);
  const journal = await produced.recordHashes(partition, first, last);
  const log = new Map(
    (await logged.recordHashes(partition, first, last)).map((record) => [record.offset, record]),
  );
  const add = (code: AnomalyCode, offset: bigint, words: string) =>
    findings.add(code, () => logFinding(produced.topicId, partition, offset, words));
  for (const { offset, hash } of journal) {
    const found = log.get(offset);
    log.delete(offset);
    if (offset < start || found?.hash === hash) continue;
    if (found === undefined) add('lost-write', offset, 'was acknowledged and is not in the log');
    else add('altered', offset, 'has other bytes in the log than were sent');
  }
  if (log.size === 0) return 0n;
  const unknown = await produced.unknownHashes(partition);
  let explained = 0n;
  for (const { offset, valueHash } of log.values()) {
    if (unknown.has(valueHash)) explained += 1n;
    else add('phantom', offset, 'is in the log and nobody sent it');
  }
  return explained;
}

function logFinding(
  topicId: string,
  partition: number,
  offset: bigint,
  words: string,
): Omit<Finding, 'code'> {
  return {
    layer: 'log',
    message: `record ${topicId}/${partition}:${offset} ${words}`,
    identity: { topicId, partition, offset: offset.toString() },
    expected: null,
    actual: [],
  };
}
