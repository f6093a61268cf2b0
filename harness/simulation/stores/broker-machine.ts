/**
 * The simulated broker: topics, partitions, producers and transactions as one plain state machine.
 *
 * Every method takes effect at once or throws a BrokerRefusal without effect; delay, loss and death
 * are the business of `Remote`. It behaves like Kafka as far as a reader of committed records or a
 * producer can tell, and writes what really happened into the history. What lies beyond:
 * replication (a new leader has everything, or a guard is off), consumer groups (their offsets are
 * kept as advice) and time limits (`expireTransactions` and retention are called from outside).
 */
import type { LoggedRecord, OffsetSpan } from '../../checkers/history/history.ts';
import type { Observe } from '../remote.ts';
import { allBrokerGuards, type BrokerGuards } from './broker-guards.ts';
import { BrokerPartition, type Fetched, type StoredRecord } from './broker-partition.ts';
import { BrokerRefusal } from './broker-refusal.ts';
import type { BatchIdentity } from './broker-sequences.ts';
import {
  BrokerTransactions,
  type DecidedTransaction,
  type ProducerIdentity,
  type TransactionOutcome,
} from './broker-transactions.ts';

/** A record as its producer gives it. */
export type ProducedRecord = Pick<StoredRecord, 'key' | 'value' | 'content' | 'isTrade' | 'source'>;

export interface ProduceRequest {
  readonly topic: string;
  readonly partition: number;
  /** Null: a producer without idempotence; whatever it sends is appended. */
  readonly batch: BatchIdentity | null;
  readonly records: readonly ProducedRecord[];
  /** The client's name for its transaction; it is for the history, brokers see only epochs. */
  readonly transaction: string | null;
}

export interface FetchRequest {
  readonly topicId: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly recordsMax: number;
  /** Records at or after it are left alone. */
  readonly offsetEnd: number;
}

interface Topic {
  readonly name: string;
  readonly topicId: string;
  readonly partitions: readonly BrokerPartition[];
}

export interface BrokerMachineOptions {
  readonly observe: Observe;
  /** For the while in which a partition has no leader; without it a new one is there at once. */
  readonly nowMs?: () => number;
  readonly guards?: Partial<BrokerGuards>;
}

export class BrokerMachine {
  readonly #observe: Observe;
  readonly #nowMs: () => number;
  readonly #guards: BrokerGuards;
  readonly #transactions: BrokerTransactions;
  readonly #names = new Map<string, Topic>();
  readonly #ids = new Map<string, Topic>();
  readonly #progress = new Map<string, Map<number, number>>();
  readonly #numbers = { topic: 0, producer: 0, reader: 0, send: 0, transaction: 0 };

  constructor({ observe, nowMs = () => Number.MAX_SAFE_INTEGER, guards }: BrokerMachineOptions) {
    this.#observe = observe;
    this.#nowMs = nowMs;
    this.#guards = { ...allBrokerGuards, ...guards };
    this.#transactions = new BrokerTransactions(this.#guards);
  }

  /** Numbers from 1 that clients use to name readers, sends and transactions in the history. */
  number(kind: 'reader' | 'send' | 'transaction'): number {
    this.#numbers[kind] += 1;
    return this.#numbers[kind];
  }

