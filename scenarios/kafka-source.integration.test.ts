/**
 * The Kafka source against a real broker: what it returns, what it leaves out, and what it says
 * when the log is not what it was.
 *
 * Records are written by another client library than the one that reads them. Faults on the wire
 * come from Toxiproxy, between the source (proxied address) and the broker; the test's own clients
 * go past it.
 */
import { Kafka, logLevel, type Producer } from 'kafkajs';
import { Toxiproxy } from 'toxiproxy-node-client';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Addresses } from '../harness/environment/environment.ts';
import { createLocalEnvironment } from '../harness/environment/local.ts';
import { systemClock } from '../harness/system-clock.ts';
import {
  createKafkaSource,
  type KafkaSourceOptions,
} from '../src/pipeline/adapters/kafka/source.ts';
import type { LogSource, TopicInfo } from '../src/pipeline/ports/log-source.ts';
import {
  endsAt,
  failure,
  limits,
  listeningLogger,
  nextFailure,
  type Row,
  readTo,
  rowsOf,
} from './kafka-source-reading.test-kit.ts';

const environment = createLocalEnvironment();
const { logger, warnings, retries } = listeningLogger();

let addresses: Addresses;
let kafka: Kafka;
let producer: Producer;
let source: LogSource;
const openSources: LogSource[] = [];
let topics = 0;

function newSource(options: Partial<KafkaSourceOptions> = {}): LogSource {
  const opened = createKafkaSource({
    bootstrapServers: addresses.direct.kafkaBootstrap,
    clientId: 'source-test',
    groupId: 'source-test-group',
    logger,
    clock: systemClock,
    ...options,
  });
  openSources.push(opened);
  return opened;
}

beforeAll(async () => {
  addresses = await environment.start();
  const brokers = addresses.direct.kafkaBootstrap.split(',');
  kafka = new Kafka({ clientId: 'writer', brokers, logLevel: logLevel.NOTHING });
  producer = kafka.producer();
  await producer.connect();
  source = newSource();
}, 300_000);

afterEach(async () => {
  for (const opened of openSources.splice(1)) await opened.close();
});

afterAll(async () => {
  await source?.close();
  await producer?.disconnect();
  await environment.stop();
});

async function withAdmin<T>(use: (admin: ReturnType<Kafka['admin']>) => Promise<T>): Promise<T> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    return await use(admin);
  } finally {
    await admin.disconnect();
  }
}

async function createTopic(name: string, partitions = 1): Promise<void> {
  await withAdmin((admin) =>
    admin.createTopics({
      topics: [{ topic: name, numPartitions: partitions }],
      waitForLeaders: true,
    }),
  );
}

async function newTopic(partitions = 1): Promise<TopicInfo> {
  topics += 1;
  const name = `source-${topics}`;
  await createTopic(name, partitions);
  return source.topic(name);
}

const send = (topic: TopicInfo, values: Array<string | null>, partition = 0) =>
  producer.send({ topic: topic.name, messages: values.map((value) => ({ value, partition })) });

