/**
 * Reads a producer's journal: what was acknowledged, where, and what was sent without an answer.
 *
 * Meant for the verifier, which reads the log with a client of its own and compares. It compares
 * sums per bucket first; where a bucket differs it asks for the record hashes of that range and can
 * name the offset. A journal that was cut off by kill -9 reads up to its last whole line; a send
 * without an answer is unknown. Memory is bounded by the number of batches, not of records: hashes
 * are read from the side file where they are asked for.
 */

import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { type BucketDigest, bucketOffsets } from '../checkers/layer.ts';
import { HashSum } from './hash-sum.ts';
import { hashBytes, hashesPath, type JournalLine, journalLine } from './journal-format.ts';
import { JournalIndex } from './journal-index.ts';
import { type Hash64, hash64ToBigInt, hash64ToHex, placeHashInto } from './record-hash.ts';
import { WorkloadError } from './workload-error.ts';

/** Hashes that one call of `recordHashes` gives back: 64 buckets. */
export const rangeRecordsMax = 1 << 20;

export interface RecordHash {
  readonly offset: bigint;
  readonly hash: Hash64;
}

/**
 * A record that may or may not be in the log; its offset is not known, so it has the hash of its
 * value alone.
 */
export interface UnknownRecord {
  readonly send: number;
  readonly partition: number;
  readonly valueHash: Hash64;
}

/**
 * Opens and indexes a journal. Throws `journal-broken` when a line is not what the format says, a
 * last line without its end excepted, or when the side file is shorter than the lines claim.
 */
export async function openProducerJournal(path: string): Promise<ProducerJournal> {
  const index = new JournalIndex(path);
  for await (const line of readJournalLines(path)) index.add(line);
  index.finish();
  const hashes = await open(hashesPath(path), 'r');
  const records = Math.floor((await hashes.stat()).size / hashBytes);
  if (records < index.hashesEnd) {
    await hashes.close();
    const message = `${hashesPath(path)} has ${records} of the ${index.hashesEnd} hashes named`;
    throw new WorkloadError('journal-broken', message);
  }
  return new ProducerJournal(index, hashes);
}

export class ProducerJournal {
  readonly #index: JournalIndex;
  readonly #hashes: FileHandle;

  constructor(index: JournalIndex, hashes: FileHandle) {
    this.#index = index;
    this.#hashes = hashes;
  }

  get topic() {
    return this.#index.header;
  }
  /** True when the producer came to its own end, false when it was cut off. */
  get complete(): boolean {
    return this.#index.stoppedBy !== null;
  }
  get stoppedBy(): string | null {
    return this.#index.stoppedBy;
  }
  get acknowledgedRecords(): number {
    return this.#index.acknowledgedRecords;
  }
  /** Records of `unknownSends`, which may be in the log or not. */
  get unknownRecords(): number {
    return this.unknownSends().reduce((sum, { count }) => sum + count, 0);
  }

  /** Acknowledged batches by partition and offset. */
  batches() {
    return this.#index.batches();
  }
  /** One entry for each partition of a send without a believable answer. */
  unknownSends() {
    return this.#index.unknownSends();
  }

