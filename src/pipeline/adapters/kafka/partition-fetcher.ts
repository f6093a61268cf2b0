/**
 * Fetches one partition from its leader, over a connection of its own.
 *
 * A broker works through the requests of one connection one after the other, so a long poll on a
 * quiet partition would hold up a busy one behind it; fetch sessions would cure that at the price
 * of state that every cut has to repair. One connection per reader is simple, and a source has few
 * readers. A fetch that fails (leader moved, socket cut, answer mangled) is repeated from the same
 * offset after the cause was looked at, within the bound; nothing is lost by it because a read
 * changes nothing.
 */
import type { TopicInfo } from '../../ports/log-source.ts';
import { AbortedFilter } from './aborted-filter.ts';
import { addressText, type BrokerConnection } from './broker-connection.ts';
import { BrokerError, ConnectionError, errorName, remedyOf } from './broker-errors.ts';
import type { Cluster } from './cluster.ts';
import type { KafkaSettings } from './options.ts';
import { rawFetch } from './raw-fetch.ts';
import { CorruptBatchError, parseBatches, type RecordBatch } from './record-batch.ts';
import { orInterrupted, retryRead } from './retry.ts';
import { checkTopic, throwOutOfRange } from './topic-check.ts';

/**
 * What one fetch brought: whole batches, and which of them count. Empty when nothing came in time.
 */
export interface Fetched {
  readonly batches: readonly RecordBatch[];
  readonly filter: AbortedFilter;
  readonly bytes: number;
  readonly lastStableOffset: bigint;
}

export class PartitionFetcher {
  readonly topic: TopicInfo;
  readonly partition: number;
  readonly #cluster: Cluster;
  readonly #settings: KafkaSettings;
  #connection: BrokerConnection | null = null;
  #closed = false;

  constructor(cluster: Cluster, settings: KafkaSettings, topic: TopicInfo, partition: number) {
    this.topic = topic;
    this.partition = partition;
    this.#cluster = cluster;
    this.#settings = settings;
  }

  get name(): string {
    return `${this.topic.name}/${this.partition}`;
  }

  /**
   * The batches from the one that holds `offset` on. Throws `offset-out-of-range`,
   * `topic-recreated`, `topic-missing`, `refused`, `interrupted`, or `dependency-missing` when the
   * retry bound passed.
   */
  fetch(offset: bigint, signal?: AbortSignal): Promise<Fetched> {
    const what = `fetch ${this.name} at ${offset}`;
    const { retryBoundMs: boundMs, clock, logger } = this.#settings;
    const addresses = () => this.#cluster.addresses();
    const read = retryRead(() => this.#attempt(offset), {
      what,
      addresses,
      boundMs,
      clock,
      logger,
      signal,
    });
    return orInterrupted(read, what, signal);
  }

  close(): void {
    this.#closed = true;
    this.#connection?.close();
  }

  async #attempt(offset: bigint): Promise<Fetched> {
    try {
      return await this.#fetchOnce(offset);
    } catch (error) {
      const remedy = remedyOf(error);
      if (this.#closed) throw error;
      if (remedy === 'look-at-offsets') {
        await throwOutOfRange(this.#cluster, this.topic, this.partition, offset);
      }
      if (remedy === 'look-at-topic') {
        await checkTopic(this.#cluster, this.#settings.clock, this.topic);
      }
      this.#cluster.forget(this.topic.name);
      const connection = this.#connection;
      if (connection !== null && !connection.usable) this.#cluster.doubt(connection.address);
      throw error;
    }
  }

  async #fetchOnce(offset: bigint): Promise<Fetched> {
    const connection = await this.#toLeader();
    const answer = await connection.call('Fetch', rawFetch, {
      topicId: this.topic.topicId,
      partition: this.partition,
      offset,
      waitMsMax: this.#settings.fetchWaitMs,
      bytesMax: this.#settings.fetchBytesMax,
    });
    if (answer.errorCode !== 0) throw new BrokerError('Fetch', errorName(answer.errorCode));
    const batches = parseBatches(answer.records);
    if (batches.length === 0 && answer.records.length > 0) {
      throw new CorruptBatchError(`${answer.records.length} bytes without a whole batch`);
    }
    return {
      batches,
      filter: new AbortedFilter(answer.aborted),
      bytes: answer.records.length,
      lastStableOffset: answer.lastStableOffset,
    };
  }

  async #toLeader(): Promise<BrokerConnection> {
    const leader = await this.#cluster.leader(this.topic, this.partition);
    const current = this.#connection;
    if (current?.usable && addressText(current.address) === addressText(leader)) return current;
    current?.close();
    const opened = await this.#cluster.open(leader);
    if (this.#closed) {
      opened.close();
      throw new ConnectionError('the reader is closed');
    }
    this.#connection = opened;
    return opened;
  }
}