describe('what is in the log', () => {
  it('comes back record by record, each partition at its own offsets, nulls too', async () => {
    const topic = await newTopic(3);
    expect(topic.partitions).toBe(3);
    for (const partition of [0, 1, 2]) {
      const values = Array.from({ length: 500 }, (_, i) =>
        i % 99 === 7 ? null : `p${partition}-${i}-é`,
      );
      await send(topic, values, partition);
      const reader = await source.reader(topic, partition, 0n);
      const { rows, blocks } = await readTo(reader, 500n);
      expect(rows).toEqual(values.map((value, offset) => ({ offset, value })));
      expect(blocks[0]!.hasNullValue).toBe(true);
      await reader.close();
    }
    const offsets = await source.offsets(topic);
    expect(offsets).toEqual(
      [0, 1, 2].map((partition) => ({ partition, earliest: 0n, latest: 500n })),
    );
  });

  it('is cut at the limits, and any range of it can be read again', async () => {
    const topic = await newTopic();
    const values = Array.from({ length: 2_000 }, (_, i) => `value ${i}`);
    for (let i = 0; i < 2_000; i += 300) await send(topic, values.slice(i, i + 300));
    const reader = await source.reader(topic, 0, 150n);
    const { rows, blocks } = await readTo(reader, 2_000n, 150n, { ...limits, rowsMax: 256 });
    expect(rows).toEqual(values.slice(150).map((value, i) => ({ offset: i + 150, value })));
    expect(blocks.slice(0, -1).every((block) => block.rows === 256)).toBe(true);
    for (const block of [blocks[0]!, blocks[3]!, blocks.at(-1)!]) {
      expect(await source.read(topic, block.range)).toEqual(block);
    }
  });

  it('comes within the linger once a record is there; without one the answer is null', async () => {
    const topic = await newTopic();
    const reader = await source.reader(topic, 0, 0n);
    const start = systemClock.monotonicMs();
    expect(await reader.next({ ...limits, lingerMs: 250 })).toBe(null);
    expect(systemClock.monotonicMs() - start).toBeGreaterThanOrEqual(249);
    const later = reader.next({ ...limits, lingerMs: 5_000, rowsMax: 1 });
    await send(topic, ['now']);
    expect(rowsOf((await later)!)).toEqual([{ offset: 0, value: 'now' }]);
  });
});

describe('transactions', () => {
  it('aborted ones of two producers, interleaved with committed ones, never show', async () => {
    const topic = await newTopic();
    const [one, two] = await Promise.all(
      ['tx-one', 'tx-two'].map(async (transactionalId) => {
        const writer = kafka.producer({
          transactionalId,
          maxInFlightRequests: 1,
          idempotent: true,
        });
        await writer.connect();
        return writer;
      }),
    );
    const expected: string[] = [];
    for (let round = 0; round < 12; round++) {
      const first = await one!.transaction();
      const second = await two!.transaction();
      for (let i = 0; i < 5; i++) {
        const message = (writer: string) => ({ value: `${writer}-${round}-${i}`, partition: 0 });
        await first.send({ topic: topic.name, messages: [message('one')] });
        await second.send({ topic: topic.name, messages: [message('two')] });
      }
      const [firstAborts, secondAborts] = [round % 3 !== 0, round % 4 !== 1];
      await (firstAborts ? first.abort() : first.commit());
      await (secondAborts ? second.abort() : second.commit());
      for (let i = 0; i < 5; i++) {
        if (!firstAborts) expected.push(`one-${round}-${i}`);
        if (!secondAborts) expected.push(`two-${round}-${i}`);
      }
    }
    const end = 12n * (5n + 5n + 2n);
    await endsAt(source, topic, end);
    const reader = await source.reader(topic, 0, 0n);
    const { rows, blocks } = await readTo(reader, end, 0n, { ...limits, rowsMax: 7 });
    expect(rows.map((row) => row.value).sort()).toEqual(expected.sort());
    for (const block of blocks) expect(await source.read(topic, block.range)).toEqual(block);
    // From every offset on, also from inside an aborted transaction and right before its marker.
    for (let from = 0n; from < end; from++) {
      const range = {
        topicId: topic.topicId,
        partition: 0,
        offsetFirst: from,
        offsetLast: end - 1n,
      };
      const tail = rowsOf(await source.read(topic, range));
      expect(tail).toEqual(rows.filter((row) => row.offset >= Number(from)));
    }
    await Promise.all([one!.disconnect(), two!.disconnect()]);
  });

  it('an aborted one that spans many fetches never shows', async () => {
    const topic = await newTopic();
    const writer = kafka.producer({
      transactionalId: 'tx-long',
      maxInFlightRequests: 1,
      idempotent: true,
    });
    await writer.connect();
    await send(topic, ['before']);
    const transaction = await writer.transaction();
    for (let i = 0; i < 20; i++) {
      const value = `gone-${i}-${'x'.repeat(20_000)}`;
      await transaction.send({ topic: topic.name, messages: [{ value, partition: 0 }] });
    }
    await transaction.abort();
    await endsAt(source, topic, 22n);
    await send(topic, ['after']);
    const small = newSource({ fetchBytesMax: 30_000, prefetchBytesMax: 30_000 });
    const reader = await small.reader(topic, 0, 0n);
    const { rows } = await readTo(reader, 23n);
    expect(rows).toEqual([
      { offset: 0, value: 'before' },
      { offset: 22, value: 'after' },
    ]);
    await writer.disconnect();
  });

  it('an open one hides what lies behind it until it ends; then holes move the head', async () => {
    const topic = await newTopic();
    const writer = kafka.producer({
      transactionalId: 'tx-open',
      maxInFlightRequests: 1,
      idempotent: true,
    });
    await writer.connect();
    const transaction = await writer.transaction();
    await transaction.send({ topic: topic.name, messages: [{ value: 'undecided', partition: 0 }] });
    const reader = await source.reader(topic, 0, 0n);
    expect(await reader.next(limits)).toBe(null);
    await transaction.abort();
    const { rows, blocks } = await readTo(reader, 2n);
    expect([rows, blocks.at(-1)!.range.offsetLast]).toEqual([[], 1n]);
    await writer.disconnect();
  });
});

