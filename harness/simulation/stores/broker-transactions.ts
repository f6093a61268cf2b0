/**
 * The transaction coordinator of the simulated broker: who may write in which transaction.
 *
 * A transactional id has one producer id for ever and an epoch that grows: with each producer that
 * starts under the id, and with the end of each transaction (KIP-890). So (producer id, epoch)
 * names one transaction, and a batch that comes after its end carries an epoch that is refused. A
 * transaction begins with its first batch. An end that is asked for again is answered again. The
 * coordinator decides; the markers are written by `BrokerMachine`, at the same moment, which a real
 * broker does shortly afterwards.
 */
import type { BrokerGuards } from './broker-guards.ts';
import type { BrokerPartition } from './broker-partition.ts';
import { BrokerRefusal } from './broker-refusal.ts';

export type TransactionOutcome = 'committed' | 'aborted';

export interface ProducerIdentity {
  readonly producerId: number;
  readonly epoch: number;
}

/** An end that was decided now and whose markers are to be written. */
export interface DecidedTransaction {
  readonly transaction: string;
  readonly producerId: number;
  readonly outcome: TransactionOutcome;
  readonly partitions: ReadonlySet<BrokerPartition>;
}

interface CoordinatedProducer {
  readonly producerId: number;
  epoch: number;
  /** Epochs below it belonged to producers that were replaced. */
  epochOfOwner: number;
  open: { readonly transaction: string; readonly partitions: Set<BrokerPartition> } | null;
  ended: { readonly epoch: number; readonly outcome: TransactionOutcome } | null;
}

export class BrokerTransactions {
  readonly #guards: BrokerGuards;
  readonly #byId = new Map<string, CoordinatedProducer>();
  readonly #byProducer = new Map<number, CoordinatedProducer>();

  constructor(guards: BrokerGuards) {
    this.#guards = guards;
  }

  /** A producer starts: whoever had the id before is fenced, its open transaction aborted. */
  start(
    transactionalId: string,
    newProducerId: () => number,
  ): { identity: ProducerIdentity; decided: DecidedTransaction | null } {
    const known = this.#byId.get(transactionalId);
    if (known === undefined) {
      const producerId = newProducerId();
      const made = { producerId, epoch: 0, epochOfOwner: 0, open: null, ended: null };
      this.#byId.set(transactionalId, made);
      this.#byProducer.set(producerId, made);
      return { identity: { producerId, epoch: 0 }, decided: null };
    }
    const decided = this.#decide(known, 'aborted');
    if (decided === null) known.epoch += 1;
    known.ended = null;
    known.epochOfOwner = known.epoch;
    return { identity: identityOf(known), decided };
  }

  /** A batch of a transaction arrives. Refuses epochs that have passed. */
  enlist(who: ProducerIdentity, transaction: string, partition: BrokerPartition): void {
    const producer = this.#producer(who);
    if (who.epoch < producer.epoch) {
      const what = `produce in ${transaction} at epoch ${who.epoch}, ${producer.epoch} is current`;
      const fenced =
        who.epoch < producer.epochOfOwner
          ? this.#guards.zombieProducerFenced
          : this.#guards.lateProduceFenced;
      if (fenced) throw new BrokerRefusal('INVALID_PRODUCER_EPOCH', what);
      return;
    }
    producer.open ??= { transaction, partitions: new Set() };
    producer.open.partitions.add(partition);
  }

  /** Ends a transaction, one that no batch of has arrived too, so that none can arrive later. */
  end(
    who: ProducerIdentity,
    transaction: string,
    outcome: TransactionOutcome,
  ): { identity: ProducerIdentity; decided: DecidedTransaction | null } {
    const producer = this.#producer(who);
    const { ended } = producer;
    if (who.epoch < producer.epoch) {
      const same = ended !== null && ended.epoch === who.epoch;
      if (same && ended.outcome === outcome) {
        return { identity: identityOf(producer), decided: null };
      }
      const refusal = same ? 'INVALID_TXN_STATE' : 'PRODUCER_FENCED';
      throw new BrokerRefusal(refusal, `end of ${transaction}`);
    }
    if (producer.open === null && outcome === 'committed') {
      throw new BrokerRefusal('INVALID_TXN_STATE', `commit of ${transaction}, which is empty`);
    }
    producer.open ??= { transaction, partitions: new Set() };
    const decided = this.#decide(producer, outcome);
    return { identity: identityOf(producer), decided };
  }

  /** Gives up every open transaction, as the time limit of transactions does. */
  expire(): DecidedTransaction[] {
    return [...this.#byId.values()].flatMap((producer) => {
      const decided = this.#decide(producer, 'aborted');
      return decided === null ? [] : [decided];
    });
  }

  #decide(producer: CoordinatedProducer, outcome: TransactionOutcome): DecidedTransaction | null {
    const { open, producerId } = producer;
    if (open === null) return null;
    producer.open = null;
    producer.ended = { epoch: producer.epoch, outcome };
    producer.epoch += 1;
    return { ...open, producerId, outcome };
  }

  #producer({ producerId }: ProducerIdentity): CoordinatedProducer {
    const producer = this.#byProducer.get(producerId);
    if (producer !== undefined) return producer;
    throw new BrokerRefusal('INVALID_PRODUCER_EPOCH', `producer ${producerId} is not known`);
  }
}

function identityOf({ producerId, epoch }: CoordinatedProducer): ProducerIdentity {
  return { producerId, epoch };
}
