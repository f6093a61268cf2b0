/**
 * A producer of the simulated broker, as careful as a real one: idempotent, with transactions.
 *
 * A batch that stays unanswered is sent again under the same numbers, for a bounded time, and only
 * then is its outcome unknown; unknown it is too when only passing refusals came. Several
 * batches may be under way. A commit is only asked for when every batch of the transaction was
 * acknowledged, otherwise the transaction is aborted. Sends and what came of them are written into
 * the history; what the broker really did, the broker writes.
 */
import type { Clock } from '../../../src/pipeline/ports/clock.ts';
import type { Observe, Remote } from '../remote.ts';
import type { BrokerMachine, ProducedRecord, ProduceRequest } from '../stores/broker-machine.ts';
import { BrokerRefusal, isRefusal, worthAnotherTry } from '../stores/broker-refusal.ts';
import type { TransactionOutcome } from '../stores/broker-transactions.ts';
import { SequencedIdentity } from './producer-identity.ts';

const deliveryBoundMsDefault = 20_000;
const pauseMsFirst = 100;
const pauseMsMax = 1_000;

export type SendOutcome = 'acknowledged' | 'failed' | 'unknown';

export interface SimulatedProducerOptions {
  readonly broker: BrokerMachine;
  readonly remote: Remote;
  readonly clock: Clock;
  readonly process: string;
  readonly observe: Observe;
  /** Name of the topic, as a producer knows it: one made again is written to without a word. */
  readonly topic: string;
  /** Of its transactions; the process' name when it is left out. */
  readonly transactionalId?: string;
  /** How long a request is sent again before its outcome counts as unknown. */
  readonly deliveryBoundMs?: number;
  /** A producer without idempotence: an unanswered batch is sent again as another one. */
  readonly resendAsNew?: boolean;
}

export interface SimulatedProducer {
  /** Sends one batch; `transaction` is what `begin` gave. */
  send(
    partition: number,
    records: readonly ProducedRecord[],
    transaction?: string,
  ): Promise<SendOutcome>;
  /** Names a transaction; one at a time. The broker hears of it with its first batch. */
  begin(): string;
  /** What became of it: aborted when a batch was not acknowledged. */
  commit(): Promise<TransactionOutcome | 'unknown'>;
  abort(): Promise<'aborted' | 'unknown'>;
}

interface OpenTransaction {
  readonly name: string;
  readonly sends: Set<Promise<SendOutcome>>;
  whole: boolean;
}

/** Resolves when the batches that were sent before have ended. */
type Earlier = () => Promise<unknown>;

type Answer<T> =
  | { readonly outcome: 'answered'; readonly value: T }
  | { readonly outcome: 'failed' | 'unknown'; readonly error: unknown };

export function createSimulatedProducer(options: SimulatedProducerOptions): SimulatedProducer {
  return new Producer(options);
}

class Producer implements SimulatedProducer {
  readonly #options: SimulatedProducerOptions;
  readonly #plain: SequencedIdentity;
  readonly #transactional: SequencedIdentity;
  /** Batches under way, per partition in the order of their numbers. */
  readonly #underWay = new Map<number, Promise<unknown>[]>();
  #transaction: OpenTransaction | null = null;

  constructor(options: SimulatedProducerOptions) {
    const { broker, process, transactionalId = process } = options;
    this.#options = options;
    const start = (id: string | null) => async () => {
      const answer = await this.#repeat('broker.start-producer', () => broker.startProducer(id));
      if (answer.outcome === 'answered') return answer.value;
      throw answer.error;
    };
    this.#plain = new SequencedIdentity(start(null));
    this.#transactional = new SequencedIdentity(start(transactionalId));
  }

