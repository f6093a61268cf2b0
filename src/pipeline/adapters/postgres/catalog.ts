/**
 * The Iceberg JDBC catalog in the ledger's database.
 *
 * A swing is one transaction: it names its epoch and its batch, compares and swaps the pointer, and
 * the triggers of migrations/0002 and 0003 turn the batch `committed` and move the heads with it.
 * So pointer, ledger and heads cannot disagree, whatever happens to the answer of COMMIT.
 */
import type { Catalog } from '../../ports/lake.ts';
import type { Database } from './connection.ts';

const isTable = 'catalog_name = $1 AND table_namespace = $2 AND table_name = $3';

export function createCatalog(database: Database): Catalog {
  return {
    pointer: async (table) => {
      const rows = await database.query(
        `SELECT metadata_location FROM iceberg_tables WHERE ${isTable}`,
        [table.catalog, table.namespace, table.name],
      );
      return (rows[0]?.metadata_location as string | undefined) ?? null;
    },
    create: (table, metadataLocation) =>
      database.transaction(async (query) => {
        await query(`SELECT set_config('tidemark.ddl', 'on', true)`);
        await query(
          `INSERT INTO iceberg_namespace_properties VALUES ($1, $2, 'exists', 'true') ON CONFLICT DO NOTHING`,
          [table.catalog, table.namespace],
        );
        await query(
          `INSERT INTO iceberg_tables (catalog_name, table_namespace, table_name, metadata_location, iceberg_type)
           VALUES ($1, $2, $3, $4, 'TABLE') ON CONFLICT DO NOTHING`,
          [table.catalog, table.namespace, table.name, metadataLocation],
        );
      }),
    swing: (batch, metadataLocation) =>
      database.transaction(async (query) => {
        await query(
          `SELECT set_config('tidemark.epoch', $1, true), set_config('tidemark.batch', $2, true)`,
          [batch.epoch.toString(), batch.batchId],
        );
        await query(
          `UPDATE iceberg_tables SET metadata_location = $4, previous_metadata_location = $5
           WHERE ${isTable} AND metadata_location = $5 AND (iceberg_type = 'TABLE' OR iceberg_type IS NULL)`,
          [
            batch.table.catalog,
            batch.table.namespace,
            batch.table.name,
            metadataLocation,
            batch.base,
          ],
        );
      }),
  };
}
