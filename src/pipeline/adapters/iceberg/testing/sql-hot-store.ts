/**
 * A hot store and an exporter for tests, as SQL for the real ClickHouse engine in process.
 *
 * The statements are the ones a server would get: one SELECT ... INTO OUTFILE a file, and digests
 * read from the files with file(). The row hash is a plain cityHash64, not the digest of the
 * product: here it only has to tell rows apart.
 */
import type { OffsetRange } from '../../../model/range.ts';
import type { BatchRange, ExportFile, LakeExporter } from '../../../ports/lake.ts';
import { type LakeType, lakeColumns } from '../schema.ts';

export const bronzeTable = 'bronze_trades_binance';

/** The embedded ClickHouse, as far as this file needs it; tests give a chdb session. */
export interface SqlSession {
  query(sql: string, format?: string): string;
  cleanup(): void;
}

const storedType: Readonly<Record<LakeType, string>> = {
  string: 'LowCardinality(String)',
  int: 'Int32',
  long: 'Int64',
  'decimal(38, 8)': 'Decimal(38, 8)',
  timestamptz: "DateTime64(6, 'UTC')",
};
const names = lakeColumns.map((one) => `\`${one.name}\``);
const columns = names.join(', ');
const plain = lakeColumns.map(({ name, type }) =>
  type === 'string' ? `CAST(${name} AS String) AS ${name}` : `\`${name}\``,
);

const where = (ranges: readonly OffsetRange[]) =>
  ranges
    .map(
      (r) =>
        `(topic_id = '${r.topicId}' AND partition = ${r.partition} ` +
        `AND offset BETWEEN ${r.offsetFirst} AND ${r.offsetLast})`,
    )
    .join(' OR ');

const digestSelect = `topic_id, partition, toString(count()) AS rows,
  toString(sum(cityHash64(${columns}))) AS total, toString(uniqExact(offset)) AS offsets`;

export class SqlHotStore implements LakeExporter {
  readonly session: SqlSession;
  /** Planted: added to every SELECT of `write`, for example to leave rows out. */
  writeSuffix = '';
  faultNext: 'partitions' | 'write-before' | 'write-after' | 'digests' | undefined;

  constructor(session: SqlSession) {
    this.session = session;
    const definitions = lakeColumns.map(({ name, type }) => `\`${name}\` ${storedType[type]}`);
    this.session.query(`CREATE TABLE IF NOT EXISTS ${bronzeTable} (${definitions.join(', ')})
      ENGINE = MergeTree ORDER BY (topic_id, partition, offset)`);
  }

  query<T>(sql: string): T[] {
    const text = this.session.query(sql, 'JSONEachRow').trim();
    return text === '' ? [] : text.split('\n').map((line) => JSON.parse(line) as T);
  }

  /** Inserts what a SELECT of the bronze columns gives. */
  insert(select: string): void {
    this.session.query(`INSERT INTO ${bronzeTable} (${columns}) ${select}`);
  }

  /** The range as the ledger would have frozen it: with the digest of what the hot store holds. */
  freeze(range: OffsetRange): BatchRange {
    const [found] = this.found(`${bronzeTable} WHERE ${where([range])}`);
    return { ...range, digest: found?.digest ?? { rows: 0n, sum: 0n } };
  }

  private found(from: string) {
    type Row = {
      topic_id: string;
      partition: number;
      rows: string;
      total: string;
      offsets: string;
    };
    const sql = `SELECT ${digestSelect} FROM ${from} GROUP BY topic_id, partition`;
    return this.query<Row>(sql).map((row) => ({
      topicId: row.topic_id,
      partition: row.partition,
      digest: { rows: BigInt(row.rows), sum: BigInt(row.total) },
      offsetsDistinct: BigInt(row.offsets),
    }));
  }

  private fail(step: NonNullable<SqlHotStore['faultNext']>): void {
    if (this.faultNext !== step) return;
    this.faultNext = undefined;
    throw new Error(`planted: no answer at ${step}`);
  }

  async partitions(ranges: readonly OffsetRange[]) {
    this.fail('partitions');
    type Row = { exchange: string; day: string; rows: string };
    const sql = `SELECT exchange, toString(toDate32(trade_time, 'UTC')) AS day,
        toString(count()) AS rows
      FROM ${bronzeTable} WHERE ${where(ranges)} GROUP BY exchange, day ORDER BY exchange, day`;
    return this.query<Row>(sql).map((row) => ({ ...row, rows: BigInt(row.rows) }));
  }

  async write(file: ExportFile): Promise<void> {
    this.fail('write-before');
    this.session.query(`SELECT ${plain.join(', ')} FROM ${bronzeTable}
      WHERE (${where(file.ranges)}) AND exchange = '${file.exchange}'
        AND toDate32(trade_time, 'UTC') = '${file.day}' ${this.writeSuffix}
      ORDER BY topic_id, partition, offset INTO OUTFILE '${file.path}' FORMAT Parquet
      SETTINGS output_format_parquet_compression_method = 'zstd'`);
    this.fail('write-after');
  }

  async digests(paths: readonly string[]) {
    this.fail('digests');
    // A glob of alternatives can't name files in different folders: one source a file.
    const sources = paths.map((path) => `SELECT * FROM file('${path}', Parquet)`);
    return this.found(`(${sources.join(' UNION ALL ')})`);
  }

  close(): void {
    this.session.cleanup();
  }
}
