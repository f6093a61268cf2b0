/**
 * Plain clients for the stores of a scenario: ask Postgres, ask ClickHouse, write to and administer
 * Kafka.
 *
 * Each call opens a connection of its own and closes it, because scenarios kill what is at the
 * other end. Answers are text, so nothing is rounded on the way into a test.
 */
import { createClient } from '@clickhouse/client';
import { type Admin, Kafka, logLevel, type Message } from 'kafkajs';
import pg from 'pg';

export type Settings = Readonly<Record<string, string | number>>;
export type Row = Readonly<Record<string, string>>;

/** Rows of the last statement; rejects with the server's error, whose `code` is its SQLSTATE. */
export async function askPostgres(
  connectionString: string,
  text: string,
  values: readonly unknown[] = [],
): Promise<readonly Row[]> {
  const types = { getTypeParser: () => (value: string) => value };
  const client = new pg.Client({ connectionString, types: types as never });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Row>(text, [...values])).rows;
  } finally {
    await client.end();
  }
}

/** Rows of a SELECT; nothing for any other statement. */
export async function askClickHouse(
  at: { readonly url: string; readonly database: string },
  query: string,
  settings: Settings = {},
): Promise<readonly Row[]> {
  const client = createClient(at);
  try {
    if (!/^\s*SELECT/i.test(query)) {
      await client.command({ query, clickhouse_settings: { ...settings } });
      return [];
    }
    const answer = await client.query({ query, format: 'JSONStringsEachRow' });
    return (await answer.json()) as Row[];
  } finally {
    await client.close();
  }
}

function kafka(bootstrap: string): Kafka {
  const brokers = bootstrap.split(',');
  return new Kafka({ clientId: 'scenario', brokers, logLevel: logLevel.NOTHING });
}

/** In order, into one partition. */
export async function sendMessages(
  bootstrap: string,
  topic: string,
  partition: number,
  values: ReadonlyArray<Buffer | null>,
): Promise<void> {
  const producer = kafka(bootstrap).producer();
  await producer.connect();
  try {
    const messages: Message[] = values.map((value) => ({ value, partition }));
    await producer.send({ topic, messages });
  } finally {
    await producer.disconnect();
  }
}

export async function withAdmin<T>(
  bootstrap: string,
  use: (admin: Admin) => Promise<T>,
): Promise<T> {
  const admin = kafka(bootstrap).admin();
  await admin.connect();
  try {
    return await use(admin);
  } finally {
    await admin.disconnect();
  }
}
