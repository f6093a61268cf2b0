/**
 * What the conformance suite of the log needs of a broker, real or simulated.
 *
 * The suite reads through the port; everything else that happens to a log (producers, transactions,
 * retention, compaction, deletion) are the few operations here. Values are texts, for the eye. What
 * a block must obey is checked wherever one is read: it starts where the one before ended, and its
 * counts describe its rows.
 */
import { expect } from 'vitest';
import {
  endsAt,
  type Row,
  readTo,
  limits as scenarioLimits,
} from '../../../scenarios/kafka-source-reading.test-kit.ts';
import type { RecordBlock } from '../../../src/pipeline/model/record-block.ts';
import type { Clock } from '../../../src/pipeline/ports/clock.ts';
import type { LogSource, TopicInfo } from '../../../src/pipeline/ports/log-source.ts';

export type Value = string | null;

export interface OpenTransaction {
  send(partition: number, values: readonly Value[]): Promise<void>;
  /** Both resolve when the markers stand in the log; nobody else may write meanwhile. */
  commit(): Promise<void>;
  abort(): Promise<void>;
}

/** A producer as the broker knows it. */
export interface Who {
  readonly producerId: bigint;
  readonly epoch: number;
}

export interface BatchNumbers extends Who {
  readonly sequence: number;
}

/** Single requests of a producer; a refusal is answered by Kafka's name of it. */
export interface RawWriter {
  start(transactionalId: string | null): Promise<Who>;
  /** The offset of the first record. */
  produce(
    topic: string,
    partition: number,
    batch: BatchNumbers,
    values: readonly string[],
    transactionalId: string | null,
  ): Promise<bigint | string>;
  /** The identity for the next transaction. */
  end(transactionalId: string, who: Who, outcome: 'committed' | 'aborted'): Promise<Who | string>;
}

export interface LogGround {
  /** In which the sources wait; it may run fast. */
  readonly clock: Clock;
  readonly writer: RawWriter;
  /** Another source of the same broker; closed with the ground. */
  source(options?: { readonly retryBoundMs?: number }): LogSource;
  createTopic(name: string, partitions: number): Promise<void>;
  deleteTopic(name: string): Promise<void>;
  /** One batch; resolves when it is acknowledged. */
  produce(topic: string, partition: number, values: readonly Value[]): Promise<void>;
  /** A transaction of a producer of its own. */
  begin(topic: string): Promise<OpenTransaction>;
  deleteRecords(topic: string, partition: number, below: bigint): Promise<void>;
  /**
   * A topic of one partition whose log is compacted: of the given records, in this order, only the
   * last of each key is left, and what was appended after them.
   */
  compactedTopic(name: string, records: ReadonlyArray<readonly [string, string]>): Promise<void>;
  /** Offsets that the group committed, by partition. */
  progress(topic: string): Promise<ReadonlyMap<number, bigint>>;
  close(): Promise<void>;
}

export type OpenLogGround = () => Promise<LogGround>;

export const limits = { ...scenarioLimits, lingerMs: 250 };

let topicsMade = 0;

export async function newTopic(
  ground: LogGround,
  source: LogSource,
  partitions = 1,
): Promise<TopicInfo> {
  topicsMade += 1;
  const name = `conformance-${topicsMade}`;
  await ground.createTopic(name, partitions);
  return source.topic(name);
}

export function topicName(): string {
  topicsMade += 1;
  return `conformance-${topicsMade}`;
}

/** The whole of partition 0 up to `end`, by a reader of its own. */
export async function readAll(
  source: LogSource,
  topic: TopicInfo,
  end: bigint,
  blockLimits = limits,
): Promise<{ rows: Row[]; blocks: RecordBlock[] }> {
  await endsAt(source, topic, end);
  const reader = await source.reader(topic, 0, 0n);
  const read = await readTo(reader, end, 0n, blockLimits);
  await reader.close();
  return read;
}

/** Reading any of the blocks' ranges again gives the same block. */
export async function expectSameAgain(
  source: LogSource,
  topic: TopicInfo,
  blocks: readonly RecordBlock[],
): Promise<void> {
  for (const block of blocks) expect(await source.read(topic, block.range)).toEqual(block);
}

export const texts = (count: number, prefix = 'value') =>
  Array.from({ length: count }, (_, i) => `${prefix} ${i}`);
