/**
 * What bronze tells about the source itself: trades that the source sent twice, and trade ids that
 * it skipped.
 *
 * A trade is known by (exchange, symbol, trade id). Twice at different offsets is a duplicate made
 * before the log; a hole between the least and the greatest id is a gap of the source or of the
 * recording. Both are information, never a violation, and they are only counted while the table is
 * small enough for an exact count.
 */
import { bronzeTable } from './clickhouse-reader.ts';
import type { ClickHouseStore } from './clickhouse-store.ts';

export interface SourceFacts {
  readonly symbols: number;
  readonly duplicates: bigint;
  readonly gaps: bigint;
}

/** An exact count keeps every id in memory: about 1 GB at this size. */
const rowsMax = 50_000_000n;

/** Null when the topic has more than `rowsMax` rows. */
export async function readSourceFacts(
  store: ClickHouseStore,
  topicId: string,
): Promise<SourceFacts | null> {
  const where = `FROM ${bronzeTable} WHERE topic_id = {topicId:String}`;
  const count = await store.query(`SELECT toString(count()) ${where}`, { topicId });
  if (BigInt(count[0]?.[0] ?? 0) > rowsMax) return null;
  const rows = await store.query(
    `SELECT toString(uniqExact(partition, offset)), toString(uniqExact(trade_id)),
      toString(toInt128(max(trade_id)) - min(trade_id) + 1) ${where} GROUP BY exchange, symbol`,
    { topicId },
  );
  let duplicates = 0n;
  let gaps = 0n;
  for (const [records, ids, span] of rows) {
    duplicates += BigInt(records!) - BigInt(ids!);
    gaps += BigInt(span!) - BigInt(ids!);
  }
  return { symbols: rows.length, duplicates, gaps };
}
