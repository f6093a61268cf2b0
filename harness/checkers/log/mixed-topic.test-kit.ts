/**
 * Writes a topic that holds everything a reader of the log has to cope with.
 *
 *     partition 0: every codec, null and malformed values, aborted and committed transactions,
 *                  markers at the end
 *     partition 1: few records, the same transactions, an aborted transaction at the end
 *     partition 2: records, then a transaction that stays open, then more records, which lie
 *                  behind the last stable offset
 *     partition 3: nothing
 *
 * The producers are two client libraries that neither reader under test wrote with. `close` ends
 * the open transaction.
 */
import { Admin, type CompressionAlgorithmValue, Producer } from '@platformatic/kafka';
import kafkajs from 'kafkajs';

type Value = Buffer | null;

export interface MixedTopic {
  /**
   * What read_committed shows, in the order of the log, one list for each of the four partitions.
   */
  readonly visible: ReadonlyArray<readonly Value[]>;
  close(): Promise<void>;
}

const partitions = 4;
const recordsPerCodec = 300;
const codecs: readonly CompressionAlgorithmValue[] = ['none', 'gzip', 'snappy', 'lz4', 'zstd'];

/** A canonical event, different for each number. */
export function event(number: number): Buffer {
  const price = `${60_000 + (number % 100)}.${String(number % 100).padStart(2, '0')}000000`;
  const time = 1_723_161_255_343 + number;
  return Buffer.from(
    `{"e":"trade","E":${time},"s":"BTCUSDT","t":${3_735_683_259 + number},"p":"${price}",` +
      `"q":"0.02000000","T":${time - 1},"m":${number % 2 === 0},"M":true}`,
  );
}

const oddities: readonly Value[] = [
  null,
  Buffer.from(''),
  Buffer.from('not json'),
  Buffer.from([0xff, 0xfe]),
  Buffer.from('[1,2]'),
  Buffer.from('{"e":"trade","E":-0}'),
  Buffer.from('\ufeff{"e":"trade"}'),
  event(7).subarray(0, 40),
];

const ofPartition = (topic: string, partition: number, values: readonly Value[]) => ({
  topic,
  messages: values.map((value) => ({ partition, value })),
});

export async function createTopic(bootstrapServers: string, topic: string, count: number) {
  const admin = new Admin({ clientId: 'test', bootstrapBrokers: bootstrapServers.split(',') });
  await admin.createTopics({ topics: [topic], partitions: count, replicas: 1 });
  await admin.close();
}

async function writeCodecs(bootstrapServers: string, topic: string): Promise<Buffer[]> {
  const written: Buffer[] = [];
  for (const compression of codecs) {
    const producer = new Producer({
      clientId: 'test',
      bootstrapBrokers: bootstrapServers.split(','),
      compression,
    });
    const values = Array.from({ length: recordsPerCodec }, (_, i) => event(written.length + i));
    await producer.send({ messages: values.map((value) => ({ topic, partition: 0, value })) });
    await producer.close();
    written.push(...values);
  }
  return written;
}

export async function writeMixedTopic(
  bootstrapServers: string,
  topic: string,
): Promise<MixedTopic> {
  await createTopic(bootstrapServers, topic, partitions);
  const visible: Value[][] = [await writeCodecs(bootstrapServers, topic), [], [], []];
  const kafka = new kafkajs.Kafka({
    clientId: 'test',
    brokers: bootstrapServers.split(','),
    logLevel: kafkajs.logLevel.NOTHING,
  });
  const plain = kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
  const transactional = kafka.producer({
    transactionalId: `${topic}-writer`,
    idempotent: true,
    maxInFlightRequests: 1,
    createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
  });
  await plain.connect();
  await transactional.connect();
  const send = async (partition: number, values: readonly Value[]) => {
    await plain.send(ofPartition(topic, partition, values));
    visible[partition]!.push(...values);
  };
  const transact = async (values: readonly Value[], end: 'commit' | 'abort') => {
    const transaction = await transactional.transaction();
    for (const partition of [0, 1]) {
      await transaction.send(ofPartition(topic, partition, values));
      if (end === 'commit') visible[partition]!.push(...values);
    }
    await transaction[end]();
  };
  await send(0, oddities);
  await send(1, [event(1), event(2)]);
  await transact([event(10), event(11)], 'abort');
  await transact([event(20), null, event(21)], 'commit');
  await send(1, [event(30)]);
  await transact([event(40)], 'commit');
  await send(0, [event(50)]);
  await transact([event(60), Buffer.from('aborted')], 'abort');
  await send(2, [event(70), event(71)]);
  const open = await transactional.transaction();
  await open.send(ofPartition(topic, 2, [event(72)]));
  await plain.send(ofPartition(topic, 2, [event(73)]));
  return {
    visible,
    close: async () => {
      await open.abort();
      await transactional.disconnect();
      await plain.disconnect();
    },
  };
}
