/**
 * The pipeline's decoder (SQL, inside ClickHouse) and the checkers' decoder (TypeScript) read the
 * same specification and share no code. Here both judge the same hostile bytes: the same trades
 * with the same fields, the same dead letters with the same reasons.
 */
import { randomUUID } from 'node:crypto';
import { createClient } from '@clickhouse/client';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decodeTrade } from '../harness/checkers/decode/decode-trade.ts';
import { hostileValue } from '../harness/checkers/decode/hostile-values.test-kit.ts';
import { createLocalEnvironment, type LocalEnvironment } from '../harness/environment/local.ts';
import { createHotStore } from '../src/pipeline/adapters/clickhouse/hot-store.ts';
import type { RecordBlock } from '../src/pipeline/model/record-block.ts';
import { writeRange } from '../src/pipeline/stages/ingest/range-writer.ts';

const seed = 20_240_808;
const values = 100_000;
const silent = { debug() {}, info() {}, warn() {}, error() {} };

let environment: LocalEnvironment;
let url: string;

beforeAll(async () => {
  environment = createLocalEnvironment();
  url = (await environment.start()).direct.clickhouseUrl;
});

afterAll(() => environment.stop());

function blockOf(topicId: string, records: ReadonlyArray<Uint8Array | null>): RecordBlock {
  const parts = records.flatMap((value, i) => {
    const head = Buffer.alloc(9);
    head.writeBigInt64LE(BigInt(i));
    head[8] = value === null ? 1 : 0;
    return value === null ? [head] : [head, leb128(value.length), value];
  });
  const last = BigInt(records.length - 1);
  return {
    range: { topicId, partition: 0, offsetFirst: 0n, offsetLast: last },
    rows: records.length,
    offsetSum: (last * (last + 1n)) / 2n,
    hasNullValue: true,
    body: Buffer.concat(parts),
  };
}

function leb128(length: number): Buffer {
  const bytes: number[] = [];
  let rest = length;
  while (rest > 127) {
    bytes.push((rest & 127) | 128);
    rest >>>= 7;
  }
  return Buffer.from([...bytes, rest]);
}

/** What the checkers' decoder says, in the words of the store's tables. */
function expected(value: Uint8Array | null): string {
  const decoded = decodeTrade(value);
  if (decoded.kind === 'dead-letter') return decoded.reason;
  const { symbol, tradeId, price, quantity, side, eventTimeUs, tradeTimeUs } = decoded;
  return [symbol, tradeId, price, quantity, side, eventTimeUs, tradeTimeUs].join('|');
}

async function stored(topicId: string): Promise<Map<number, string>> {
  const client = createClient({ url, database: 'tidemark' });
  try {
    const result = await client.query({
      query: `SELECT offset, concat(symbol, '|', toString(trade_id), '|', toString(reinterpret(price, 'Int128')), '|',
          toString(reinterpret(quantity, 'Int128')), '|', side, '|', toString(toUnixTimestamp64Micro(event_time)), '|',
          toString(toUnixTimestamp64Micro(trade_time))) AS said FROM bronze_trades_binance WHERE topic_id = '${topicId}'
        UNION ALL SELECT offset, toString(reason) FROM dead_letters WHERE topic_id = '${topicId}'`,
      format: 'JSONCompactEachRow',
      clickhouse_settings: { output_format_json_quote_64bit_integers: 0 },
    });
    return new Map((await result.json()) as [number, string][]);
  } finally {
    await client.close();
  }
}

describe('two decoders, one specification', () => {
  test(`SQL and TypeScript agree on ${values} hostile values, seed ${seed}`, async () => {
    const store = createHotStore({
      url,
      database: 'tidemark',
      username: 'default',
      password: '',
      requestTimeoutMs: 60_000,
    });
    await store.prepare();
    const records = fc.sample(hostileValue, { seed, numRuns: values });
    const topicId = randomUUID();
    const closed = await writeRange(store, silent, blockOf(topicId, records), 1n);
    await store.close();
    expect(closed.bronze.rows + closed.deadLetters.rows).toBe(BigInt(values));
    expect(closed.bronze.rows).toBeGreaterThan(100n);
    const found = await stored(topicId);
    const disagreements = records.flatMap((value, offset) => {
      const [sql, typescript] = [found.get(offset), expected(value)];
      return sql === typescript
        ? []
        : [
            {
              value: value === null ? null : Buffer.from(value).toString('latin1'),
              sql,
              typescript,
            },
          ];
    });
    expect(disagreements.slice(0, 10)).toEqual([]);
  });
});
