/**
 * What most teams write: kafkajs `eachBatch`, `JSON.parse`, an INSERT of JSONEachRow, commit the
 * offsets. At least once.
 *
 * It is given a fair chance: large fetches, tens of thousands of rows an insert, no gzip on the
 * way to ClickHouse, all partitions side by side with one insert at a time each, columns and table
 * as the pipeline has them, prices as the strings that they came as. The codec for lz4, which
 * kafkajs lacks, is the one of the checkers. The clock starts when the group is joined and ends
 * with the last insert's answer.
 */
import { ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { type EachBatchPayload, Kafka, logLevel } from 'kafkajs';
import { registerCodecs } from '../../../harness/checkers/log/kafkajs-codecs.ts';
import { systemClock } from '../../../harness/system-clock.ts';
import { serveTask } from '../child-task.ts';

export interface KafkajsInsertArgument {
  readonly bootstrapServers: string;
  readonly topic: string;
  readonly ends: ReadonlyArray<readonly [number, number]>;
  readonly clickhouseUrl: string;
  readonly database: string;
  readonly table: string;
}

export interface KafkajsInsertResult {
  readonly rows: number;
  readonly durationMs: number;
  readonly inserts: number;
}

const rowsPerInsertMax = 50_000;
const partitionBytesMax = 2 * 1024 * 1024;
const requestMsMax = 300_000;
const taskMsMax = 1_500_000;

function rowOf(topic: string, partition: number, offset: string, value: Buffer) {
  const trade = JSON.parse(value.toString()) as Record<string, string | number | boolean>;
  return {
    topic_id: topic,
    partition,
    offset,
    exchange: 'binance',
    symbol: trade.s,
    trade_id: trade.t,
    price: trade.p,
    quantity: trade.q,
    side: trade.m === true ? 'SELL' : 'BUY',
    event_time: String(Number(trade.E) / 1000),
    trade_time: String(Number(trade.T) / 1000),
  };
}

await serveTask<KafkajsInsertArgument, KafkajsInsertResult>(async (argument) => {
  const { bootstrapServers, topic, ends, clickhouseUrl: url, database, table } = argument;
  registerCodecs();
  const clickhouse = createClient({
    url,
    database,
    request_timeout: requestMsMax,
    log: { level: ClickHouseLogLevel.OFF },
  });
  const kafka = new Kafka({ brokers: bootstrapServers.split(','), logLevel: logLevel.ERROR });
  const consumer = kafka.consumer({
    groupId: `bench-${process.pid}`,
    maxBytesPerPartition: partitionBytesMax,
    maxBytes: partitionBytesMax * ends.length,
  });
  const left = new Set(ends.map(([partition]) => partition));
  const end = new Map(ends);
  const all = Promise.withResolvers<'all'>();
  let startMs: number | null = null;
  let endMs = 0;
  let rows = 0;
  let inserts = 0;
  const eachBatch = async ({ batch, resolveOffset, heartbeat }: EachBatchPayload) => {
    const { messages, partition } = batch;
    for (let from = 0; from < messages.length; from += rowsPerInsertMax) {
      const part = messages.slice(from, from + rowsPerInsertMax);
      const values = part.map((m) => rowOf(topic, partition, m.offset, m.value!));
      await clickhouse.insert({ table, values, format: 'JSONEachRow' });
      const offset = part.at(-1)!.offset;
      resolveOffset(offset);
      await heartbeat();
      rows += part.length;
      inserts += 1;
      endMs = systemClock.monotonicMs();
      if (Number(offset) + 1 >= end.get(partition)!) left.delete(partition);
    }
    if (left.size === 0) all.resolve('all');
  };
  // Left alone it would start again for ever; here the first failure is the result.
  consumer.on(consumer.events.CRASH, ({ payload }) => all.reject(payload.error));
  consumer.on(consumer.events.GROUP_JOIN, () => {
    startMs ??= systemClock.monotonicMs();
  });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await consumer.run({ partitionsConsumedConcurrently: ends.length, eachBatch });
  const late = systemClock.sleep(taskMsMax).then(() => 'late' as const);
  if ((await Promise.race([all.promise, late])) === 'late') throw new Error('not all came');
  await consumer.disconnect();
  await clickhouse.close();
  return { rows, durationMs: endMs - (startMs ?? 0), inserts };
});
