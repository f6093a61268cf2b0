/**
 * Statements and counts in ClickHouse, for the benchmark's own looks; it closes at the end of the
 * scope that holds it.
 */
import { ClickHouseLogLevel, createClient } from '@clickhouse/client';
import type { Bench } from './bench-context.ts';

const requestMsMax = 300_000;

export interface ClickHouseSession extends AsyncDisposable {
  execute(statement: string): Promise<void>;
  /** Rows of a SELECT; 64-bit integers arrive as strings. */
  rows(query: string): Promise<ReadonlyArray<Record<string, string>>>;
}

export function clickhouseSession({ addresses }: Bench): ClickHouseSession {
  const client = createClient({
    url: addresses.direct.clickhouseUrl,
    request_timeout: requestMsMax,
    log: { level: ClickHouseLogLevel.OFF },
  });
  return {
    execute: async (query) => {
      await client.command({ query });
    },
    rows: async (query) => {
      const answer = await client.query({
        query,
        format: 'JSONEachRow',
        clickhouse_settings: { output_format_json_quote_64bit_integers: 1 },
      });
      return await answer.json<Record<string, string>>();
    },
    [Symbol.asyncDispose]: () => client.close(),
  };
}
