/**
 * Reads the ledger and the catalog's pointer from Postgres, in one read-only snapshot.
 *
 * Pointer, heads and batches move in the same transactions, so only a reader that sees one snapshot
 * of all of them may compare them. Every 64-bit number arrives as text and becomes a bigint.
 */
import pg from 'pg';
import type { OffsetSpan } from '../compare/offset-spans.ts';
import type { Digest, LedgerBatch, LedgerHead, LedgerRange, LedgerState } from './ledger.ts';

type Row = Readonly<Record<string, string | null>>;

export interface LedgerLocation {
  readonly postgresUrl: string;
  /** Name of the Kafka topic. */
  readonly topic: string;
  readonly catalog: string;
  readonly namespace: string;
  readonly table: string;
}

const rangesSql = `select topic_id, partition::text, offset_first::text, offset_last::text, state, epoch::text, owner,
    rows::text, bronze_rows::text, bronze_digest::text, dead_rows::text, dead_digest::text,
    (extract(epoch from intent_at) * 1000)::bigint::text as intent_at,
    (extract(epoch from done_at) * 1000)::bigint::text as done_at
  from tidemark.range where topic_id = $1 order by partition, range.offset_first`;
const headsSql = `select layer, topic_id, partition::text, offset_start::text, offset_next::text
  from tidemark.head where topic_id = $1 order by layer, head.partition`;
const batchesSql = `select b.batch, b.epoch::text, b.kind, b.base, b.state, b.new_location,
    (extract(epoch from b.at) * 1000)::bigint::text as at, r.topic_id, r.partition::text,
    r.offset_first::text, r.offset_last::text, r.rows::text, r.digest::text
  from tidemark.batch b left join tidemark.batch_range r using (lease, batch)
  where b.lease = $1 order by b.at nulls last, b.opened_at, b.batch, r.partition`;
const pointerSql = `select metadata_location from iceberg_tables
  where catalog_name = $1 and table_namespace = $2 and table_name = $3`;
const topicSql = `select topic_id from tidemark.topic where name = $1
  order by registered_at desc limit 1`;

/** Fails when the topic was never registered, or when Postgres does not answer. */
export async function readLedger(location: LedgerLocation): Promise<LedgerState> {
  const client = new pg.Client({ connectionString: location.postgresUrl });
  await client.connect();
  try {
    await client.query('begin transaction isolation level repeatable read read only');
    const rows = async (sql: string, values: readonly string[]): Promise<readonly Row[]> =>
      (await client.query<Row>(sql, [...values])).rows;
    const topicId = (await rows(topicSql, [location.topic]))[0]?.topic_id;
    if (!topicId) throw new Error(`the ledger knows no topic ${location.topic}`);
    const lakeLease = `${location.catalog}.${location.namespace}.${location.table}`;
    const pointer = await rows(pointerSql, [location.catalog, location.namespace, location.table]);
    return {
      topicId,
      lakeLease,
      ranges: (await rows(rangesSql, [topicId])).map(rangeOf),
      heads: (await rows(headsSql, [topicId])).map(headOf),
      batches: batchesOf(await rows(batchesSql, [lakeLease])),
      pointer: pointer[0]?.metadata_location ?? null,
    };
  } finally {
    await client.end();
  }
}

/**
 * Ranges of a partition, open or closed by now, that reach to `from` or behind it; at most
 * `spansMax`.
 */
export async function readSpansBehind(
  postgresUrl: string,
  key: { topicId: string; partition: number },
  from: bigint,
): Promise<readonly OffsetSpan[]> {
  const client = new pg.Client({ connectionString: postgresUrl });
  await client.connect();
  try {
    const { rows } = await client.query<Row>(
      `select offset_first::text, offset_last::text from tidemark.range
        where topic_id = $1 and partition = $2 and range.offset_last >= $3
        order by range.offset_first limit ${spansMax}`,
      [key.topicId, key.partition, from.toString()],
    );
    return rows.map((row) => ({
      topicId: key.topicId,
      partition: key.partition,
      offsetFirst: big(row.offset_first),
      offsetLast: big(row.offset_last),
    }));
  } finally {
    await client.end();
  }
}

const spansMax = 100_000;
const big = (text: string | null | undefined) => BigInt(text ?? 0);
const timeOf = (text: string | null | undefined) => (text == null ? null : Number(text));

function digestOf(rows: string | null | undefined, sum: string | null | undefined): Digest | null {
  return rows == null || sum == null ? null : { rows: BigInt(rows), sum: BigInt(sum) };
}

function rangeOf(row: Row): LedgerRange {
  return {
    topicId: row.topic_id!,
    partition: Number(row.partition),
    offsetFirst: big(row.offset_first),
    offsetLast: big(row.offset_last),
    state: row.state === 'done' ? 'done' : 'intent',
    epoch: big(row.epoch),
    owner: row.owner ?? '',
    rows: big(row.rows),
    bronze: digestOf(row.bronze_rows, row.bronze_digest),
    deadLetters: digestOf(row.dead_rows, row.dead_digest),
    intentAt: Number(row.intent_at),
    doneAt: timeOf(row.done_at),
  };
}

function headOf(row: Row): LedgerHead {
  return {
    layer: row.layer!,
    topicId: row.topic_id!,
    partition: Number(row.partition),
    offsetStart: big(row.offset_start),
    offsetNext: big(row.offset_next),
  };
}

function batchesOf(rows: readonly Row[]): readonly LedgerBatch[] {
  const byName = Map.groupBy(rows, (row) => row.batch!);
  return [...byName].map(([batch, group]) => {
    const head = group[0]!;
    return {
      batch,
      epoch: big(head.epoch),
      kind: head.kind ?? '',
      base: head.base ?? '',
      state: head.state === 'committed' ? 'committed' : head.state === 'void' ? 'void' : 'open',
      newLocation: head.new_location ?? null,
      at: timeOf(head.at),
      ranges: group
        .filter((row) => row.topic_id != null)
        .map((row) => ({
          topicId: row.topic_id!,
          partition: Number(row.partition),
          offsetFirst: big(row.offset_first),
          offsetLast: big(row.offset_last),
          digest: { rows: big(row.rows), sum: big(row.digest) },
        })),
    };
  });
}
