/**
 * The tables of the hot store.
 *
 * Bronze is a plain MergeTree ordered by identity: nothing merges rows away, so what is in the
 * table is what was written, and a duplicate stays visible until somebody has named it. The
 * deduplication window only makes a repeated insert cheap; the ledger's read-back decides.
 * `ingest_fence` holds the highest epoch per partition, and every insert looks at it.
 */

export const bronzeTable = 'bronze_trades_binance';
export const deadLetterTable = 'dead_letters';
export const fenceTable = 'ingest_fence';

export interface Column {
  readonly name: string;
  readonly type: string;
}

export const bronzeColumns: readonly Column[] = [
  { name: 'topic_id', type: 'LowCardinality(String)' },
  { name: 'partition', type: 'Int32' },
  { name: 'offset', type: 'Int64' },
  { name: 'exchange', type: 'LowCardinality(String)' },
  { name: 'symbol', type: 'LowCardinality(String)' },
  { name: 'trade_id', type: 'Int64' },
  { name: 'price', type: 'Decimal(38, 8)' },
  { name: 'quantity', type: 'Decimal(38, 8)' },
  { name: 'side', type: 'LowCardinality(String)' },
  { name: 'event_time', type: "DateTime64(6, 'UTC')" },
  { name: 'trade_time', type: "DateTime64(6, 'UTC')" },
];

export const deadLetterColumns: readonly Column[] = [
  { name: 'topic_id', type: 'LowCardinality(String)' },
  { name: 'partition', type: 'Int32' },
  { name: 'offset', type: 'Int64' },
  { name: 'reason', type: 'LowCardinality(String)' },
  { name: 'value', type: 'Nullable(String)' },
];

const mergeTree = (columns: readonly Column[], table: string) =>
  `CREATE TABLE IF NOT EXISTS ${table} (${columns.map((c) => `\`${c.name}\` ${c.type}`).join(', ')})
   ENGINE = MergeTree ORDER BY (topic_id, partition, offset)
   SETTINGS non_replicated_deduplication_window = 10000`;

/** Statements that make the tables; each can be repeated. */
export const createStatements: readonly string[] = [
  mergeTree(bronzeColumns, bronzeTable),
  mergeTree(deadLetterColumns, deadLetterTable),
  `CREATE TABLE IF NOT EXISTS ${fenceTable} (topic_id String, partition Int32, epoch UInt64)
   ENGINE = MergeTree ORDER BY (topic_id, partition)`,
];
