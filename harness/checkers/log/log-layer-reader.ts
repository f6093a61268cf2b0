/**
 * The log as a layer: a LayerReader over any way of reading records.
 *
 * The log is the expensive layer to read, and one pass answers everything: the digests of trades
 * and of dead letters, the sums for the producer's journal, and which offsets hold a record. So the
 * answers of a pass are kept until a question is asked for the second time; only then is the log
 * read again. A log without records gives empty answers, never an error.
 */
import { hash64ToBigInt, hashOfValue, hashValue } from '../../workload/record-hash.ts';
import { type BucketSum, bucketDigests } from '../digest/bucket-sums.ts';
import type { BucketDigest, LayerReader, RowKind } from '../layer.ts';
import { rowOfRecord } from './record-row.ts';
import type { PartitionSums } from './record-sums.ts';

export interface LogPass {
  /** Canonical UUID. */
  readonly topicId: string;
  readonly partitions: readonly PartitionSums[];
}

export type OnProgress = (rows: number) => void;

/** What a way of reading the log has to offer. */
export interface LogSource {
  readonly reader: string;
  /** Reads every partition from its start to the last stable offset at the time of the call. */
  pass(onProgress: OnProgress | undefined): Promise<LogPass>;
  /** Records with offsetFirst <= offset <= offsetLast, ordered; none for a topic id of the past. */
  records(
    topicId: string,
    partition: number,
    offsetFirst: number,
    offsetLast: number,
  ): Promise<readonly LogRecord[]>;
}

/** One record, with a value of its own. */
export interface LogRecord {
  readonly offset: number;
  readonly value: Uint8Array | null;
}

/** A record by the journal's hash (harness/workload/record-hash.ts). */
export interface ProducerHash {
  readonly offset: bigint;
  /** Over partition, offset and value. */
  readonly hash: bigint;
  /** Over the value alone, as the journal knows records that were never answered. */
  readonly valueHash: bigint;
}

/** How many offsets of a bucket hold a record that read_committed shows; the others are holes. */
export interface SeenOffsets {
  readonly partition: number;
  readonly bucket: bigint;
  readonly offsets: bigint;
}

export interface LogReader extends LayerReader {
  /**
   * Sums of the journal's hash (docs/reference/producer-journal.md); empty unless the reader was
   * made with them.
   */
  producerSums(onProgress?: OnProgress): Promise<readonly BucketDigest[]>;
  /** The same hash record by record, for the range where the sums differ. */
  producerHashes(
    topicId: string,
    partition: number,
    offsetFirst: bigint,
    offsetLast: bigint,
  ): Promise<readonly ProducerHash[]>;
  offsetsSeen(onProgress?: OnProgress): Promise<readonly SeenOffsets[]>;
  /** Topic id, bounds and sums of a pass as they are. */
  pass(onProgress?: OnProgress): Promise<LogPass>;
}

type Question = RowKind | 'producer' | 'seen' | 'pass';

export function createLogReader(source: LogSource): LogReader {
  const passes = new SharedPass(source);
  const digests = async (
    question: Question,
    pick: (sums: PartitionSums) => readonly BucketSum[],
    onProgress?: OnProgress,
  ) => {
    const { topicId, partitions } = await passes.answer(question, onProgress);
    return partitions.flatMap((sums) => bucketDigests(topicId, sums.partition, pick(sums)));
  };
  return {
    name: 'log',
    title: 'Kafka log',
    reader: source.reader,
    digest: (kind, onProgress) =>
      digests(kind, (sums) => (kind === 'trade' ? sums.trades : sums.deadLetters), onProgress),
    producerSums: (onProgress) => digests('producer', (sums) => sums.producer, onProgress),
    offsetsSeen: async (onProgress) => {
      const { partitions } = await passes.answer('seen', onProgress);
      return partitions.flatMap(seenOffsets);
    },
    pass: (onProgress) => passes.answer('pass', onProgress),
    producerHashes: async (topicId, partition, first, last) => {
      const records = await source.records(topicId, partition, Number(first), Number(last));
      return records.map(({ offset, value }) => ({
        offset: BigInt(offset),
        hash: hash64ToBigInt(hashValue(partition, offset, value)),
        valueHash: hash64ToBigInt(hashOfValue(value)),
      }));
    },
    rows: async (kind, topicId, partition, first, last) => {
      const records = await source.records(topicId, partition, Number(first), Number(last));
      return records
        .map(({ offset, value }) =>
          rowOfRecord({ topicId, partition, offset: BigInt(offset) }, value),
        )
        .filter((row) => row.kind === kind);
    },
  };
}

/** One pass for all questions; a question that comes again starts a new one. */
class SharedPass {
  readonly #source: LogSource;
  readonly #asked = new Set<Question>();
  #pass: Promise<LogPass> | null = null;

  constructor(source: LogSource) {
    this.#source = source;
  }

  async answer(question: Question, onProgress: OnProgress | undefined): Promise<LogPass> {
    if (this.#pass === null || this.#asked.has(question)) {
      this.#asked.clear();
      this.#pass = this.#source.pass(onProgress);
    }
    this.#asked.add(question);
    const pass = this.#pass;
    try {
      return await pass;
    } catch (error) {
      // A failed pass answers nobody who asks later.
      if (this.#pass === pass) this.#pass = null;
      throw error;
    }
  }
}

function seenOffsets({ partition, trades, deadLetters }: PartitionSums): SeenOffsets[] {
  const rows = new Map<number, number>();
  for (const sum of [...trades, ...deadLetters]) {
    rows.set(sum.bucket, (rows.get(sum.bucket) ?? 0) + sum.rows);
  }
  return [...rows]
    .sort(([a], [b]) => a - b)
    .map(([bucket, count]) => ({ partition, bucket: BigInt(bucket), offsets: BigInt(count) }));
}
