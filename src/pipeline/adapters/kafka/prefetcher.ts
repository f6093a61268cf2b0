/**
 * Keeps one fetch under way, so that the network works while the caller inserts.
 *
 * Answers are kept as they came (compressed, undecoded) until a bound of bytes is reached; then
 * fetching pauses until the caller takes one. A failure that survived the fetcher's retries stops
 * the loop and waits to be asked for; `resume` starts it again at the same offset, so a caller that
 * decides to go on loses nothing. There is never more than one fetch at a time, hence answers are
 * in order.
 */
import type { Clock } from '../../ports/clock.ts';
import type { Fetched, PartitionFetcher } from './partition-fetcher.ts';

/**
 * An empty answer that came sooner than this was no long poll; pausing keeps the loop from spinning
 * on such a broker.
 */
const emptyAnswerMsMin = 5;
const emptyAnswerPauseMs = 20;

/** What it needs of the fetcher. */
export type BatchFetcher = Pick<PartitionFetcher, 'fetch' | 'close'>;

export class Prefetcher {
  readonly #fetcher: BatchFetcher;
  readonly #clock: Clock;
  readonly #bytesMax: number;
  readonly #stop = new AbortController();
  readonly #answers: Fetched[] = [];
  #bytes = 0;
  #offsetNext: bigint;
  #running: Promise<void> | null = null;
  #failure: unknown = null;
  #changed = Promise.withResolvers<void>();
  #room = Promise.withResolvers<void>();

  constructor(fetcher: BatchFetcher, clock: Clock, bytesMax: number, offsetNext: bigint) {
    this.#fetcher = fetcher;
    this.#clock = clock;
    this.#bytesMax = bytesMax;
    this.#offsetNext = offsetNext;
  }

  /** Starts fetching when it isn't, unless a failure waits to be taken. */
  resume(): void {
    if (this.#running !== null || this.#failure !== null || this.#stop.signal.aborted) return;
    this.#running = this.#run().finally(() => {
      this.#running = null;
      this.#notify();
    });
  }

  /** The oldest answer, if one is there. */
  take(): Fetched | undefined {
    const answer = this.#answers.shift();
    if (answer === undefined) return undefined;
    this.#bytes -= answer.bytes;
    this.#room.resolve();
    return answer;
  }

  get failed(): boolean {
    return this.#failure !== null;
  }

  /** What stopped the loop; afterwards it may be resumed. */
  takeFailure(): unknown {
    const failure = this.#failure;
    this.#failure = null;
    return failure;
  }

  /** Resolves when an answer or a failure came since the call. Never rejects. */
  changed(): Promise<void> {
    return this.#changed.promise;
  }

  async close(): Promise<void> {
    this.#stop.abort();
    this.#fetcher.close();
    this.#room.resolve();
    await this.#running;
  }

  async #run(): Promise<void> {
    const signal = this.#stop.signal;
    try {
      while (!signal.aborted) {
        while (this.#bytes >= this.#bytesMax && !signal.aborted) {
          this.#room = Promise.withResolvers();
          await this.#room.promise;
        }
        const start = this.#clock.monotonicMs();
        const answer = await this.#fetcher.fetch(this.#offsetNext, signal);
        const last = answer.batches.at(-1);
        if (last !== undefined) this.#keep(answer, last.offsetLast);
        else if (this.#clock.monotonicMs() - start < emptyAnswerMsMin) {
          await this.#clock.sleep(emptyAnswerPauseMs, signal);
        }
      }
    } catch (error) {
      if (!signal.aborted) this.#failure = error;
    }
  }

  #keep(answer: Fetched, offsetLast: bigint): void {
    this.#answers.push(answer);
    this.#bytes += answer.bytes;
    this.#offsetNext = offsetLast + 1n;
    this.#notify();
  }

  #notify(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}
