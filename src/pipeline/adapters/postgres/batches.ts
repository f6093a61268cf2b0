/**
 * Batches of the lake: the offload's part of the ledger. The rules stand in migrations/0002 and
 * 0003.
 */
import { TidemarkError } from '../../errors.ts';
import type { Batch, BatchRange, LakeTable } from '../../ports/lake.ts';
import type { Lease, OffloadLedger } from '../../ports/ledger.ts';
import type { Database, Query, Row } from './connection.ts';
import { tableName } from './table-name.ts';

export function createOffloadLedger(database: Database): OffloadLedger {
  return {
    openBatch: async (table) => {
      const rows = await database.query(
        `SELECT batch, epoch, kind, base FROM tidemark.batch WHERE lease = $1 AND state = 'open'`,
        [tableName(table)],
      );
      const row = rows[0];
      if (row === undefined) return null;
      return asBatch(table, row, await rangesOf(database.query, table, row.batch as string));
    },
    freeze: (lease, table, base, rowsMax) =>
      database.transaction((query) => freeze(query, lease, table, base, rowsMax)),
    freezeMaintenance: (lease, table, base) =>
      database.transaction(async (query) => {
        const row = await open(query, lease, 'maintenance', base);
        return asBatch(table, row, []);
      }),
    reopen: async (lease, batch, base) => {
      const rows = await database.query(
        `UPDATE tidemark.batch SET epoch = $3, base = $4 WHERE lease = $1 AND batch = $2 AND state = 'open' RETURNING batch`,
        [lease.name, batch.batchId, lease.epoch, base],
      );
      if (rows.length !== 1) throw decided(batch);
      return { ...batch, epoch: lease.epoch, base };
    },
    voidBatch: async (lease, batch) => {
      const rows = await database.query(
        `UPDATE tidemark.batch SET state = 'void', epoch = $3, at = clock_timestamp()
         WHERE lease = $1 AND batch = $2 AND state = 'open' RETURNING batch`,
        [lease.name, batch.batchId, lease.epoch],
      );
      if (rows.length !== 1) throw decided(batch);
    },
    batchState: async (batch) => {
      const rows = await database.query(
        `SELECT state FROM tidemark.batch WHERE lease = $1 AND batch = $2`,
        [tableName(batch.table), batch.batchId],
      );
      const row = rows[0];
      if (row === undefined) throw unknown(batch);
      return row.state as 'open' | 'committed' | 'void';
    },
  };
}

const decided = (batch: Batch) =>
  new TidemarkError('conflict', `batch ${batch.batchId} is no longer open`);

/** What a database says that was restored from a backup older than the batch. */
const unknown = (batch: Batch) =>
  new TidemarkError('conflict', `the ledger does not know batch ${batch.batchId}; look again`);

async function open(query: Query, lease: Lease, kind: string, base: string): Promise<Row> {
  const rows = await query(
    `INSERT INTO tidemark.batch (lease, batch, epoch, kind, base)
     VALUES ($1, gen_random_uuid()::text, $2, $3, $4) RETURNING batch, epoch, kind, base`,
    [lease.name, lease.epoch, kind, base],
  );
  return rows[0]!;
}

/**
 * Takes closed ranges in rounds, one range a partition and round, until `rowsMax` is reached; the
 * first round always counts, so that a range larger than `rowsMax` still moves. What is taken of a
 * partition is contiguous by construction, and the trigger on the swing checks it again.
 */
const selectClosed = `
  WITH closed AS (
    SELECT r.topic_id, r.partition, r.offset_first, r.offset_last, r.bronze_rows, r.bronze_digest,
      row_number() OVER (PARTITION BY r.topic_id, r.partition ORDER BY r.offset_first) AS round
    FROM tidemark.range r JOIN tidemark.head h
      ON h.layer = $1 AND h.topic_id = r.topic_id AND h.partition = r.partition
    WHERE r.state = 'done' AND r.offset_first >= h.offset_next),
  running AS (SELECT *, sum(bronze_rows) OVER (ORDER BY round, topic_id, partition) AS upto FROM closed)
  SELECT topic_id, partition, min(offset_first) AS offset_first, max(offset_last) AS offset_last,
    sum(bronze_rows)::bigint AS rows, mod(sum(bronze_digest), 18446744073709551616) AS digest
  FROM running WHERE upto <= $2 OR round = 1
  GROUP BY topic_id, partition ORDER BY topic_id, partition`;

async function freeze(
  query: Query,
  lease: Lease,
  table: LakeTable,
  base: string,
  rowsMax: number,
): Promise<Batch | null> {
  await query(
    `INSERT INTO tidemark.head (layer, topic_id, partition, offset_start, offset_next)
     SELECT $1, topic_id, partition, offset_start, offset_start FROM tidemark.head WHERE layer = 'bronze'
     ON CONFLICT DO NOTHING`,
    [lease.name],
  );
  const closed = await query(selectClosed, [lease.name, rowsMax]);
  if (closed.length === 0) return null;
  const row = await open(query, lease, 'append', base);
  for (const r of closed) {
    await query(
      `INSERT INTO tidemark.batch_range (lease, batch, topic_id, partition, offset_first, offset_last, rows, digest)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [
        lease.name,
        row.batch,
        r.topic_id,
        r.partition,
        r.offset_first,
        r.offset_last,
        r.rows,
        r.digest,
      ],
    );
  }
  return asBatch(table, row, closed.map(asRange));
}

async function rangesOf(query: Query, table: LakeTable, batchId: string): Promise<BatchRange[]> {
  const rows = await query(
    `SELECT topic_id, partition, offset_first, offset_last, rows, digest FROM tidemark.batch_range
     WHERE lease = $1 AND batch = $2 ORDER BY topic_id, partition`,
    [tableName(table), batchId],
  );
  return rows.map(asRange);
}

function asRange(row: Row): BatchRange {
  return {
    topicId: row.topic_id as string,
    partition: row.partition as number,
    offsetFirst: row.offset_first as bigint,
    offsetLast: row.offset_last as bigint,
    digest: { rows: row.rows as bigint, sum: BigInt(row.digest as string) },
  };
}

function asBatch(table: LakeTable, row: Row, ranges: readonly BatchRange[]): Batch {
  return {
    table,
    batchId: row.batch as string,
    epoch: row.epoch as bigint,
    kind: row.kind as 'append' | 'maintenance',
    base: row.base as string,
    ranges,
  };
}
