/**
 * What an onlooker reads in the ledger while a run goes on: how far each layer is, and the history
 * of ranges.
 *
 * It uses the direct address, so a fault on the pipeline's connection never blinds it, and it only
 * reads.
 */
import pg from 'pg';
import type { JournalEvent } from './journal-events.ts';

export interface LayerProgress {
  readonly bronze: number;
  readonly deadLetters: number;
  readonly lake: number;
  /** Offsets after the last closed one: partition to head. */
  readonly bronzeHeads: ReadonlyMap<number, bigint>;
  readonly lakeHeads: ReadonlyMap<number, bigint>;
  readonly openBatches: number;
}

type RangeEvent = Extract<JournalEvent, { type: 'range' }>;

export class LedgerView {
  readonly #pool: pg.Pool;
  readonly #lake: string;

  /** `lake`: lease name of the lake table. */
  constructor(postgresUrl: string, lake: string) {
    this.#pool = new pg.Pool({ connectionString: postgresUrl, max: 2 });
    // A server that is restarted on purpose ends idle connections; the next query opens a new one.
    this.#pool.on('error', () => undefined);
    this.#lake = lake;
  }

  /** Null before the ledger exists. */
  async progress(): Promise<LayerProgress | null> {
    const exists = await this.#pool.query(
      `SELECT to_regclass('tidemark.batch') IS NOT NULL AS yes`,
    );
    if (exists.rows[0].yes !== true) return null;
    const totals = await this.#pool.query(
      `SELECT coalesce(sum(bronze_rows), 0)::bigint AS bronze, coalesce(sum(dead_rows), 0)::bigint AS dead,
        (SELECT coalesce(sum(r.rows), 0)::bigint FROM tidemark.batch_range r JOIN tidemark.batch b USING (lease, batch)
          WHERE b.state = 'committed') AS lake,
        (SELECT count(*) FROM tidemark.batch WHERE state = 'open') AS open
       FROM tidemark.range WHERE state = 'done'`,
    );
    const heads = await this.#pool.query('SELECT layer, partition, offset_next FROM tidemark.head');
    const of = (layer: string) =>
      new Map<number, bigint>(
        heads.rows
          .filter((r) => r.layer === layer)
          .map((r) => [r.partition, BigInt(r.offset_next)]),
      );
    const row = totals.rows[0];
    return {
      bronze: Number(row.bronze),
      deadLetters: Number(row.dead),
      lake: Number(row.lake),
      openBatches: Number(row.open),
      bronzeHeads: of('bronze'),
      lakeHeads: of(this.#lake),
    };
  }

  /** Every partition has an owner and the lake table is in the catalog. */
  async isReady(partitions: number): Promise<boolean> {
    const exists = await this.#pool.query(
      `SELECT to_regclass('tidemark.batch') IS NOT NULL AS yes`,
    );
    if (exists.rows[0].yes !== true) return false;
    const result = await this.#pool.query(
      `SELECT (SELECT count(*) FROM tidemark.lease WHERE lease LIKE 'ingest:%' AND holder IS NOT NULL) AS owned,
        (SELECT count(*) FROM public.iceberg_tables
          WHERE catalog_name || '.' || table_namespace || '.' || table_name = $1) AS tables`,
      [this.#lake],
    );
    return Number(result.rows[0].owned) >= partitions && Number(result.rows[0].tables) === 1;
  }

  async rangeState(partition: number, offsetFirst: bigint): Promise<'intent' | 'done' | null> {
    const result = await this.#pool.query(
      'SELECT state FROM tidemark.range WHERE partition = $1 AND offset_first = $2',
      [partition, offsetFirst],
    );
    return result.rows[0]?.state ?? null;
  }

  /** The ledger's history as journal events, oldest first. */
  async ranges(): Promise<readonly RangeEvent[]> {
    const result = await this.#pool.query(
      `SELECT topic_id, partition, offset_first, offset_last, coalesce(bronze_rows, 0)::bigint AS rows,
        coalesce(dead_rows, 0)::bigint AS dead, epoch, owner,
        extract(epoch FROM intent_at) * 1000 AS intent_at, extract(epoch FROM done_at) * 1000 AS done_at
       FROM tidemark.range ORDER BY intent_at`,
    );
    return result.rows.map((r) => ({
      type: 'range',
      topicId: r.topic_id,
      partition: r.partition,
      offsetFirst: r.offset_first,
      offsetLast: r.offset_last,
      rows: Number(r.rows),
      deadRows: Number(r.dead),
      epoch: r.epoch,
      owner: r.owner,
      intentAt: Math.round(Number(r.intent_at)),
      doneAt: r.done_at === null ? null : Math.round(Number(r.done_at)),
    }));
  }

  close(): Promise<void> {
    return this.#pool.end();
  }
}
