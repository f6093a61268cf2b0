/**
 * ClickHouse's own way: a table of the Kafka engine and a materialized view into a table like
 * bronze. At least once.
 *
 * Two consumers, each with a thread of its own and blocks of up to 100,000 rows; the engine parses
 * JSONEachRow into typed columns, which is the fastest of its ways to read this JSON. The clock
 * starts when all partitions are assigned and ends when the last row is there.
 */
import { systemClock, waitFor } from '../../../harness/system-clock.ts';
import type { Bench } from '../bench-context.ts';
import { type ClickHouseSession, clickhouseSession } from '../clickhouse-session.ts';
import { meterServices } from '../cpu-meter.ts';
import type { Sample } from '../report.ts';
import type { Target } from '../target.ts';
import { type FilledTopic, topicPartitions } from '../topics.ts';
import { createTradesTable } from './trades-table.ts';

const consumers = 2;
const blockRowsMax = 100_000;
const blocksTriedFactor = 4;
/** Of the engine, 7.5 seconds by default: the longest that it may hold the last rows back. */
const flushMs = 1_000;
const assignMsMax = 60_000;
const arriveMsMax = 1_200_000;
const pollMs = 20;

export async function runKafkaEngine(
  bench: Bench,
  topic: FilledTopic,
  target: Target,
): Promise<Sample> {
  const { database } = target;
  await using clickhouse = clickhouseSession(bench);
  await createTradesTable(clickhouse, database, 'trades');
  await clickhouse.execute(queueStatement(bench, topic, database));
  const meter = await meterServices(bench.environment);
  await clickhouse.execute(viewStatement(database));
  try {
    await waitFor(async () => (await assigned(clickhouse, database)) === topicPartitions, {
      condition: 'the Kafka engine has all partitions',
      boundMs: assignMsMax,
      pollMs,
      signal: bench.signal,
    });
    const startMs = systemClock.monotonicMs();
    const count = `SELECT count() AS n FROM ${database}.trades`;
    await waitFor(async () => Number((await clickhouse.rows(count))[0]!.n) >= topic.records, {
      condition: `${topic.records} rows came through the Kafka engine`,
      boundMs: arriveMsMax,
      pollMs,
      signal: bench.signal,
    });
    const durationMs = systemClock.monotonicMs() - startMs;
    const value = (topic.records * 1000) / durationMs;
    return { value, cpuUs: meter.perRecord(topic.records) };
  } finally {
    await clickhouse.execute(`DROP TABLE IF EXISTS ${database}.view SYNC`);
    await clickhouse.execute(`DROP TABLE IF EXISTS ${database}.queue SYNC`);
  }
}

async function assigned(clickhouse: ClickHouseSession, database: string): Promise<number> {
  const [row] = await clickhouse.rows(
    `SELECT sum(length(assignments.partition_id)) AS n FROM system.kafka_consumers
     WHERE database = '${database}'`,
  );
  return Number(row!.n);
}

/**
 * The engine holds a block that is not full back until its flush interval is over, which would
 * count against it at the end of the topic. So the rows of a consumer are an exact number of
 * blocks, where they can be, and the interval is short for where a block was cut off on the way.
 */
export function blockRows(rows: number): number {
  const blocksMin = Math.ceil(rows / blockRowsMax);
  for (let blocks = blocksMin; blocks < blocksMin * blocksTriedFactor; blocks += 1) {
    if (rows % blocks === 0) return rows / blocks;
  }
  return Math.min(rows, blockRowsMax);
}

function queueStatement(bench: Bench, topic: FilledTopic, database: string): string {
  const block = blockRows(topic.records / consumers);
  return `CREATE TABLE ${database}.queue (e String, E Int64, s String, t Int64,
      p Decimal(38, 8), q Decimal(38, 8), T Int64, m Bool)
    ENGINE = Kafka SETTINGS kafka_broker_list = '${bench.addresses.direct.kafkaBootstrap}',
      kafka_topic_list = '${topic.name}', kafka_group_name = '${database}',
      kafka_format = 'JSONEachRow', kafka_num_consumers = ${consumers},
      kafka_thread_per_consumer = 1, kafka_flush_interval_ms = ${flushMs},
      kafka_max_block_size = ${block}, kafka_poll_max_batch_size = ${block}`;
}

function viewStatement(database: string): string {
  return `CREATE MATERIALIZED VIEW ${database}.view TO ${database}.trades AS
    SELECT _topic AS topic_id, toInt32(_partition) AS partition, toInt64(_offset) AS offset,
      'binance' AS exchange, s AS symbol, t AS trade_id, p AS price, q AS quantity,
      if(m, 'SELL', 'BUY') AS side, fromUnixTimestamp64Micro(E * 1000, 'UTC') AS event_time,
      fromUnixTimestamp64Micro(T * 1000, 'UTC') AS trade_time
    FROM ${database}.queue`;
}
