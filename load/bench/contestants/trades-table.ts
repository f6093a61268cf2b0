/**
 * The peers' table, like bronze column by column, and what any table of trades holds.
 *
 * The content check makes the comparison one of equals: whoever wrote something else than the
 * others was not faster, but wrong.
 */

import type { Bench } from '../bench-context.ts';
import { type ClickHouseSession, clickhouseSession } from '../clickhouse-session.ts';

const columns = `topic_id LowCardinality(String), partition Int32, offset Int64,
  exchange LowCardinality(String), symbol LowCardinality(String), trade_id Int64,
  price Decimal(38, 8), quantity Decimal(38, 8), side LowCardinality(String),
  event_time DateTime64(6, 'UTC'), trade_time DateTime64(6, 'UTC')`;

/** Makes the database and the table. */
export async function createTradesTable(
  clickhouse: ClickHouseSession,
  database: string,
  table: string,
): Promise<void> {
  await clickhouse.execute(`CREATE DATABASE IF NOT EXISTS ${database}`);
  await clickhouse.execute(
    `CREATE TABLE ${database}.${table} (${columns})
     ENGINE = MergeTree ORDER BY (topic_id, partition, offset)`,
  );
}

export interface TradesContent {
  readonly rows: number;
  readonly distinct: number;
  /** Over the records before `offsetEnd` of each partition; the topic's id is left out. */
  readonly sum: string;
}

export async function contentOf(
  bench: Bench,
  database: string,
  table: string,
  offsetEnd: number,
): Promise<TradesContent> {
  await using clickhouse = clickhouseSession(bench);
  const [row] = await clickhouse.rows(
    `SELECT count() AS n, uniqExact(partition, offset) AS d,
       toString(sumIf(cityHash64(partition, offset, exchange, symbol, trade_id, price, quantity,
         side, event_time, trade_time), offset < ${offsetEnd})) AS s
     FROM ${database}.${table}`,
  );
  return { rows: Number(row!.n), distinct: Number(row!.d), sum: row!.s! };
}

/** Throws when a contestant did not write every record once. */
export function requireExact(what: string, content: TradesContent, records: number): void {
  if (content.rows === records && content.distinct === records) return;
  throw new Error(
    `${what}: ${content.rows} rows, ${content.distinct} distinct, of ${records} records`,
  );
}