  createTopic(name: string, partitions: number): string {
    if (this.#names.has(name)) throw new Error(`there is a topic ${name} already`);
    this.#numbers.topic += 1;
    const topicId = `00000000-0000-4000-8000-${this.#numbers.topic.toString(16).padStart(12, '0')}`;
    const logs = Array.from(
      { length: partitions },
      (_, partition) => new BrokerPartition(topicId, partition, this.#guards),
    );
    const topic = { name, topicId, partitions: logs };
    this.#names.set(name, topic);
    this.#ids.set(topicId, topic);
    this.#observe({ type: 'topic', topic: name, topicId });
    return topicId;
  }

  deleteTopic(name: string): void {
    const topic = this.#named(name);
    this.#names.delete(name);
    this.#ids.delete(topic.topicId);
    this.#progress.delete(topic.topicId);
    for (const log of topic.partitions) this.#removed(log.deleteBelow(log.end), 'topic-deleted');
  }

  topic(name: string): { name: string; topicId: string; partitions: number } {
    const { topicId, partitions } = this.#named(name);
    return { name, topicId, partitions: partitions.length };
  }

  offsets(topicId: string): Array<{ partition: number; earliest: number; latest: number }> {
    const { partitions } = this.#withId(topicId);
    for (const log of partitions) this.#requireLeader(log, 'ListOffsets');
    return partitions.map((log, partition) => ({
      partition,
      earliest: log.earliest,
      latest: log.lastStable,
    }));
  }

  /** Last stable offset of each partition, seen from the side: no leader is asked. */
  ends(topicId: string): number[] {
    return this.#withId(topicId).partitions.map((log) => log.lastStable);
  }

  fetch(request: FetchRequest): Fetched {
    const { topicId, topic: name, partition, offset, recordsMax, offsetEnd } = request;
    const renamed = this.#guards.topicIdsChecked ? undefined : this.#names.get(name);
    const log = logOf(renamed ?? this.#withId(topicId), partition);
    this.#requireLeader(log, 'Fetch');
    return log.fetch(offset, recordsMax, offsetEnd);
  }

  /** A producer starts; with a transactional id it takes over from whoever had the id. */
  startProducer(transactionalId: string | null): ProducerIdentity {
    const newProducerId = () => {
      this.#numbers.producer += 1;
      return this.#numbers.producer;
    };
    if (transactionalId === null) return { producerId: newProducerId(), epoch: 0 };
    const { identity, decided } = this.#transactions.start(transactionalId, newProducerId);
    this.#mark(decided);
    return identity;
  }

  /** Appends a batch and answers its offsets; a batch that is here already has its old ones. */
  produce(request: ProduceRequest): number[] {
    const { partition, batch, records, transaction } = request;
    const log = logOf(this.#named(request.topic), partition);
    this.#requireLeader(log, 'Produce');
    const name = `produce of ${records.length} to ${request.topic}/${partition}`;
    const what = batch === null ? name : `${name}, sequence ${batch.sequence}`;
    if (batch !== null) {
      if (transaction !== null) this.#transactions.enlist(batch, transaction, log);
      else log.sequences.requireEpoch(batch, what);
      const old = log.sequences.find(batch, records.length, transaction !== null, what);
      if (old !== null) return this.#answer(old, records.length);
    }
    const base = log.end;
    for (const record of records) {
      const stored = log.append(record, transaction === null ? null : batch!.producerId);
      this.#observe({ type: 'append', record: loggedOf(stored), transaction });
    }
    if (batch !== null) log.sequences.remember(batch, records.length, base);
    return this.#answer(base, records.length);
  }

  /** Commits or aborts; answers the identity for the next transaction. */
  endTransaction(
    who: ProducerIdentity,
    transaction: string,
    outcome: TransactionOutcome,
  ): ProducerIdentity {
    const { identity, decided } = this.#transactions.end(who, transaction, outcome);
    this.#mark(decided);
    return identity;
  }

  /** Aborts every open transaction, as their time limit does with those of dead producers. */
  expireTransactions(): void {
    for (const decided of this.#transactions.expire()) this.#mark(decided);
  }

  /** Retention: the records below an offset are gone. */
  deleteRecords(topicId: string, partition: number, below: number): void {
    this.#removed(logOf(this.#withId(topicId), partition).deleteBelow(below), 'retention');
  }

  /** Compaction of exactly these offsets, as far as they are stable. */
  removeRecords(topicId: string, partition: number, offsets: readonly number[]): void {
    const gone = new Set(offsets);
    this.#compacted(topicId, partition, ({ offset }) => gone.has(offset));
  }

  /** Compaction as Kafka does it: of each key only the last record stays. */
  compact(
    topicId: string,
    partition: number,
    keyOf: (record: LoggedRecord) => string = ({ key }) => key,
  ): void {
    const last = new Map<string, number>();
    const records = logOf(this.#withId(topicId), partition).stableRecords();
    for (const record of records) last.set(keyOf(record), record.offset);
    this.#compacted(topicId, partition, (record) => last.get(keyOf(record))! > record.offset);
  }

  /**
   * Another broker leads, and answers after so long. `tailLost` offsets at the end are gone if the
   * guard that keeps them is off.
   */
  changeLeader(topicId: string, partition: number, unavailableMs: number, tailLost = 0): void {
    this.#elect(logOf(this.#withId(topicId), partition), unavailableMs, tailLost);
  }

  /** All partitions at once, as when the only broker stops and comes back. */
  restart(unavailableMs = 0, tailLost = 0): void {
    for (const { partitions } of this.#ids.values()) {
      for (const log of partitions) this.#elect(log, unavailableMs, tailLost);
    }
  }

  /** The group's offsets: advice that nothing depends on. */
  publishProgress(topicId: string, offsets: ReadonlyMap<number, number>): void {
    this.#withId(topicId);
    const known = this.#progress.get(topicId) ?? new Map<number, number>();
    for (const [partition, offset] of offsets) known.set(partition, offset);
    this.#progress.set(topicId, known);
  }

  /** The group is deleted. */
  forgetProgress(topicId: string): void {
    this.#progress.delete(topicId);
  }

  progress(topicId: string): ReadonlyMap<number, number> {
    return this.#progress.get(topicId) ?? new Map();
  }

  #answer(offsetBase: number, count: number): number[] {
    const first = this.#guards.offsetsStable ? offsetBase : offsetBase + 1;
    return Array.from({ length: count }, (_, i) => first + i);
  }

  #mark(decided: DecidedTransaction | null): void {
    if (decided === null) return;
    const { transaction, outcome, producerId, partitions } = decided;
    this.#observe({ type: 'transaction', transaction, outcome });
    for (const log of partitions) log.endTransaction(producerId, outcome);
  }

  #compacted(topicId: string, partition: number, gone: (record: LoggedRecord) => boolean): void {
    const log = logOf(this.#withId(topicId), partition);
    const offsets = log.remove(gone);
    if (offsets.length === 0) return;
    const span = { topicId, partition, offsetFirst: offsets[0]!, offsetLast: offsets.at(-1)! };
    this.#observe({ type: 'removed', span, offsets, why: 'compaction' });
  }

  #elect(log: BrokerPartition, unavailableMs: number, tailLost: number): void {
    log.leaderAtMs = this.#nowMs() + unavailableMs;
    if (!this.#guards.acknowledgedDurable) this.#removed(log.cutTail(tailLost), 'unclean-leader');
  }

  #removed(span: OffsetSpan | null, why: 'retention' | 'unclean-leader' | 'topic-deleted'): void {
    if (span !== null) this.#observe({ type: 'removed', span, offsets: null, why });
  }

  #requireLeader(log: BrokerPartition, request: string): void {
    if (this.#nowMs() < log.leaderAtMs) throw new BrokerRefusal('NOT_LEADER_OR_FOLLOWER', request);
  }

  #named(name: string): Topic {
    const topic = this.#names.get(name);
    if (topic === undefined) throw new BrokerRefusal('UNKNOWN_TOPIC_OR_PARTITION', name);
    return topic;
  }

  #withId(topicId: string): Topic {
    const topic = this.#ids.get(topicId);
    if (topic === undefined) throw new BrokerRefusal('UNKNOWN_TOPIC_ID', topicId);
    return topic;
  }
}

function logOf(topic: Topic, partition: number): BrokerPartition {
  const log = topic.partitions[partition];
  const what = `${topic.name}/${partition}`;
  if (log === undefined) throw new BrokerRefusal('UNKNOWN_TOPIC_OR_PARTITION', what);
  return log;
}

function loggedOf(record: StoredRecord): LoggedRecord {
  const { topicId, partition, offset, key, content, isTrade, source } = record;
  return { topicId, partition, offset, key, content, isTrade, source };
}
