/**
 * The hot store on ClickHouse.
 *
 * One insert is one statement, one block, one part: a range is there whole or not at all. Every
 * setting that this relies on is named here. The statement itself looks at the fence table, so a
 * stale owner that wakes up late is refused by the store, beyond what any deduplication window
 * remembers; and a fence waits for the inserts that had looked before it was there. The token makes
 * a repeated insert cheap; that it is believed nowhere is the reason for `inspect`.
 */
import { TidemarkError } from '../../errors.ts';
import type { OffsetRange, PartitionKey } from '../../model/range.ts';
import type { RecordBlock } from '../../model/record-block.ts';
import type { HotStore, RangeContent, StoredRange } from '../../ports/hot-store.ts';
import {
  type ClickHouseOptions,
  type Connection,
  connect,
  ensureDatabase,
  type Settings,
} from './client.ts';
import { eventOf, literal, reasonSql, recognise, tradeColumnsSql } from './decode-sql.ts';
import { deadLetterHashSql, tradeHashSql } from './digest-sql.ts';
import { runningSettings, waitForInserts } from './running-inserts.ts';
import {
  bronzeColumns,
  bronzeTable,
  type Column,
  createStatements,
  deadLetterColumns,
  deadLetterTable,
  fenceTable,
} from './schema.ts';

/** Above any block that ingest makes, so that one insert is never cut into several parts. */
const blockRowsMax = 4_000_000;
const blockBytesMax = 2_000_000_000;

const insertSettings = (token: string): Settings => ({
  async_insert: 0,
  insert_deduplicate: 1,
  insert_deduplication_token: token,
  max_insert_threads: 1,
  max_insert_block_size: blockRowsMax,
  min_insert_block_size_rows: blockRowsMax,
  min_insert_block_size_bytes: blockBytesMax,
  short_circuit_function_evaluation: 'enable',
});

const names = (columns: readonly Column[]) => columns.map((c) => `\`${c.name}\``).join(', ');

const inPartition = (key: PartitionKey) =>
  `topic_id = ${literal(key.topicId)} AND partition = ${key.partition}`;

const inRange = (range: OffsetRange) =>
  `${inPartition(range)} AND offset BETWEEN ${range.offsetFirst} AND ${range.offsetLast}`;

const fenceCheck = (key: PartitionKey, epoch: bigint) =>
  `throwIf((SELECT max(epoch) FROM ${fenceTable} WHERE ${inPartition(key)}) > ${epoch}, 'tidemark: fenced') = 0`;

const input = (block: RecordBlock) =>
  `input('offset Int64, raw ${block.hasNullValue ? 'Nullable(String)' : 'String'}')`;

export function createHotStore(options: ClickHouseOptions): HotStore {
  const connection = connect(options);
  const { requestTimeoutMs } = options;
  const insert = (statement: string, block: RecordBlock, epoch: bigint, token: string) => {
    const running = runningSettings(block.range, epoch, requestTimeoutMs);
    const settings = { ...insertSettings(token), ...running };
    return connection.execute(statement, settings, block.body);
  };
  return {
    prepare: async () => {
      await ensureDatabase(options);
      await prepare(connection, options.database);
    },
    fence: async (key, epoch) => {
      await connection.execute(
        `INSERT INTO ${fenceTable} SELECT ${literal(key.topicId)}, ${key.partition}, ${epoch}`,
      );
      await waitForInserts(connection, key, epoch, requestTimeoutMs);
    },
    insertTrades: (block, epoch, token) =>
      insert(tradesStatement(block, epoch), block, epoch, token),
    insertDeadLetters: (block, epoch, token) =>
      insert(deadLettersStatement(block, epoch), block, epoch, token),
    inspect: (range) => inspect(connection, range),
    close: () => connection.close(),
  };
}

/** Skips what the table already holds of the range, so a repair writes only what is missing. */
const notYetIn = (table: string, range: OffsetRange) =>
  `offset NOT IN (SELECT offset FROM ${table} WHERE ${inRange(range)})`;

function tradesStatement(block: RecordBlock, epoch: bigint): string {
  const value = block.hasNullValue ? "ifNull(raw, '')" : 'raw';
  return `INSERT INTO ${bronzeTable} (${names(bronzeColumns)})
    WITH ${recognise}, ${eventOf}
    SELECT ${literal(block.range.topicId)}, ${block.range.partition}, offset, ${tradeColumnsSql.join(', ')}
    FROM (SELECT offset, raw, ${value} AS value FROM ${input(block)})
    WHERE ${fenceCheck(block.range, epoch)} AND event != ''
      AND ${notYetIn(bronzeTable, block.range)}
    FORMAT RowBinary`;
}

function deadLettersStatement(block: RecordBlock, epoch: bigint): string {
  const reason = block.hasNullValue ? `if(isNull(raw), 'null-value', ${reasonSql})` : reasonSql;
  return `INSERT INTO ${deadLetterTable} (${names(deadLetterColumns)})
    WITH ${recognise}
    SELECT ${literal(block.range.topicId)}, ${block.range.partition}, offset, ${reason} AS reason, raw
    FROM (SELECT offset, raw, ifNull(raw, '') AS value FROM ${input(block)})
    WHERE ${fenceCheck(block.range, epoch)} AND reason != ''
      AND ${notYetIn(deadLetterTable, block.range)}
    FORMAT RowBinary`;
}

async function inspect(connection: Connection, range: OffsetRange): Promise<StoredRange> {
  const content = (table: string, hash: string) =>
    `SELECT '${table}' AS name, count() AS n, uniqExact(offset) AS d,
       toString(sum(toInt128(offset - ${range.offsetFirst}))) AS s, sum(${hash}) AS h
     FROM ${table} WHERE ${inRange(range)}`;
  const rows = await connection.rows(
    `${content(bronzeTable, tradeHashSql)} UNION ALL ${content(deadLetterTable, deadLetterHashSql)}`,
  );
  return { bronze: pick(rows, bronzeTable), deadLetters: pick(rows, deadLetterTable) };
}

function pick(rows: ReadonlyArray<Record<string, string>>, table: string): RangeContent {
  const row = rows.find((r) => r.name === table);
  if (row === undefined) {
    throw new TidemarkError('unknown-outcome', `ClickHouse answered nothing about ${table}`);
  }
  return {
    digest: { rows: BigInt(row.n ?? 0), sum: BigInt(row.h ?? 0) },
    offsetsDistinct: BigInt(row.d ?? 0),
    offsetSum: BigInt(row.s ?? 0),
  };
}

async function prepare(connection: Connection, database: string): Promise<void> {
  for (const statement of createStatements) await connection.execute(statement);
  for (const [table, columns] of [
    [bronzeTable, bronzeColumns],
    [deadLetterTable, deadLetterColumns],
  ] as const) {
    const found = await connection.rows(
      `SELECT name, type FROM system.columns WHERE database = ${literal(database)} AND table = '${table}' ORDER BY position`,
    );
    const have = found.map((c) => `${c.name} ${c.type}`).join(', ');
    const want = columns.map((c) => `${c.name} ${c.type}`).join(', ');
    if (have !== want) {
      throw new TidemarkError(
        'table-invalid',
        `table ${database}.${table} has other columns than this version writes: it has (${have}), expected (${want})`,
      );
    }
  }
}
