/**
 * Who a producer is to the broker, and the numbers it gives its records.
 *
 * The identity is asked for when it is first needed. Numbers run per partition and start again with
 * each epoch. When a batch stays unanswered, nobody knows whether the next number is free: a
 * producer without transactions then goes to a higher epoch by itself, one with transactions waits
 * for the end of the transaction, which gives it one.
 */
import type { BatchIdentity } from '../stores/broker-sequences.ts';
import type { ProducerIdentity } from '../stores/broker-transactions.ts';

export class SequencedIdentity {
  readonly #start: () => Promise<ProducerIdentity>;
  readonly #sequences = new Map<number, number>();
  readonly #acknowledged = new Set<number>();
  #starting: Promise<ProducerIdentity> | null = null;
  #identity: ProducerIdentity | null = null;

  constructor(start: () => Promise<ProducerIdentity>) {
    this.#start = start;
  }

  /** Asks the broker for an identity unless there is one; concurrent callers share the answer. */
  async ready(): Promise<void> {
    if (this.#identity !== null) return;
    this.#starting ??= this.#start().finally(() => {
      this.#starting = null;
    });
    const started = await this.#starting;
    if (this.#identity === null) this.use(started);
  }

  get started(): boolean {
    return this.#identity !== null;
  }

  get current(): ProducerIdentity {
    if (this.#identity === null) throw new Error('a producer was used before it was ready');
    return this.#identity;
  }

  /** The numbers of the next batch of a partition; only once `ready`. */
  next(partition: number, count: number): BatchIdentity {
    const sequence = this.#sequences.get(partition) ?? 0;
    this.#sequences.set(partition, sequence + count);
    return { ...this.current, sequence };
  }

  /** The partition has acknowledged a batch of this epoch. */
  acknowledged(partition: number, epoch: number): void {
    if (this.#identity?.epoch === epoch) this.#acknowledged.add(partition);
  }

  isKnownIn(partition: number): boolean {
    return this.#acknowledged.has(partition);
  }

  use(identity: ProducerIdentity): void {
    this.#identity = identity;
    this.#sequences.clear();
    this.#acknowledged.clear();
  }

  /** A batch of this epoch stayed without an answer, so its numbers are of no more use. */
  leave(epoch: number): void {
    const { producerId, epoch: current } = this.current;
    if (epoch === current) this.use({ producerId, epoch: epoch + 1 });
  }

  /** The broker has to be asked again who this is. */
  forget(): void {
    this.#identity = null;
    this.#sequences.clear();
    this.#acknowledged.clear();
  }
}
