/**
 * How rows leave ClickHouse for the lake: Parquet files of exactly the frozen ranges.
 *
 * ClickHouse writes the file where the lake lives (the warehouse has to be reachable from the
 * server under the same path) and never overwrites one. The written files can be read again, so
 * that what is committed is proven by its own content and not by the rows that it was made from.
 */
import type { OffsetRange } from '../../model/range.ts';
import type { ExportFile, LakeExporter } from '../../ports/lake.ts';
import type { Connection, Settings } from './client.ts';
import { literal } from './decode-sql.ts';
import { tradeHashSql } from './digest-sql.ts';
import { bronzeColumns, bronzeTable } from './schema.ts';

const parquetSettings: Settings = {
  engine_file_truncate_on_insert: 0,
  output_format_parquet_compression_method: 'zstd',
  output_format_parquet_string_as_string: 1,
  output_format_parquet_row_group_size: 1_000_000,
  output_format_parquet_use_custom_encoder: 1,
  max_insert_threads: 1,
};

/**
 * The calendar day of a trade; `toDate` would wrap in 2149, and the feed may name days up to 2286.
 */
const day = "toDate32(trade_time, 'UTC')";

/** Strings leave ClickHouse's dictionary type behind; Iceberg wants plain ones. */
const plainType = (type: string) => type.replace(/^LowCardinality\((.*)\)$/, '$1');

const structure = bronzeColumns.map((c) => `\`${c.name}\` ${plainType(c.type)}`).join(', ');

const selectList = bronzeColumns
  .map((c) =>
    plainType(c.type) === c.type
      ? `\`${c.name}\``
      : `CAST(\`${c.name}\`, 'String') AS \`${c.name}\``,
  )
  .join(', ');

/** At least one range; rows of any of them. */
export const inAnyRange = (ranges: readonly OffsetRange[]) =>
  `(${ranges
    .map(
      (r) =>
        `(topic_id = ${literal(r.topicId)} AND partition = ${r.partition}
          AND offset BETWEEN ${r.offsetFirst} AND ${r.offsetLast})`,
    )
    .join(' OR ')})`;

export function createLakeExporter(connection: Connection): LakeExporter {
  return {
    partitions: async (ranges) => {
      const rows = await connection.rows(
        `SELECT toString(exchange) AS exchange, toString(${day}) AS day, count() AS n
         FROM ${bronzeTable} WHERE ${inAnyRange(ranges)} GROUP BY exchange, day ORDER BY exchange, day`,
      );
      return rows.map((r) => ({ exchange: r.exchange!, day: r.day!, rows: BigInt(r.n!) }));
    },
    write: (file) => connection.execute(writeStatement(file), parquetSettings),
    digests: async (paths) => {
      if (paths.length === 0) return [];
      const rows = await connection.rows(
        paths
          .map(
            (
              path,
            ) => `SELECT topic_id, partition, count() AS n, uniqExact(offset) AS d, sum(${tradeHashSql}) AS h
              FROM file(${literal(path)}, 'Parquet', ${literal(structure)}) GROUP BY topic_id, partition`,
          )
          .join(' UNION ALL '),
      );
      return mergeByPartition(rows);
    },
  };
}

function writeStatement(file: ExportFile): string {
  return `INSERT INTO FUNCTION file(${literal(file.path)}, 'Parquet', ${literal(structure)})
    SELECT ${selectList} FROM ${bronzeTable}
    WHERE ${inAnyRange(file.ranges)} AND exchange = ${literal(file.exchange)}
      AND ${day} = ${literal(file.day)}
    ORDER BY topic_id, partition, offset`;
}

/**
 * Files hold different days, so their offsets never overlap in a sound batch; where they do, `rows`
 * outgrows the ledger's.
 */
function mergeByPartition(rows: ReadonlyArray<Record<string, string>>) {
  const merged = new Map<
    string,
    { topicId: string; partition: number; rows: bigint; sum: bigint; distinct: bigint }
  >();
  for (const row of rows) {
    const key = `${row.topic_id}/${row.partition}`;
    const entry = merged.get(key) ?? {
      topicId: row.topic_id!,
      partition: Number(row.partition),
      rows: 0n,
      sum: 0n,
      distinct: 0n,
    };
    entry.rows += BigInt(row.n!);
    entry.sum = BigInt.asUintN(64, entry.sum + BigInt(row.h!));
    entry.distinct += BigInt(row.d!);
    merged.set(key, entry);
  }
  return [...merged.values()].map((e) => ({
    topicId: e.topicId,
    partition: e.partition,
    digest: { rows: e.rows, sum: e.sum },
    offsetsDistinct: e.distinct,
  }));
}