  begin(): string {
    const { broker, process } = this.#options;
    if (this.#transaction !== null) throw new Error(`${this.#transaction.name} has not ended`);
    const name = `${process}/transaction-${broker.number('transaction')}`;
    this.#transaction = { name, sends: new Set(), whole: true };
    return name;
  }

  async send(
    partition: number,
    records: readonly ProducedRecord[],
    transaction?: string,
  ): Promise<SendOutcome> {
    const open = this.#transaction;
    if (transaction !== undefined && open?.name !== transaction) {
      throw new Error(`${transaction} is not the open transaction`);
    }
    const sent = this.#send(partition, records, transaction ?? null);
    if (transaction === undefined || open === null) return sent;
    open.sends.add(sent);
    const outcome = await sent;
    if (outcome !== 'acknowledged') open.whole = false;
    return outcome;
  }

  async commit(): Promise<TransactionOutcome | 'unknown'> {
    const open = this.#opened();
    await Promise.all(open.sends);
    return this.#end(open, open.whole && open.sends.size > 0 ? 'committed' : 'aborted');
  }

  async abort(): Promise<'aborted' | 'unknown'> {
    const open = this.#opened();
    await Promise.all(open.sends);
    return this.#end(open, 'aborted');
  }

  #opened(): OpenTransaction {
    if (this.#transaction === null) throw new Error('there is no open transaction');
    return this.#transaction;
  }

  async #end<O extends TransactionOutcome>(
    open: OpenTransaction,
    outcome: O,
  ): Promise<O | 'unknown'> {
    this.#transaction = null;
    if (open.sends.size === 0) return outcome;
    const { broker } = this.#options;
    const identity = this.#transactional;
    if (!identity.started) return outcome;
    const who = identity.current;
    const ended = await this.#repeat('broker.end-transaction', () =>
      broker.endTransaction(who, open.name, outcome),
    );
    if (ended.outcome === 'answered') {
      identity.use(ended.value);
      return outcome;
    }
    identity.forget();
    return 'unknown';
  }

  async #send(
    partition: number,
    records: readonly ProducedRecord[],
    transaction: string | null,
  ): Promise<SendOutcome> {
    const { broker, process, observe, topic, resendAsNew } = this.#options;
    const send = broker.number('send');
    const keys = records.map(({ key }) => key);
    observe({ type: 'send', process, send, partition, keys, transaction });
    const end = (outcome: SendOutcome, offsets: readonly number[] = []) => {
      observe({ type: 'send-end', send, outcome, offsets });
      return outcome;
    };
    const identity = transaction === null ? this.#plain : this.#transactional;
    try {
      await identity.ready();
    } catch (error) {
      if (worthAnotherTry(error)) return end('failed');
      throw error;
    }
    const batch =
      resendAsNew && transaction === null ? null : identity.next(partition, records.length);
    const request = { topic, partition, batch, records, transaction };
    const answer = await this.#inLine(partition, async (earlier) => {
      // A partition that does not know a producer takes any number for its first, so the order
      // that TCP keeps for a real one is kept by waiting.
      if (!identity.isKnownIn(partition)) await earlier();
      return this.#produce(request, earlier);
    });
    if (answer.outcome === 'answered') {
      if (batch !== null) identity.acknowledged(partition, batch.epoch);
      return end('acknowledged', answer.value);
    }
    if (batch !== null && transaction === null) identity.leave(batch.epoch);
    return end(answer.outcome);
  }

  #produce(request: ProduceRequest, earlier: Earlier) {
    const { broker } = this.#options;
    return this.#repeat('broker.produce', () => broker.produce(request), earlier);
  }

  /** Runs a batch that knows when those before it in the partition have ended. */
  async #inLine<T>(partition: number, run: (earlier: Earlier) => Promise<T>): Promise<T> {
    const line = this.#underWay.get(partition) ?? [];
    this.#underWay.set(partition, line);
    const before = [...line];
    const running = run(() => Promise.allSettled(before));
    line.push(running);
    try {
      return await running;
    } finally {
      line.splice(line.indexOf(running), 1);
    }
  }

  /** One request, sent again while it is unanswered or refused for the moment. */
  async #repeat<T>(
    step: string,
    effect: () => T,
    earlier: Earlier = () => Promise.resolve(),
  ): Promise<Answer<T>> {
    const { remote, clock, deliveryBoundMs = deliveryBoundMsDefault } = this.#options;
    const endMs = clock.monotonicMs() + deliveryBoundMs;
    let doubtful = false;
    let behind = false;
    for (let pauseMs = pauseMsFirst; ; pauseMs = Math.min(pauseMs * 2, pauseMsMax)) {
      try {
        const value = await remote.call(step, effect);
        return { outcome: 'answered', value };
      } catch (error) {
        if (!worthAnotherTry(error)) throw error;
        const refused = error instanceof BrokerRefusal;
        if (refused && !error.passes) return { outcome: doubtful ? 'unknown' : 'failed', error };
        if (clock.monotonicMs() + pauseMs > endMs) return { outcome: 'unknown', error };
        doubtful ||= !refused;
        if (!isRefusal(error, 'OUT_OF_ORDER_SEQUENCE_NUMBER')) {
          await clock.sleep(pauseMs);
          continue;
        }
        // One before it was given up, so its turn never comes.
        if (behind) return { outcome: 'unknown', error };
        await earlier();
        behind = true;
      }
    }
  }
}
