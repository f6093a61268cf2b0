/**
 * Reads one partition forward and cuts blocks to the caller's limits.
 *
 * The place is the caller's: it starts where the ledger says and never asks the group. Fetching
 * goes on in the background; decoding happens here, when a block is wanted. A block that was begun
 * stays begun when the caller interrupts, so the next call goes on with it and nothing is skipped.
 * When only holes came within the linger (aborted records, markers) the block has no rows but a
 * range, so that the ledger's head can pass them.
 */
import type { RecordBlock } from '../../model/record-block.ts';
import type { Clock } from '../../ports/clock.ts';
import type { BlockLimits, PartitionReader } from '../../ports/log-source.ts';
import type { BlockAssembler } from './block-assembler.ts';
import type { Prefetcher } from './prefetcher.ts';
import { interrupted, throwIfInterrupted } from './retry.ts';

export class KafkaPartitionReader implements PartitionReader {
  readonly #name: string;
  readonly #clock: Clock;
  readonly #prefetcher: Prefetcher;
  readonly #assembler: BlockAssembler;
  readonly #onClose: () => void;
  #closed = false;

  constructor(
    name: string,
    clock: Clock,
    prefetcher: Prefetcher,
    assembler: BlockAssembler,
    onClose: () => void,
  ) {
    this.#onClose = onClose;
    this.#name = name;
    this.#clock = clock;
    this.#prefetcher = prefetcher;
    this.#assembler = assembler;
  }

  async next(limits: BlockLimits, signal?: AbortSignal): Promise<RecordBlock | null> {
    this.#throwIfStopped(signal);
    let hadRows = this.#assembler.rows > 0;
    let deadlineMs = this.#clock.monotonicMs() + limits.lingerMs;
    for (;;) {
      // Asked for before looking, so that an answer between the look and the wait is not missed.
      const changed = this.#prefetcher.changed();
      if (this.#fill(limits)) return this.#assembler.take();
      if (this.#prefetcher.failed) {
        // What came before the failure is whole, so it goes out first; the failure waits.
        const block = this.#assembler.take();
        if (block !== null) return block;
        throw this.#prefetcher.takeFailure();
      }
      this.#prefetcher.resume();
      if (!hadRows && this.#assembler.rows > 0) {
        hadRows = true;
        deadlineMs = this.#clock.monotonicMs() + limits.lingerMs;
      }
      const waitMs = deadlineMs - this.#clock.monotonicMs();
      if (waitMs <= 0) return this.#assembler.take();
      await this.#wait(changed, waitMs, signal);
      this.#throwIfStopped(signal);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#onClose();
    await this.#prefetcher.close();
  }

  #throwIfStopped(signal: AbortSignal | undefined): void {
    throwIfInterrupted(this.#name, signal);
    if (this.#closed) throw interrupted(this.#name);
  }

  #fill(limits: BlockLimits): boolean {
    for (;;) {
      if (this.#assembler.fill(limits) === 'full') return true;
      const answer = this.#prefetcher.take();
      if (answer === undefined) return false;
      this.#assembler.feed(answer);
    }
  }

  async #wait(changed: Promise<void>, waitMs: number, signal?: AbortSignal): Promise<void> {
    const stop = new AbortController();
    const abort = () => stop.abort();
    signal?.addEventListener('abort', abort, { once: true });
    try {
      await Promise.race([changed, this.#clock.sleep(waitMs, stop.signal)]);
    } finally {
      signal?.removeEventListener('abort', abort);
      stop.abort();
    }
  }
}