describe('a log that is not what the ledger remembers', () => {
  it('a topic that nobody made is missing', async () => {
    const error = await failure(source.topic('never-made'));
    expect([error.code, error.message]).toEqual([
      'topic-missing',
      expect.stringContaining('never-made'),
    ]);
  });

  it('a topic made again under its name is not the same topic', async () => {
    const topic = await newTopic();
    await send(topic, ['old']);
    const reader = await source.reader(topic, 0, 0n);
    await readTo(reader, 1n);
    await withAdmin((admin) => admin.deleteTopics({ topics: [topic.name] }));
    await createTopic(topic.name);
    const error = await nextFailure(reader);
    expect([error.code, error.message]).toEqual([
      'topic-recreated',
      expect.stringContaining(topic.topicId),
    ]);
    expect((await failure(source.offsets(topic))).code).toBe('topic-recreated');
    const range = { topicId: topic.topicId, partition: 0, offsetFirst: 0n, offsetLast: 0n };
    expect((await failure(source.read(topic, range))).code).toBe('topic-recreated');
  });

  it('a topic that was deleted is missing', async () => {
    const topic = await newTopic();
    const reader = await source.reader(topic, 0, 0n);
    await withAdmin((admin) => admin.deleteTopics({ topics: [topic.name] }));
    expect((await nextFailure(reader)).code).toBe('topic-missing');
  });

  it('records that retention took are named with what is left', async () => {
    const topic = await newTopic();
    await send(topic, ['a', 'b', 'c', 'd']);
    const partitions = [{ partition: 0, offset: '3' }];
    await withAdmin(async (admin) => {
      // kafkajs deletes only in topics whose leaders it has looked up.
      await admin.fetchTopicOffsets(topic.name);
      await admin.deleteTopicRecords({ topic: topic.name, partitions });
    });
    const error = await nextFailure(await source.reader(topic, 0, 1n));
    expect(error.code).toBe('offset-out-of-range');
    expect(error.facts).toMatchObject({ offset: 1n, earliest: 3n, latest: 4n });
    expect(error.message).toMatch(/offset 1 .* holds 3 up to 4/);
    const range = { topicId: topic.topicId, partition: 0, offsetFirst: 2n, offsetLast: 3n };
    expect((await failure(source.read(topic, range))).code).toBe('offset-out-of-range');
  });

  it('a position or a range beyond the end is out of range', async () => {
    const topic = await newTopic();
    await send(topic, ['only']);
    expect((await nextFailure(await source.reader(topic, 0, 5n))).code).toBe('offset-out-of-range');
    const impatient = newSource({ retryBoundMs: 500 });
    const range = { topicId: topic.topicId, partition: 0, offsetFirst: 0n, offsetLast: 1n };
    const error = await failure(impatient.read(topic, range));
    expect([error.code, error.facts.latest]).toEqual(['offset-out-of-range', 1n]);
  });
});

