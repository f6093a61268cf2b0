/**
 * Kafka as the pipeline's log: records by offset under read_committed, as bytes.
 *
 * Offsets always come from the caller; consumer groups are not joined. A topic is held by its id,
 * so one that was made again under the same name is noticed. All reads are repeated within a bound
 * before they fail, because reading changes nothing; what the failures mean is said in
 * TidemarkErrors. The files beside this one each do one thing: connections, metadata, fetching,
 * batches, transcoding, blocks.
 */
import type { OffsetRange } from '../../model/range.ts';
import type { RecordBlock } from '../../model/record-block.ts';
import type { LogSource, PartitionReader, TopicInfo } from '../../ports/log-source.ts';
import { BlockAssembler } from './block-assembler.ts';
import { Cluster } from './cluster.ts';
import { type KafkaSettings, type KafkaSourceOptions, settingsOf } from './options.ts';
import { PartitionFetcher } from './partition-fetcher.ts';
import { KafkaPartitionReader } from './partition-reader.ts';
import { Prefetcher } from './prefetcher.ts';
import { ProgressPublisher } from './progress.ts';
import { readRange } from './range-read.ts';
import { retryRead } from './retry.ts';
import { checkTopic, listOffsets, type PartitionOffsets, topicNow } from './topic-check.ts';

export type { KafkaSourceOptions } from './options.ts';

/**
 * Connects on first use. Throws `config-invalid` when the bootstrap servers are no list of
 * addresses.
 */
export function createKafkaSource(options: KafkaSourceOptions): LogSource {
  return new KafkaSource(settingsOf(options));
}

class KafkaSource implements LogSource {
  readonly #settings: KafkaSettings;
  readonly #cluster: Cluster;
  readonly #progress: ProgressPublisher;
  readonly #readers = new Set<PartitionReader>();

  constructor(settings: KafkaSettings) {
    this.#settings = settings;
    this.#cluster = new Cluster(settings);
    this.#progress = new ProgressPublisher(this.#cluster, settings);
  }

  topic(name: string): Promise<TopicInfo> {
    return this.#retry(`metadata of topic ${name}`, async () => {
      const state = await topicNow(this.#cluster, this.#settings.clock, name);
      return { name, topicId: state.topicId, partitions: state.leaders.size };
    });
  }

  offsets(topic: TopicInfo): Promise<PartitionOffsets[]> {
    const partitions = Array.from({ length: topic.partitions }, (_, partition) => partition);
    return this.#retry(`offsets of topic ${topic.name}`, async () => {
      await checkTopic(this.#cluster, this.#settings.clock, topic);
      return listOffsets(this.#cluster, topic, partitions);
    });
  }

  async reader(topic: TopicInfo, partition: number, offsetNext: bigint): Promise<PartitionReader> {
    const { clock, prefetchBytesMax } = this.#settings;
    const fetcher = new PartitionFetcher(this.#cluster, this.#settings, topic, partition);
    const prefetcher = new Prefetcher(fetcher, clock, prefetchBytesMax, offsetNext);
    const assembler = new BlockAssembler({ topicId: topic.topicId, partition }, offsetNext);
    const reader = new KafkaPartitionReader(fetcher.name, clock, prefetcher, assembler, () =>
      this.#readers.delete(reader),
    );
    this.#readers.add(reader);
    prefetcher.resume();
    return reader;
  }

  async read(topic: TopicInfo, range: OffsetRange, signal?: AbortSignal): Promise<RecordBlock> {
    const fetcher = new PartitionFetcher(this.#cluster, this.#settings, topic, range.partition);
    try {
      return await readRange(this.#cluster, this.#settings, fetcher, range, signal);
    } finally {
      fetcher.close();
    }
  }

  publishProgress(topic: TopicInfo, offsets: ReadonlyMap<number, bigint>): Promise<void> {
    return this.#progress.publish(topic, offsets);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#readers].map((reader) => reader.close()));
    this.#cluster.close();
  }

  #retry<T>(what: string, read: () => Promise<T>): Promise<T> {
    const { retryBoundMs: boundMs, clock, logger } = this.#settings;
    const addresses = () => this.#cluster.addresses();
    return retryRead(read, { what, addresses, boundMs, clock, logger });
  }
}
