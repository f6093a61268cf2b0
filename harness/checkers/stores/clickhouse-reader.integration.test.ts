/**
 * The SQL of the readers on a real ClickHouse engine, against the BigInt reference of the digest.
 */
import { createClient } from '@clickhouse/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type Running,
  startServer,
  temporaryFolder,
} from '../../environment/clickhouse-embedded/server.fixture.ts';
import { compareLayers } from '../compare/compare-layers.ts';
import { memoryLayer } from '../compare/memory-layer.test-kit.ts';
import type { DecodedTrade } from '../decode/decoded-trade.ts';
import { referenceDeadLetterHash, referenceTradeHash } from '../digest/reference-digest.ts';
import { bucketOffsets } from '../layer.ts';
import { createBronzeReader, createDeadLetterReader } from './clickhouse-reader.ts';
import { type ClickHouseStore, openClickHouse } from './clickhouse-store.ts';
import { decimalText } from './decimal-text.ts';
import { type LedgerRange, rangeName } from './ledger.ts';
import { readRangeContents } from './range-contents.ts';
import { readSourceFacts } from './source-facts.ts';

const topicId = 'a7f3b0aa-0f5e-4f7c-9a1b-6f0f3f0f9d10';
const database = 'readers';
const folder = temporaryFolder();
let server: Running;
let store: ClickHouseStore;

const identity = (offset: bigint, partition = 3) => ({ topicId, partition, offset });

/** Values at the edges of what a field may hold. */
const trades: ReadonlyArray<readonly [bigint, DecodedTrade]> = [
  [0n, trade('BTCUSDT', 0n, 1n, 9_999_999_999_999_999_999_999_999_999n, 0n)],
  [1n, trade('ВТС\u{1F30A}', 9_223_372_036_854_775_807n, 18_446_744_073_709_551_616n, 0n, 1n)],
  [5n, trade("it's", 5n, 18_446_744_073_709_551_615n, 5n, 9_999_999_999_999_000n)],
  [bucketOffsets, trade('ETHUSDT', 7n, 6_012_345_000_000n, 100_000n, 1_723_075_199_999_999n)],
  [bucketOffsets + 1n, trade('ETHUSDT', 9n, 6_012_345_000_000n, 100_000n, 1_723_075_200_000_000n)],
];

function trade(
  symbol: string,
  tradeId: bigint,
  price: bigint,
  quantity: bigint,
  timeUs: bigint,
): DecodedTrade {
  const side = tradeId % 2n === 0n ? 'BUY' : 'SELL';
  const times = { eventTimeUs: timeUs, tradeTimeUs: timeUs };
  return { kind: 'trade', exchange: 'binance', symbol, tradeId, price, quantity, side, ...times };
}

const deadLetters: ReadonlyArray<readonly [bigint, Uint8Array | null]> = [
  [2n, null],
  [3n, new Uint8Array()],
  [4n, new Uint8Array([0, 0xff, 0x27, 0x0a, 0x7b])],
];

const quoted = (text: string) => `'${text.replaceAll("'", "\\'")}'`;

function tradeValues([offset, t]: (typeof trades)[number]): string {
  const time = (us: bigint) => `fromUnixTimestamp64Micro(${us}, 'UTC')`;
  return `(${quoted(topicId)}, 3, ${offset}, 'binance', ${quoted(t.symbol)}, ${t.tradeId},
    toDecimal128('${decimalText(t.price)}', 8), toDecimal128('${decimalText(t.quantity)}', 8), '${t.side}',
    ${time(t.eventTimeUs)}, ${time(t.tradeTimeUs)})`;
}

beforeAll(async () => {
  server = await startServer(['--data', folder.path]);
  const client = createClient({ url: server.url });
  const run = (query: string) => client.command({ query });
  await run(`CREATE DATABASE ${database}`);
  await run(`CREATE TABLE ${database}.bronze_trades_binance (topic_id LowCardinality(String), partition Int32,
    offset Int64, exchange LowCardinality(String), symbol LowCardinality(String), trade_id Int64,
    price Decimal(38, 8), quantity Decimal(38, 8), side LowCardinality(String),
    event_time DateTime64(6, 'UTC'), trade_time DateTime64(6, 'UTC'))
    ENGINE = MergeTree ORDER BY (topic_id, partition, offset)`);
  await run(`CREATE TABLE ${database}.dead_letters (topic_id LowCardinality(String), partition Int32,
    offset Int64, reason LowCardinality(String), value Nullable(String))
    ENGINE = MergeTree ORDER BY (topic_id, partition, offset)`);
  const values = trades.map(tradeValues).join(', ');
  await run(`INSERT INTO ${database}.bronze_trades_binance VALUES ${values}`);
  const dead = deadLetters.map(([offset, value]) => {
    const sql = value === null ? 'NULL' : `unhex('${Buffer.from(value).toString('hex')}')`;
    return `(${quoted(topicId)}, 3, ${offset}, 'not-json', ${sql})`;
  });
  await run(`INSERT INTO ${database}.dead_letters VALUES ${dead.join(', ')}`);
  await client.close();
  store = openClickHouse(server.url, database);
});

