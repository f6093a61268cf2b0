/**
 * Both readers of the log against a real broker: what they see, that they agree, and what they say
 * when there is nothing.
 *
 * What is expected is computed from the values that were written, by the BigInt reference and the
 * strict decoder, so neither reader is its own witness.
 */
import kafkajs from 'kafkajs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLocalEnvironment } from '../../environment/local.ts';
import { hash64ToBigInt, hashValue } from '../../workload/record-hash.ts';
import { decodeStrictly } from '../decode/strict-decode.ts';
import { referenceDeadLetterHash, referenceTradeHash } from '../digest/reference-digest.ts';
import type { BucketDigest } from '../layer.ts';
import { createKafkajsLogReader } from './kafkajs-log-reader.ts';
import type { LogReader } from './log-layer-reader.ts';
import { createTopic, type MixedTopic, writeMixedTopic } from './mixed-topic.test-kit.ts';
import { createRawLogReader, findTopicId } from './raw-log-reader.ts';

const environment = createLocalEnvironment();
const topic = 'mixed';
let bootstrapServers = '';
let topicId = '';
let mixed: MixedTopic;

beforeAll(async () => {
  bootstrapServers = (await environment.start()).direct.kafkaBootstrap;
  mixed = await writeMixedTopic(bootstrapServers, topic);
  topicId = await findTopicId(bootstrapServers, topic);
}, 300_000);

afterAll(async () => {
  await mixed?.close();
  await environment.stop();
}, 60_000);

const readers: ReadonlyArray<readonly [string, () => LogReader]> = [
  ['raw, one thread', () => raw({ threads: 1 })],
  ['raw, two threads', () => raw({ threads: 2, lanes: 1 })],
  [
    'kafkajs',
    () => createKafkajsLogReader({ bootstrapServers, topic, topicId, producerSums: true }),
  ],
];

function raw(options: { threads: number; lanes?: number }): LogReader {
  return createRawLogReader({ bootstrapServers, topic, producerSums: true, ...options });
}

const total = (digests: readonly BucketDigest[], partition: number) => {
  const own = digests.filter((digest) => digest.partition === partition);
  return {
    rows: own.reduce((rows, digest) => rows + digest.rows, 0n),
    sum: BigInt.asUintN(
      64,
      own.reduce((sum, digest) => sum + digest.sum, 0n),
    ),
  };
};

/**
 * Offsets of the visible values, as the reader under test tells them; values and order come from
 * what was written.
 */
async function expectedSums(reader: LogReader, partition: number) {
  const rows = [
    ...(await reader.rows('trade', topicId, partition, 0n, 1_000_000n)),
    ...(await reader.rows('dead-letter', topicId, partition, 0n, 1_000_000n)),
  ].sort((a, b) => Number(a.offset - b.offset));
  const sums = { trade: [0n, 0n], 'dead-letter': [0n, 0n], producer: [0n, 0n] };
  const values = mixed.visible[partition]!;
  expect(rows).toHaveLength(values.length);
  for (const [i, value] of values.entries()) {
    const { offset, hash, kind } = rows[i]!;
    const decoded = decodeStrictly(value);
    const identity = { topicId, partition, offset };
    const expected =
      decoded.kind === 'trade'
        ? referenceTradeHash(identity, decoded)
        : referenceDeadLetterHash(identity, value);
    expect({ kind, hash }).toEqual({ kind: decoded.kind, hash: expected });
    sums[kind] = [sums[kind][0]! + 1n, BigInt.asUintN(64, sums[kind][1]! + hash)];
    const journal = hash64ToBigInt(hashValue(partition, offset, value));
    sums.producer = [sums.producer[0]! + 1n, BigInt.asUintN(64, sums.producer[1]! + journal)];
  }
  return sums;
}

describe.each(readers)('the log as %s sees it', (_name, create) => {
  it('holds every committed record once, whatever the codec, and no aborted one', async () => {
    const reader = create();
    const trades = await reader.digest('trade');
    const deadLetters = await reader.digest('dead-letter');
    const producer = await reader.producerSums();
    for (const partition of [0, 1, 2, 3]) {
      const expected = await expectedSums(reader, partition);
      const seen = [trades, deadLetters, producer].map((sums) => total(sums, partition));
      expect(seen.map(({ rows, sum }) => [rows, sum])).toEqual([
        expected.trade,
        expected['dead-letter'],
        expected.producer,
      ]);
    }
  });

  it('ends at the last stable offset while a transaction is open', async () => {
    const { partitions } = await create().pass();
    expect(partitions[2]).toMatchObject({ partition: 2, offsetStart: 0, offsetEnd: 2 });
    expect(partitions[3]).toMatchObject({ partition: 3, offsetStart: 0, offsetEnd: 0 });
  });

  it('says of a topic without records that it has none', async () => {
    const seen = await create().offsetsSeen();
    expect(seen.filter(({ partition }) => partition === 3)).toEqual([]);
  });

  it('has no rows for a topic id of the past', async () => {
    const other = '00000000-0000-4000-8000-000000000001';
    expect(await create().rows('trade', other, 0, 0n, 100n)).toEqual([]);
  });
});

it('is the same for both readers, bucket by bucket', async () => {
  const one = raw({ threads: 2 });
  const two = createKafkajsLogReader({ bootstrapServers, topic, topicId, producerSums: true });
  expect(await two.pass()).toEqual(await one.pass());
  expect(await two.digest('trade')).toEqual(await one.digest('trade'));
  expect(await two.offsetsSeen()).toEqual(await one.offsetsSeen());
});

it('leaves no consumer group behind', async () => {
  await createKafkajsLogReader({ bootstrapServers, topic, topicId }).digest('trade');
  const brokers = bootstrapServers.split(',');
  const admin = new kafkajs.Kafka({ brokers, logLevel: kafkajs.logLevel.NOTHING }).admin();
  await admin.connect();
  const { groups } = await admin.listGroups();
  await admin.disconnect();
  expect(groups.filter(({ groupId }) => groupId.startsWith('tidemark-log-reader'))).toEqual([]);
});

it('reports rows on the way and answers an empty topic with empty digests', async () => {
  await createTopic(bootstrapServers, 'empty', 2);
  const reader = createRawLogReader({ bootstrapServers, topic: 'empty' });
  const progress: number[] = [];
  expect(await reader.digest('trade', (rows) => progress.push(rows))).toEqual([]);
  expect(await reader.digest('dead-letter')).toEqual([]);
  expect(progress.every((rows) => rows === 0)).toBe(true);
  const id = await findTopicId(bootstrapServers, 'empty');
  const second = createKafkajsLogReader({ bootstrapServers, topic: 'empty', topicId: id });
  expect(await second.digest('trade')).toEqual([]);
});

it('names a topic that does not exist', async () => {
  const reader = createRawLogReader({ bootstrapServers, topic: 'nowhere' });
  await expect(reader.digest('trade')).rejects.toMatchObject({ code: 'TOPIC_MISSING' });
}, 60_000);
