/**
 * What bronze and the dead letters hold of each ledger range, recomputed from their rows in bulk.
 *
 * One query covers thousands of ranges of a partition: `roundDown` maps an offset to the range that
 * it falls into by halving a sorted list, and the primary key limits what is read. Offsets between
 * two ranges get a boundary of their own, so that rows in a gap are not counted for the range
 * before it.
 */

import { greatest } from '../compare/bigints.ts';
import { spansByPartition } from '../compare/offset-spans.ts';
import type { RowKind } from '../layer.ts';
import { bronzeTable, deadLetterTable } from './clickhouse-reader.ts';
import type { ClickHouseStore } from './clickhouse-store.ts';
import { type Digest, type LedgerRange, rangeName } from './ledger.ts';
import { rowHashSql } from './row-sql.ts';

export interface RangeContent {
  readonly bronze: Digest;
  readonly deadLetters: Digest;
}

/** Boundaries in one query: about 100 KB of text. */
const rangesPerQueryMax = 4_000;
const nothing: Digest = { rows: 0n, sum: 0n };

/** By `rangeName`; a range of which a table holds nothing has zero rows. */
export async function readRangeContents(
  store: ClickHouseStore,
  ranges: readonly LedgerRange[],
): Promise<ReadonlyMap<string, RangeContent>> {
  const contents = new Map<string, RangeContent>();
  for (const partition of spansByPartition(ranges).values()) {
    for (let at = 0; at < partition.length; at += rangesPerQueryMax) {
      const chunk = partition.slice(at, at + rangesPerQueryMax);
      const bronze = await digests(store, 'trade', chunk);
      const deadLetters = await digests(store, 'dead-letter', chunk);
      for (const range of chunk) {
        contents.set(rangeName(range), {
          bronze: bronze.get(range.offsetFirst) ?? nothing,
          deadLetters: deadLetters.get(range.offsetFirst) ?? nothing,
        });
      }
    }
  }
  return contents;
}

/** Digests by the first offset of the range; `ranges` are of one partition and in order. */
async function digests(
  store: ClickHouseStore,
  kind: RowKind,
  ranges: readonly LedgerRange[],
): Promise<ReadonlyMap<bigint, Digest>> {
  const first = ranges[0]!;
  const last = ranges.reduce((max, r) => greatest(max, r.offsetLast), 0n);
  const edges = new Set(ranges.flatMap((r) => [r.offsetFirst, r.offsetLast + 1n]));
  const sorted = [...edges].sort((a, b) => (a < b ? -1 : 1));
  const sql = `SELECT toString(roundDown(offset, [${sorted.join(',')}]) AS edge), toString(count()),
      toString(sum(${rowHashSql(kind)}))
    FROM ${kind === 'trade' ? bronzeTable : deadLetterTable}
    WHERE topic_id = {topicId:String} AND partition = ${first.partition}
      AND offset BETWEEN ${first.offsetFirst} AND ${last}
    GROUP BY edge`;
  const rows = await store.query(sql, { topicId: first.topicId });
  return new Map(
    rows.map((row) => [BigInt(row[0]!), { rows: BigInt(row[1]!), sum: BigInt(row[2]!) }]),
  );
}
