/**
 * What one partition remembers of its producers, so that a batch sent again is not appended again.
 *
 * A producer numbers its records in each partition from 0, again with each of its epochs. The next
 * number is appended, one of the last few batches is answered as before, anything else is refused.
 * A producer of which the partition knows nothing may begin with any number, outside transactions.
 */
import type { BrokerGuards } from './broker-guards.ts';
import { BrokerRefusal } from './broker-refusal.ts';

/** As many as a real broker keeps for each producer. */
const batchesRemembered = 5;

export interface BatchIdentity {
  readonly producerId: number;
  readonly epoch: number;
  /** Number of its first record. */
  readonly sequence: number;
}

interface Remembered {
  readonly sequence: number;
  readonly count: number;
  readonly offsetBase: number;
}

interface ProducerState {
  sequenceNext: number;
  recent: Remembered[];
}

export class BrokerSequences {
  readonly #guards: BrokerGuards;
  readonly #states = new Map<string, ProducerState>();
  readonly #epochs = new Map<number, number>();

  constructor(guards: BrokerGuards) {
    this.#guards = guards;
  }

  /** Base offset of the same batch when it is here already, null when it is to be appended. */
  find(batch: BatchIdentity, count: number, isTransactional: boolean, what: string): number | null {
    const state = this.#states.get(keyOf(batch));
    if (!isTransactional && !this.#epochs.has(batch.producerId)) return null;
    const next = state?.sequenceNext ?? 0;
    if (batch.sequence === next) return null;
    const old = state?.recent.find((b) => b.sequence === batch.sequence && b.count === count);
    if (old !== undefined) return this.#guards.idempotence ? old.offsetBase : null;
    if (!this.#guards.sequenceOrder) return null;
    throw new BrokerRefusal('OUT_OF_ORDER_SEQUENCE_NUMBER', `${what}, ${next} comes next`);
  }

  /** Refuses an epoch that its producer has left behind in this partition. */
  requireEpoch({ producerId, epoch }: BatchIdentity, what: string): void {
    const newest = this.#epochs.get(producerId) ?? epoch;
    if (epoch < newest) throw new BrokerRefusal('INVALID_PRODUCER_EPOCH', what);
  }

  remember(batch: BatchIdentity, count: number, offsetBase: number): void {
    const { producerId, epoch, sequence } = batch;
    const state = this.#states.get(keyOf(batch)) ?? { sequenceNext: 0, recent: [] };
    state.sequenceNext = Math.max(state.sequenceNext, sequence + count);
    state.recent.push({ sequence, count, offsetBase });
    if (state.recent.length > batchesRemembered) state.recent.shift();
    this.#states.set(keyOf(batch), state);
    this.#epochs.set(producerId, Math.max(epoch, this.#epochs.get(producerId) ?? epoch));
  }
}

function keyOf({ producerId, epoch }: BatchIdentity): string {
  return `${producerId}:${epoch}`;
}
