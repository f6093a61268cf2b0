/**
 * A client for each service, as small as the tests of an environment need: leave a mark, and find
 * it again.
 *
 * Each call opens a connection of its own with short bounds, because these tests cut and kill.
 */

import { Kafka, logLevel } from 'kafkajs';
import { Client } from 'pg';
import type { ServiceAddresses } from './environment.ts';

const answerMsMax = 5000;
const marks = 'marks';

export async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: answerMsMax });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query({ text: sql, rowMode: 'array' })).rows.flat();
  } finally {
    await client.end();
  }
}

export async function ask(clickhouseUrl: string, sql: string): Promise<string> {
  const signal = AbortSignal.timeout(answerMsMax);
  const answer = await fetch(clickhouseUrl, { method: 'POST', body: sql, signal });
  const text = await answer.text();
  if (!answer.ok) throw new Error(text);
  return text.trim();
}

function kafkaClient(bootstrap: string): Kafka {
  return new Kafka({
    brokers: [bootstrap],
    logLevel: logLevel.NOTHING,
    connectionTimeout: 1000,
    retry: { retries: 3, initialRetryTime: 50 },
  });
}

export async function createTopic(bootstrap: string): Promise<void> {
  const admin = kafkaClient(bootstrap).admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic: marks, numPartitions: 1 }] });
  await admin.disconnect();
}

export async function produce(bootstrap: string, value: string, topic = marks): Promise<void> {
  const producer = kafkaClient(bootstrap).producer();
  await producer.connect();
  await producer.send({ topic, acks: -1, messages: [{ value }] });
  await producer.disconnect();
}

/** The next offset of the topic, and the address at which its broker wants to be reached. */
export async function look(
  bootstrap: string,
  topic = marks,
): Promise<{ next: string; broker: string }> {
  const admin = kafkaClient(bootstrap).admin();
  await admin.connect();
  const [offsets, cluster] = [await admin.fetchTopicOffsets(topic), await admin.describeCluster()];
  await admin.disconnect();
  const { host, port } = cluster.brokers[0]!;
  return { next: offsets[0]!.high, broker: `${host}:${port}` };
}

/** Which of the three services answer at these addresses. */
export async function answering(addresses: ServiceAddresses): Promise<string[]> {
  const asked = {
    kafka: look(addresses.kafkaBootstrap),
    postgres: query(addresses.postgresUrl, 'SELECT 1'),
    clickhouse: ask(addresses.clickhouseUrl, 'SELECT 1'),
  };
  const settled = await Promise.allSettled(Object.values(asked));
  return Object.keys(asked).filter((_, index) => settled[index]!.status === 'fulfilled');
}