describe('the wire', () => {
  const toxiproxy = () => new Toxiproxy(addresses.toxiproxyUrl).get('kafka');

  it('answers cut after any number of bytes cost time, never a record or the process', async () => {
    const topic = await newTopic();
    const values = Array.from({ length: 3_000 }, (_, i) => `${i} ${'y'.repeat(i % 200)}`);
    for (let i = 0; i < 3_000; i += 100) await send(topic, values.slice(i, i + 100));
    const proxied = newSource({
      bootstrapServers: addresses.proxied.kafkaBootstrap,
      fetchBytesMax: 20_000,
      prefetchBytesMax: 1,
    });
    const reader = await proxied.reader(await proxied.topic(topic.name), 0, 0n);
    const proxy = await toxiproxy();
    const seen: Row[] = [];
    retries.length = 0;
    for (const bytes of [1, 5, 40, 700, 1_500, 9_000, 25_000, 60_000, 150_000]) {
      const toxic = await proxy.addToxic({
        name: 'cut',
        type: 'limit_data',
        stream: 'downstream',
        toxicity: 1,
        attributes: { bytes },
      });
      for (let i = 0; i < 3; i++) {
        const block = await reader.next({ ...limits, rowsMax: 100, lingerMs: 150 });
        if (block !== null) seen.push(...rowsOf(block));
      }
      await toxic.remove();
    }
    expect(retries.length).toBeGreaterThan(5);
    const { rows } = await readTo(reader, 3_000n, BigInt(seen.length));
    expect([...seen, ...rows]).toEqual(values.map((value, offset) => ({ offset, value })));
  });

  it('an abort or a close ends a long poll at once', async () => {
    const topic = await newTopic();
    const patient = newSource({ fetchWaitMs: 20_000 });
    const reader = await patient.reader(topic, 0, 0n);
    const stop = new AbortController();
    const waiting = failure(reader.next({ ...limits, lingerMs: 20_000 }, stop.signal));
    await systemClock.sleep(200);
    const start = systemClock.monotonicMs();
    stop.abort();
    expect((await waiting).code).toBe('interrupted');
    const range = { topicId: topic.topicId, partition: 0, offsetFirst: 0n, offsetLast: 0n };
    const reading = failure(patient.read(topic, range, AbortSignal.timeout(100)));
    expect((await reading).code).toBe('interrupted');
    await reader.close();
    expect(systemClock.monotonicMs() - start).toBeLessThan(1_000);
    expect((await failure(reader.next(limits))).code).toBe('interrupted');
  });

  it('a broker that is killed and comes back is read on from the same place', async () => {
    const topic = await newTopic();
    await send(topic, ['before']);
    const reader = await source.reader(topic, 0, 0n);
    await readTo(reader, 1n);
    await environment.kill('kafka');
    expect(await reader.next(limits)).toBe(null);
    await environment.restart('kafka');
    await send(topic, ['after']);
    expect((await readTo(reader, 2n, 1n)).rows).toEqual([{ offset: 1, value: 'after' }]);
  });

  it('a broker that is not there is named after the bound', async () => {
    const nobody = newSource({ bootstrapServers: '127.0.0.1:1', retryBoundMs: 300 });
    const error = await failure(nobody.topic('any'));
    expect([error.code, error.message]).toEqual([
      'dependency-missing',
      expect.stringContaining('127.0.0.1:1'),
    ]);
  });
});

describe('progress for operators', () => {
  it('is what the group shows, and a failure is a log line', async () => {
    const topic = await newTopic(2);
    await source.publishProgress(
      topic,
      new Map([
        [0, 41n],
        [1, 7n],
      ]),
    );
    const shown = await withAdmin((admin) =>
      admin.fetchOffsets({ groupId: 'source-test-group', topics: [topic.name] }),
    );
    const offsets = shown[0]!.partitions.sort((a, b) => a.partition - b.partition);
    expect(offsets.map(({ offset }) => offset)).toEqual(['41', '7']);
    const nobody = newSource({ bootstrapServers: '127.0.0.1:1' });
    await nobody.publishProgress(topic, new Map([[0, 1n]]));
    expect(warnings).toEqual(['kafka.progress-not-published']);
  });
});
