/**
 * Plays a list of actions on the simulated broker and on its naive model side by side.
 *
 * Actions are plain data, so a failing list shrinks. An action that makes no sense where it stands
 * (an end without a beginning) does nothing. Refusals of late batches are expected and change
 * nothing; whether they were right shows in the log.
 */
import fc from 'fast-check';
import type { HistoryFact } from '../harness/checkers/history/history.ts';
import {
  BrokerMachine,
  type BrokerMachineOptions,
} from '../harness/simulation/stores/broker-machine.ts';
import { BrokerRefusal } from '../harness/simulation/stores/broker-refusal.ts';
import type { ProducerIdentity } from '../harness/simulation/stores/broker-transactions.ts';
import { endTransaction, ModelPartition, type ModelTransaction } from './broker-model.test-kit.ts';

export const topic = 'trades';
export const partitions = 2;

const partition = fc.nat({ max: partitions - 1 });
const producer = fc.nat({ max: 2 });
const writer = fc.nat({ max: 1 });
const count = fc.integer({ min: 1, max: 4 });

/** Mostly records, or there would be nothing to see. */
export const action = fc.oneof(
  often(fc.record({ do: fc.constant('send'), producer, partition, count, again: fc.boolean() })),
  often(fc.record({ do: fc.constant('batch'), writer, partition, count, again: fc.boolean() })),
  often(fc.record({ do: fc.constant('end'), writer, commit: fc.boolean() })),
  fc.record({ do: fc.constant('late'), writer, partition }),
  fc.record({ do: fc.constant('overtake'), producer, partition }),
  fc.record({ do: fc.constant('take-over'), writer }),
  fc.record({ do: fc.constant('remove'), partition, every: fc.integer({ min: 2, max: 4 }) }),
  fc.record({ do: fc.constant('compact'), partition, keys: fc.integer({ min: 2, max: 6 }) }),
  fc.record({ do: fc.constant('retain'), partition, percent: fc.nat({ max: 50 }) }),
  fc.record({ do: fc.constant('new-leader'), partition, lost: fc.nat({ max: 2 }) }),
);

function often<T>(arbitrary: fc.Arbitrary<T>): fc.WeightedArbitrary<T> {
  return { arbitrary, weight: 5 };
}

export type Action = typeof action extends fc.Arbitrary<infer T> ? T : never;

interface Sender {
  readonly identity: ProducerIdentity;
  readonly next: Map<number, number>;
}

interface Writer extends Sender {
  readonly id: string;
  readonly transaction: ModelTransaction | null;
  /** The epoch before this one. */
  readonly former: ProducerIdentity | null;
}

export class Play {
  readonly facts: HistoryFact[] = [];
  readonly broker: BrokerMachine;
  readonly model = Array.from({ length: partitions }, () => new ModelPartition());
  readonly topicId: string;
  readonly #senders = new Map<number, Sender>();
  readonly #writers = new Map<number, Writer>();
  #keys = 0;

  constructor(guards: BrokerMachineOptions['guards'] = {}) {
    this.broker = new BrokerMachine({ observe: (fact) => void this.facts.push(fact), guards });
    this.topicId = this.broker.createTopic(topic, partitions);
  }

  do(one: Action): void {
    if (one.do === 'send') this.#send(one.producer, one.partition, one.count, one.again);
    if (one.do === 'overtake') this.#overtake(one.producer, one.partition);
    if (one.do === 'batch') this.#batch(one.writer, one.partition, one.count, one.again);
    if (one.do === 'end') this.#end(one.writer, one.commit ? 'committed' : 'aborted');
    if (one.do === 'late') this.#late(one.writer, one.partition);
    if (one.do === 'take-over') this.#takeOver(one.writer);
    if (one.do === 'remove') this.#remove(one.partition, one.every);
    if (one.do === 'compact') this.#compact(one.partition, one.keys);
    if (one.do === 'retain') this.#retain(one.partition, one.percent);
    if (one.do === 'new-leader') {
      this.broker.changeLeader(this.topicId, one.partition, 0, one.lost);
    }
  }

