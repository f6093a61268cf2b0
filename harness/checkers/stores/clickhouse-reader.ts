/**
 * Readers of the hot store: bronze holds what decoded as a trade, dead letters hold the rest with
 * their bytes.
 *
 * They read the tables as anybody would, without FINAL and without any other trick, so a duplicate
 * stays a duplicate. Column names and order are repeated in `row-sql.ts`; nothing comes from the
 * pipeline.
 */
import type { LayerReader } from '../layer.ts';
import type { ClickHouseStore } from './clickhouse-store.ts';
import { createSqlLayerReader } from './sql-layer.ts';

export const bronzeTable = 'bronze_trades_binance';
export const deadLetterTable = 'dead_letters';

const reader = 'ClickHouse SQL';

export function createBronzeReader(store: ClickHouseStore): LayerReader {
  return createSqlLayerReader(store, {
    name: 'bronze',
    title: `ClickHouse ${bronzeTable}`,
    reader,
    kind: 'trade',
    relation: bronzeTable,
  });
}

export function createDeadLetterReader(store: ClickHouseStore): LayerReader {
  return createSqlLayerReader(store, {
    name: 'dead-letters',
    title: `ClickHouse ${deadLetterTable}`,
    reader,
    kind: 'dead-letter',
    relation: deadLetterTable,
  });
}