afterAll(async () => {
  await store?.close();
  await server?.end('SIGTERM');
  folder.remove();
});

const logTrades = trades.map(([offset, value]) => ({
  kind: 'trade' as const,
  ...identity(offset),
  hash: referenceTradeHash(identity(offset), value),
  fields: {
    symbol: value.symbol,
    trade_id: `${value.tradeId}`,
    price: decimalText(value.price),
    quantity: decimalText(value.quantity),
    trade_time: `${value.tradeTimeUs}`,
  },
}));

describe('bronze', () => {
  test('hashes and fields at the edges of every type equal the reference', async () => {
    const reader = createBronzeReader(store);
    const rows = await reader.rows('trade', topicId, 3, 0n, bucketOffsets * 2n);
    expect(rows).toMatchObject(logTrades);
    const result = await compareLayers(memoryLayer('log', logTrades), reader, 'trade');
    expect(result.findings.findings).toEqual([]);
    expect(result.buckets).toBe(2);
    expect(await reader.digest('dead-letter')).toEqual([]);
  });

  test('one altered field of one row is named with both values', async () => {
    const changed = logTrades.map((row) =>
      row.offset === 5n
        ? { ...row, hash: 1n, fields: { ...row.fields, price: '0.00000001' } }
        : row,
    );
    const log = memoryLayer('log', changed);
    const { findings } = await compareLayers(log, createBronzeReader(store), 'trade');
    expect(findings.findings.map((f) => [f.code, f.identity?.offset])).toEqual([['altered', '5']]);
    expect(findings.findings[0]?.actual[0]?.price).toBe('184467440737.09551615');
  });
});

test('dead letters: null, empty and any bytes equal the reference', async () => {
  const reader = createDeadLetterReader(store);
  const rows = await reader.rows('dead-letter', topicId, 3, 0n, 100n);
  expect(rows.map((row) => row.hash)).toEqual(
    deadLetters.map(([offset, value]) => referenceDeadLetterHash(identity(offset), value)),
  );
  expect(rows.map((row) => [row.fields.value, row.fields.has_value])).toEqual([
    ['', 'false'],
    ['', 'true'],
    ['00ff270a7b', 'true'],
  ]);
  const [digest] = await reader.digest('dead-letter');
  expect(digest).toMatchObject({ rows: 3n, offsetFirst: 2n, offsetLast: 4n });
  expect(digest?.sum).toBe(
    BigInt.asUintN(
      64,
      rows.reduce((sum, row) => sum + row.hash, 0n),
    ),
  );
});

test('contents per ledger range are exact, and rows in a gap belong to no range', async () => {
  const range = (first: bigint, last: bigint): LedgerRange => ({
    ...identity(first),
    offsetFirst: first,
    offsetLast: last,
    state: 'done',
    epoch: 1n,
    owner: 'o',
    rows: 0n,
    bronze: null,
    deadLetters: null,
    intentAt: 0,
    doneAt: 0,
  });
  const ranges = [range(0n, 2n), range(4n, 4n), range(5n, bucketOffsets), range(20_000n, 30_000n)];
  const contents = await readRangeContents(store, ranges);
  const counts = ranges.map((r) => contents.get(rangeName(r))!);
  expect(counts.map((c) => [c.bronze.rows, c.deadLetters.rows])).toEqual([
    [2n, 1n],
    [0n, 1n],
    [2n, 0n],
    [0n, 0n],
  ]);
  const hashes = logTrades.filter((row) => row.offset < 3n).map((row) => row.hash);
  expect(counts[0]?.bronze.sum).toBe(BigInt.asUintN(64, hashes[0]! + hashes[1]!));
});

test('gaps of the source are counted per symbol', async () => {
  expect(await readSourceFacts(store, topicId)).toEqual({ symbols: 4, duplicates: 0n, gaps: 1n });
});