  #send(number: number, to: number, records: number, again: boolean): void {
    const sender = this.#sender(number);
    const keys = this.#newKeys(records);
    const sequence = take(sender, to, records);
    this.#produce(sender.identity, sequence, to, keys, null);
    for (const key of keys) this.model[to]!.append(key, null);
    if (again) this.#produce(sender.identity, sequence, to, keys, null);
  }

  /** A batch comes before the one that was sent before it, and again after it. */
  #overtake(number: number, to: number): void {
    const sender = this.#sender(number);
    // A partition that does not know a producer takes any number for its first.
    if (!sender.next.has(to)) this.#send(number, to, 1, false);
    const [first, second] = [this.#newKeys(1), this.#newKeys(2)];
    const sequences = [take(sender, to, 1), take(sender, to, 2)] as const;
    this.#produce(sender.identity, sequences[1], to, second, null);
    this.#produce(sender.identity, sequences[0], to, first, null);
    this.#produce(sender.identity, sequences[1], to, second, null);
    for (const key of [...first, ...second]) this.model[to]!.append(key, null);
  }

  #batch(number: number, to: number, records: number, again: boolean): void {
    const known = this.#writer(number);
    const transaction = known.transaction ?? { state: 'open', partitions: new Set() };
    const keys = this.#newKeys(records);
    const sequence = take(known, to, records);
    const name = nameOf(known);
    this.#produce(known.identity, sequence, to, keys, name);
    if (again) this.#produce(known.identity, sequence, to, keys, name);
    for (const key of keys) this.model[to]!.append(key, transaction);
    this.#writers.set(number, { ...known, transaction });
  }

  #end(number: number, outcome: 'committed' | 'aborted'): void {
    const known = this.#writer(number);
    if (known.transaction === null) return;
    const identity = this.broker.endTransaction(known.identity, nameOf(known), outcome);
    endTransaction(known.transaction, outcome);
    this.#writers.set(number, renewed(known, identity));
  }

  /** A batch of the transaction before comes now. */
  #late(number: number, to: number): void {
    const known = this.#writer(number);
    if (known.former === null) return;
    const name = `${known.id}:${known.former.epoch}`;
    this.#produce(known.former, 0, to, this.#newKeys(1), name);
  }

  #takeOver(number: number): void {
    const known = this.#writer(number);
    const identity = this.broker.startProducer(known.id);
    if (known.transaction !== null) endTransaction(known.transaction, 'aborted');
    this.#writers.set(number, renewed(known, identity));
  }

  #remove(from: number, every: number): void {
    const offsets = this.model[from]!.stable().flatMap(({ offset }) =>
      offset % every === 0 ? [offset] : [],
    );
    this.broker.removeRecords(this.topicId, from, offsets);
    this.model[from]!.remove(({ offset }) => offset % every === 0);
  }

  #compact(from: number, keys: number): void {
    const groupOf = (key: string) => `${Number(key.slice(1)) % keys}`;
    this.broker.compact(this.topicId, from, ({ key }) => groupOf(key));
    const last = new Map(this.model[from]!.stable().map((e) => [groupOf(e.key!), e.offset]));
    this.model[from]!.remove(({ key, offset }) => last.get(groupOf(key!)) !== offset);
  }

  #retain(from: number, percent: number): void {
    const offset = Math.floor((this.model[from]!.end * percent) / 100);
    this.broker.deleteRecords(this.topicId, from, offset);
    this.model[from]!.retain(offset);
  }

  #sender(number: number): Sender {
    const known = this.#senders.get(number);
    const sender = known ?? { identity: this.broker.startProducer(null), next: new Map() };
    this.#senders.set(number, sender);
    return sender;
  }

  #writer(number: number): Writer {
    const known = this.#writers.get(number);
    if (known !== undefined) return known;
    const id = `writer-${number}`;
    const identity = this.broker.startProducer(id);
    const writer = { id, identity, next: new Map(), transaction: null, former: null };
    this.#writers.set(number, writer);
    return writer;
  }

  #produce(
    identity: ProducerIdentity,
    sequence: number,
    to: number,
    keys: readonly string[],
    transaction: string | null,
  ): void {
    const records = keys.map((key) => ({
      key,
      value: valueOfKey(key),
      content: key,
      isTrade: true,
      source: key,
    }));
    const batch = { ...identity, sequence };
    try {
      this.broker.produce({ topic, partition: to, batch, records, transaction });
    } catch (error) {
      if (!(error instanceof BrokerRefusal)) throw error;
    }
  }

  #newKeys(records: number): string[] {
    return Array.from({ length: records }, () => {
      this.#keys += 1;
      return `k${this.#keys}`;
    });
  }
}

/** Every fifth record has no value. */
export function valueOfKey(key: string): Uint8Array | null {
  return Number(key.slice(1)) % 5 === 0 ? null : Buffer.from(key.repeat(1 + (key.length % 3)));
}

function take(sender: Sender, to: number, records: number): number {
  const sequence = sender.next.get(to) ?? 0;
  sender.next.set(to, sequence + records);
  return sequence;
}

const nameOf = ({ id, identity }: Writer) => `${id}:${identity.epoch}`;

function renewed(writer: Writer, identity: ProducerIdentity): Writer {
  const { id, identity: former } = writer;
  return { id, identity, next: new Map(), transaction: null, former };
}
