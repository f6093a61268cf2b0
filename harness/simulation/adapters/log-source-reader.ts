/**
 * Reads one partition of the simulated broker forward and cuts blocks to the caller's limits.
 *
 * It keeps the promises of the real reader: what was begun stays begun when the caller interrupts,
 * what came before a failure goes out before it, a failing broker costs empty answers until the
 * bound has passed. It does not fetch ahead, and instead of a long poll it sleeps through the
 * linger once and looks again: few requests, because a simulated run pays for each.
 */
import type { RecordBlock } from '../../../src/pipeline/model/record-block.ts';
import type { Clock } from '../../../src/pipeline/ports/clock.ts';
import type {
  BlockLimits,
  PartitionReader,
  TopicInfo,
} from '../../../src/pipeline/ports/log-source.ts';
import type { StoredRecord } from '../stores/broker-partition.ts';
import { BlockBuilder, type TakenBlock } from './log-source-block.ts';
import {
  Failing,
  interrupted,
  type LogRequests,
  throwIfInterrupted,
} from './log-source-requests.ts';

export interface ReaderOptions {
  readonly requests: LogRequests;
  readonly clock: Clock;
  readonly retryBoundMs: number;
  readonly fetchRecordsMax: number;
  readonly topic: TopicInfo;
  readonly partition: number;
  readonly offsetNext: number;
  readonly onBlock: (taken: TakenBlock) => void;
  readonly onClose: () => void;
}

export class SimulatedPartitionReader implements PartitionReader {
  readonly #options: ReaderOptions;
  readonly #name: string;
  readonly #builder: BlockBuilder;
  readonly #failing: Failing;
  /** Fetched, not yet in a block; behind them the log was looked at up to `#fetchedEnd`. */
  #fetched: readonly StoredRecord[] = [];
  #fetchedNext = 0;
  #fetchedEnd: number;
  #failure: unknown = null;
  #stop: AbortController | null = null;
  #closed = false;

  constructor(options: ReaderOptions) {
    const { clock, topic, partition, offsetNext, retryBoundMs } = options;
    this.#options = options;
    this.#name = `${topic.name}/${partition}`;
    this.#builder = new BlockBuilder({ topicId: topic.topicId, partition }, offsetNext);
    this.#failing = new Failing(clock, retryBoundMs);
    this.#fetchedEnd = offsetNext;
  }

  async next(limits: BlockLimits, signal?: AbortSignal): Promise<RecordBlock | null> {
    throwIfInterrupted(this.#name, signal);
    if (this.#closed) throw interrupted(this.#name);
    const stop = new AbortController();
    const abort = () => stop.abort();
    signal?.addEventListener('abort', abort, { once: true });
    this.#stop = stop;
    try {
      return await this.#next(limits, stop.signal);
    } finally {
      signal?.removeEventListener('abort', abort);
      this.#stop = null;
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#options.onClose();
    this.#stop?.abort();
  }

  async #next(limits: BlockLimits, signal: AbortSignal): Promise<RecordBlock | null> {
    const { clock } = this.#options;
    const deadlineMs = clock.monotonicMs() + limits.lingerMs;
    for (let passed = false; ; ) {
      if (this.#fill(limits)) return this.#take();
      if (this.#failure !== null) return this.#takeFailure();
      const pauseMs = await this.#fetch(signal);
      if (this.#failure !== null || this.#fill(limits)) continue;
      if (pauseMs === 0) continue;
      const waitMs = deadlineMs - clock.monotonicMs();
      if (passed || waitMs <= 0) return this.#take();
      await clock.sleep(Math.min(waitMs, pauseMs), signal);
      throwIfInterrupted(this.#name, signal);
      passed = clock.monotonicMs() >= deadlineMs;
    }
  }

  /** How long to wait before the next fetch: 0 when more is there already. */
  async #fetch(signal: AbortSignal): Promise<number> {
    const { requests, topic, partition, fetchRecordsMax } = this.#options;
    const place = {
      topic,
      partition,
      offset: this.#fetchedEnd,
      recordsMax: fetchRecordsMax,
      offsetEnd: Number.MAX_SAFE_INTEGER,
    };
    try {
      const { records, offsetNext, lastStable } = await requests.fetch(
        'broker.fetch',
        place,
        signal,
      );
      this.#failing.end();
      this.#fetched = records;
      this.#fetchedNext = 0;
      this.#fetchedEnd = offsetNext;
      return offsetNext >= lastStable ? Number.POSITIVE_INFINITY : 0;
    } catch (error) {
      throwIfInterrupted(this.#name, signal);
      try {
        return this.#failing.delayMs(`fetch ${this.#name} at ${place.offset}`, error);
      } catch (final) {
        this.#failure = final;
        return 0;
      }
    }
  }

  /** True when the block is full. */
  #fill(limits: BlockLimits): boolean {
    for (; this.#fetchedNext < this.#fetched.length; this.#fetchedNext++) {
      if (!this.#builder.add(this.#fetched[this.#fetchedNext]!, limits)) return true;
    }
    this.#builder.moveTo(this.#fetchedEnd);
    return this.#builder.isFull(limits);
  }

  #take(): RecordBlock | null {
    const taken = this.#builder.take();
    if (taken === null) return null;
    this.#options.onBlock(taken);
    return taken.block;
  }

  /** What came before the failure is whole, so it goes out first; the failure waits. */
  #takeFailure(): RecordBlock {
    const block = this.#take();
    if (block !== null) return block;
    const failure = this.#failure;
    this.#failure = null;
    throw failure;
  }
}