  /** Rows and sums of the acknowledged records per partition and bucket of 16,384 offsets. */
  buckets(): readonly BucketDigest[] {
    const { topicId } = this.#index.header;
    return this.#index.buckets().map(({ partition, bucket, sum, offsetFirst, offsetLast }) => ({
      topicId,
      partition,
      bucket: BigInt(bucket),
      rows: BigInt(sum.rows),
      sum: hash64ToBigInt(sum.sum),
      offsetFirst,
      offsetLast,
    }));
  }

  /**
   * The hashes of the acknowledged records with offsetFirst <= offset <= offsetLast, by offset.
   * Throws RangeError for a range of more than `rangeRecordsMax` offsets.
   */
  async recordHashes(
    partition: number,
    offsetFirst: bigint,
    offsetLast: bigint,
  ): Promise<readonly RecordHash[]> {
    if (offsetLast - offsetFirst >= BigInt(rangeRecordsMax)) {
      throw new RangeError(`at most ${rangeRecordsMax} offsets in one call`);
    }
    const found: RecordHash[] = [];
    const placed = new Uint32Array(2);
    for (const batch of this.#index.batchesWithin(partition, offsetFirst, offsetLast)) {
      const from = offsetFirst > batch.offsetFirst ? Number(offsetFirst - batch.offsetFirst) : 0;
      const to = Math.min(batch.count, Number(offsetLast - batch.offsetFirst) + 1);
      const words = await this.#read(batch.hashesAt + from, to - from);
      for (let i = 0; i < to - from; i += 1) {
        const offset = batch.offsetFirst + BigInt(from + i);
        placeHashInto(words[i * 2]!, words[i * 2 + 1]!, partition, Number(offset), placed, 0);
        found.push({ offset, hash: { lo: placed[0]!, hi: placed[1]! } });
      }
    }
    return found;
  }

  /** Value hashes of everything that may be in the log without an acknowledgement. */
  async *unknownHashes(partition?: number): AsyncGenerator<UnknownRecord> {
    for (const part of this.unknownSends()) {
      if (partition !== undefined && part.partition !== partition) continue;
      const words = await this.#read(part.hashesAt, part.count);
      for (let i = 0; i < part.count; i += 1) {
        const valueHash = { lo: words[i * 2]!, hi: words[i * 2 + 1]! };
        yield { send: part.send, partition: part.partition, valueHash };
      }
    }
  }

  /**
   * Computes every bucket again from the side file. Throws `journal-broken` naming the first that
   * differs.
   */
  async checkSelf(): Promise<void> {
    for (const { partition, bucket, rows, sum } of this.buckets()) {
      const first = bucket * bucketOffsets;
      const again = new HashSum();
      for (const { hash } of await this.recordHashes(
        partition,
        first,
        first + bucketOffsets - 1n,
      )) {
        again.add(hash.lo, hash.hi);
      }
      if (BigInt(again.rows) === rows && hash64ToBigInt(again.sum) === sum) continue;
      const says = `${rows}:${sum.toString(16).padStart(16, '0')}`;
      const holds = `${again.rows}:${hash64ToHex(again.sum)}`;
      throw new WorkloadError(
        'journal-broken',
        `partition ${partition}, bucket ${bucket}: the journal says ${says}, its hashes ${holds}`,
      );
    }
  }

  close(): Promise<void> {
    return this.#hashes.close();
  }

  async #read(hashesAt: number, count: number): Promise<Uint32Array> {
    const bytes = Buffer.alloc(count * hashBytes);
    const { bytesRead } = await this.#hashes.read(bytes, 0, bytes.length, hashesAt * hashBytes);
    if (bytesRead !== bytes.length) {
      throw new WorkloadError('journal-broken', `the hashes end before record ${hashesAt + count}`);
    }
    const words = new Uint32Array(count * 2);
    for (let i = 0; i < words.length; i += 1) words[i] = bytes.readUInt32LE(i * 4);
    return words;
  }
}

async function* readJournalLines(path: string): AsyncGenerator<JournalLine> {
  let carry = '';
  let number = 0;
  for await (const chunk of createReadStream(path, { encoding: 'utf8' })) {
    const lines = (carry + chunk).split('\n');
    // What stands after the last LF is an unfinished line: the writer was killed in it, and what it
    // was to say never counted.
    carry = lines.pop()!;
    for (const line of lines) {
      number += 1;
      yield parseLine(path, number, line);
    }
  }
}

function parseLine(path: string, number: number, line: string): JournalLine {
  try {
    return journalLine.parse(JSON.parse(line));
  } catch (error) {
    const message = `${path}:${number} is no line of a producer journal: ${line.slice(0, 80)}`;
    throw new WorkloadError('journal-broken', message, error);
  }
}
