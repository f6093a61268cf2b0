/**
 * The one way in which the checkers ask ClickHouse: a SELECT whose columns are all text.
 *
 * Text is exact: 64-bit and 128-bit numbers never pass through a JavaScript number on their way.
 * Answers come row by row in one block; callers ask for bounded amounts (digests per bucket, or the
 * rows of one bucket).
 */
import { ClickHouseLogLevel, createClient } from '@clickhouse/client';

export type TextRow = readonly string[];

export interface ClickHouseStore {
  readonly url: string;
  /** Runs a SELECT of String columns; `parameters` fill `{name:String}` in it. */
  query(sql: string, parameters?: Readonly<Record<string, string>>): Promise<readonly TextRow[]>;
  close(): Promise<void>;
}

/** Longest wait for one answer: a full pass over a billion rows is minutes. */
const requestTimeoutMs = 900_000;

export function openClickHouse(url: string, database: string): ClickHouseStore {
  const client = createClient({
    url,
    database,
    request_timeout: requestTimeoutMs,
    log: { level: ClickHouseLogLevel.OFF },
  });
  return {
    url,
    async query(sql, parameters) {
      const result = await client.query({
        query: sql,
        format: 'JSONCompactEachRow',
        ...(parameters === undefined ? {} : { query_params: { ...parameters } }),
      });
      return await result.json<TextRow>();
    },
    close: () => client.close(),
  };
}
