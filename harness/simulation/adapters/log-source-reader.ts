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
import { Failing, interrupted, type LogRequests } from './log-source-requests.ts';

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
  /** Counts calls and interruptions: a call whose turn is over touches nothing any more. */
  #turn = 0;
  #reject: (error: unknown) => void = () => undefined;
  #heard: AbortSignal | undefined;
  #closed = false;

  constructor(options: ReaderOptions) {
    const { clock, topic, partition, offsetNext, retryBoundMs } = options;
    this.#options = options;
    this.#name = `${topic.name}/${partition}`;
    this.#builder = new BlockBuilder({ topicId: topic.topicId, partition }, offsetNext);
    this.#failing = new Failing(clock, retryBoundMs);
    this.#fetchedEnd = offsetNext;
  }

  next(limits: BlockLimits, signal?: AbortSignal): Promise<RecordBlock | null> {
    if (signal?.aborted || this.#closed) return Promise.reject(interrupted(this.#name));
    this.#hear(signal);
    this.#turn += 1;
    const turn = this.#turn;
    return new Promise((resolve, reject) => {
      this.#reject = reject;
      this.#run(turn, limits, resolve).catch(reject);
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#options.onClose();
    this.#hear(undefined);
    this.#interrupt();
  }

  /** Callers pass the same signal call after call, so it is listened to once. */
  #hear(signal: AbortSignal | undefined): void {
    if (signal === this.#heard) return;
    this.#heard?.removeEventListener('abort', this.#interrupt);
    signal?.addEventListener('abort', this.#interrupt);
    this.#heard = signal;
  }

  readonly #interrupt = () => {
    this.#turn += 1;
    this.#reject(interrupted(this.#name));
  };

  /** Answers by `resolve` at the moment it takes, so that no interruption can lose a block. */
  async #run(
    turn: number,
    limits: BlockLimits,
    resolve: (block: RecordBlock | null) => void,
  ): Promise<void> {
    const { clock } = this.#options;
    const signal = this.#heard;
    const deadlineMs = clock.monotonicMs() + limits.lingerMs;
    for (let passed = false; ; ) {
      if (this.#fill(limits)) return resolve(this.#take());
      if (this.#failure !== null) return resolve(this.#takeFailure());
      const pauseMs = await this.#fetch(turn);
      if (turn !== this.#turn) return;
      if (pauseMs === 0 || this.#fill(limits)) continue;
      const waitMs = deadlineMs - clock.monotonicMs();
      if (passed || waitMs <= 0) return resolve(this.#take());
      await clock.sleep(Math.min(waitMs, pauseMs), signal);
      if (turn !== this.#turn) return;
      passed = clock.monotonicMs() >= deadlineMs;
    }
  }

  /** How long to wait before the next fetch: 0 when there is something to look at already. */
  async #fetch(turn: number): Promise<number> {
    const { requests, topic, partition, fetchRecordsMax: recordsMax } = this.#options;
    const offset = this.#fetchedEnd;
    const offsetEnd = Number.MAX_SAFE_INTEGER;
    const place = { topic, partition, offset, recordsMax, offsetEnd };
    try {
      const fetched = await requests.fetch('broker.fetch', place);
      if (turn !== this.#turn) return 0;
      this.#failing.end();
      this.#fetched = fetched.records;
      this.#fetchedNext = 0;
      this.#fetchedEnd = fetched.offsetNext;
      return fetched.offsetNext >= fetched.lastStable ? Number.POSITIVE_INFINITY : 0;
    } catch (error) {
      if (turn !== this.#turn) return 0;
      try {
        return this.#failing.delayMs(`fetch ${this.#name} at ${offset}`, error);
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
