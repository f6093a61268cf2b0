/**
 * A real Kafka broker, and the adapter that the pipeline reads it with, as the ground of the log's
 * conformance suite.
 *
 * Records are written by another client library than the one that reads them. The environment is
 * started once for all tests of a file; topics keep the tests apart.
 */
import { ConfigResourceTypes, type ITopicConfig, Kafka, logLevel, type Producer } from 'kafkajs';
import { listeningLogger } from '../../../scenarios/kafka-source-reading.test-kit.ts';
import { createKafkaSource } from '../../../src/pipeline/adapters/kafka/source.ts';
import type { Addresses } from '../../environment/environment.ts';
import { systemClock, waitFor } from '../../system-clock.ts';
import type { LogGround, OpenTransaction, Value } from './log-source-ground.test-kit.ts';
import { type KafkaRawWriter, openRawWriter } from './log-source-kafka-writer.test-kit.ts';

const groupId = 'conformance-group';
const compactionMsMax = 90_000;
/** Rolls a segment soon after each record, for the cleaner leaves the last segment alone. */
const compactedConfig = [
  { name: 'cleanup.policy', value: 'compact' },
  { name: 'segment.ms', value: '100' },
  { name: 'min.cleanable.dirty.ratio', value: '0.01' },
];

type Admin = ReturnType<Kafka['admin']>;

export async function openKafkaLog(addresses: Addresses): Promise<LogGround> {
  const bootstrapServers = addresses.direct.kafkaBootstrap;
  const brokers = bootstrapServers.split(',');
  const kafka = new Kafka({ clientId: 'conformance', brokers, logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  const [host, port] = brokers[0]!.split(':');
  const raw = await openRawWriter(host!, Number(port));
  const closing: Array<() => Promise<void>> = [() => admin.disconnect(), () => raw.close()];
  // One for each topic: kafkajs refuses to go on when one of a producer's topics was deleted.
  const producers = new Map<string, Producer>();
  const producerOf = async (topic: string) => {
    const known = producers.get(topic);
    if (known !== undefined) return known;
    const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
    await producer.connect();
    producers.set(topic, producer);
    closing.push(() => producer.disconnect());
    return producer;
  };
  let transactions = 0;
  const open = (retryBoundMs: number | undefined) =>
    createKafkaSource({
      bootstrapServers,
      clientId: 'conformance',
      groupId,
      logger: listeningLogger().logger,
      clock: systemClock,
      ...(retryBoundMs === undefined ? {} : { retryBoundMs }),
    });
  return {
    clock: systemClock,
    writer: raw,
    source: ({ retryBoundMs } = {}) => {
      const source = open(retryBoundMs);
      closing.push(() => source.close());
      return source;
    },
    createTopic: async (topic, numPartitions) => {
      await create(admin, { topic, numPartitions });
    },
    deleteTopic: async (name) => {
      producers.delete(name);
      await admin.deleteTopics({ topics: [name] });
    },
    produce: async (topic, partition, values) => {
      const producer = await producerOf(topic);
      await producer.send({ topic, messages: messagesOf(partition, values) });
    },
    begin: async (topic) => {
      transactions += 1;
      const writer = kafka.producer({
        transactionalId: `conformance-${transactions}`,
        idempotent: true,
        maxInFlightRequests: 1,
      });
      await writer.connect();
      closing.push(() => writer.disconnect());
      return beginWith(raw, writer, topic);
    },
    deleteRecords: async (topic, partition, below) => {
      // kafkajs deletes only in topics whose leaders it has looked up.
      await admin.fetchTopicOffsets(topic);
      const partitions = [{ partition, offset: below.toString() }];
      await admin.deleteTopicRecords({ topic, partitions });
    },
    compactedTopic: async (name, records) =>
      compacted(admin, await producerOf(name), name, records, open),
    progress: async (topic) => {
      const [shown] = await admin.fetchOffsets({ groupId, topics: [topic] });
      const known = shown!.partitions.filter(({ offset }) => offset !== '-1');
      return new Map(known.map(({ partition, offset }) => [partition, BigInt(offset)]));
    },
    close: async () => {
      for (const close of closing.reverse()) await close();
    },
  };
}

/** Resolves when every partition has a leader; kafkajs' own waiting fails on a topic too new. */
async function create(admin: Admin, config: ITopicConfig): Promise<void> {
  const { topic } = config;
  await admin.createTopics({ topics: [config], waitForLeaders: false });
  const led = async () => {
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
    return topics[0]!.partitions.every(({ leader }) => leader >= 0);
  };
  await waitFor(led, { condition: `${topic} has leaders`, boundMs: 30_000, pollMs: 20 });
}

const messagesOf = (partition: number, values: readonly Value[]) =>
  values.map((value) => ({ value, partition }));

async function beginWith(
  raw: KafkaRawWriter,
  writer: Producer,
  topic: string,
): Promise<OpenTransaction> {
  const transaction = await writer.transaction();
  const written = new Set<number>();
  const ends = () => raw.ends(topic, [...written]);
  /** The coordinator answers before its markers stand in the log. */
  const withMarkers = async (end: () => Promise<void>) => {
    const expected = (await ends()).map((high) => high + 1n).join();
    await end();
    await waitFor(async () => (await ends()).join() === expected, {
      condition: `the partitions of ${topic} end at ${expected}`,
      boundMs: 30_000,
      pollMs: 10,
    });
  };
  return {
    send: async (partition, values) => {
      written.add(partition);
      await transaction.send({ topic, messages: messagesOf(partition, values) });
    },
    commit: () => withMarkers(() => transaction.commit()),
    abort: () => withMarkers(() => transaction.abort()),
  };
}

/** Writes each record into a segment of its own, and waits until the cleaner has been there. */
async function compacted(
  admin: Admin,
  producer: Producer,
  topic: string,
  records: ReadonlyArray<readonly [string, string]>,
  open: (retryBoundMs: number | undefined) => ReturnType<typeof createKafkaSource>,
): Promise<void> {
  await admin.alterConfigs({
    validateOnly: false,
    resources: [
      {
        type: ConfigResourceTypes.BROKER,
        name: '1',
        configEntries: [{ name: 'log.cleaner.backoff.ms', value: '500' }],
      },
    ],
  });
  await create(admin, { topic, numPartitions: 1, configEntries: compactedConfig });
  for (const [key, value] of records) {
    await producer.send({ topic, messages: [{ key, value, partition: 0 }] });
    await systemClock.sleep(150);
  }
  const left = new Set(records.map(([key]) => key)).size;
  const source = open(undefined);
  const info = await source.topic(topic);
  const range = {
    topicId: info.topicId,
    partition: 0,
    offsetFirst: 0n,
    offsetLast: BigInt(records.length - 1),
  };
  await waitFor(async () => (await source.read(info, range)).rows === left, {
    condition: `${left} of ${records.length} records are left in ${topic}`,
    boundMs: compactionMsMax,
    pollMs: 250,
  });
  await source.close();
}
