/**
 * The simulated broker as the ground of the log's conformance suite: no network between it and its
 * clients, and a clock that runs several times as fast, because the suite waits.
 */

import type { Clock } from '../../../src/pipeline/ports/clock.ts';
import type { HistoryFact } from '../../checkers/history/history.ts';
import { systemClock } from '../../system-clock.ts';
import { createSimulatedLogSource } from '../adapters/log-source.ts';
import { createSimulatedProducer } from '../adapters/producer.ts';
import { directRemote } from '../remote.ts';
import { BrokerMachine, type BrokerMachineOptions } from '../stores/broker-machine.ts';
import { BrokerRefusal } from '../stores/broker-refusal.ts';
import type { ProducerIdentity } from '../stores/broker-transactions.ts';
import type { LogGround, RawWriter, Value, Who } from './log-source-ground.test-kit.ts';

export interface SimulatedLogGround extends LogGround {
  readonly broker: BrokerMachine;
  readonly facts: readonly HistoryFact[];
}

const speed = 4;
const clock: Clock = {
  nowMs: () => systemClock.nowMs(),
  monotonicMs: () => systemClock.monotonicMs() * speed,
  sleep: (durationMs, signal) => systemClock.sleep(durationMs / speed, signal),
};
const encoder = new TextEncoder();

export async function openSimulatedLog(
  guards: BrokerMachineOptions['guards'] = {},
): Promise<SimulatedLogGround> {
  const facts: HistoryFact[] = [];
  const observe = (fact: HistoryFact) => void facts.push(fact);
  const broker = new BrokerMachine({ observe, guards, nowMs: clock.monotonicMs });
  const common = { broker, remote: directRemote, clock, observe };
  const closing: Array<() => Promise<void>> = [];
  let records = 0;
  let producers = 0;
  const recordOf = (value: Value) => {
    records += 1;
    const content = value ?? 'null';
    const bytes = value === null ? null : encoder.encode(value);
    return { key: `record-${records}`, value: bytes, content, isTrade: false, source: null };
  };
  const producerOf = (topic: string) => {
    producers += 1;
    return createSimulatedProducer({ ...common, topic, process: `producer-${producers}` });
  };
  const writer: RawWriter = {
    start: async (id) => whoOf(broker.startProducer(id)),
    produce: async (topic, partition, { producerId, epoch, sequence }, values, id) =>
      granted(() => {
        const batch = { producerId: Number(producerId), epoch, sequence };
        const transaction = id === null ? null : `${id}:${epoch}`;
        const made = values.map(recordOf);
        const request = { topic, partition, batch, records: made, transaction };
        return BigInt(broker.produce(request)[0]!);
      }),
    end: async (id, { producerId, epoch }, outcome) =>
      granted(() => {
        const who = { producerId: Number(producerId), epoch };
        return whoOf(broker.endTransaction(who, `${id}:${epoch}`, outcome));
      }),
  };
  return {
    broker,
    clock,
    facts,
    writer,
    source: (options = {}) => {
      const source = createSimulatedLogSource({ ...common, process: 'reader', ...options });
      closing.push(() => source.close());
      return source;
    },
    createTopic: async (name, partitions) => void broker.createTopic(name, partitions),
    deleteTopic: async (name) => broker.deleteTopic(name),
    produce: async (topic, partition, values) => {
      const outcome = await producerOf(topic).send(partition, values.map(recordOf));
      if (outcome !== 'acknowledged') throw new Error(`a send was ${outcome}`);
    },
    begin: async (topic) => {
      const producer = producerOf(topic);
      const transaction = producer.begin();
      return {
        send: async (partition, values) =>
          void (await producer.send(partition, values.map(recordOf), transaction)),
        commit: async () => void (await producer.commit()),
        abort: async () => void (await producer.abort()),
      };
    },
    deleteRecords: async (topic, partition, below) =>
      broker.deleteRecords(broker.topic(topic).topicId, partition, Number(below)),
    compactedTopic: async (name, keyed) => {
      const topicId = broker.createTopic(name, 1);
      const made = keyed.map(([key, value]) => ({ ...recordOf(value), source: key }));
      await producerOf(name).send(0, made);
      broker.compact(topicId, 0, ({ source }) => source ?? '');
    },
    progress: async (topic) => {
      const offsets = broker.progress(broker.topic(topic).topicId);
      return new Map([...offsets].map(([partition, offset]) => [partition, BigInt(offset)]));
    },
    close: async () => {
      for (const close of closing) await close();
    },
  };
}

const whoOf = ({ producerId, epoch }: ProducerIdentity): Who => ({
  producerId: BigInt(producerId),
  epoch,
});

/** The answer, or the name of the refusal. */
function granted<T>(ask: () => T): T | string {
  try {
    return ask();
  } catch (error) {
    if (error instanceof BrokerRefusal) return error.refusal;
    throw error;
  }
}
