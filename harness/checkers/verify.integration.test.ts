/**
 * The whole proof on real services: silent when all is well, and naming exactly what was spoilt.
 */
import { renameSync } from 'node:fs';
import { createClient } from '@clickhouse/client';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JournalEvent } from '../experiment/journal-events.ts';
import { createLocalFiles, localPath } from './lake/lake-files.ts';
import { readLake } from './lake/lake-metadata.ts';
import { allFiles } from './lake/lake-state.ts';
import { createRawLogReader } from './log/raw-log-reader.ts';
import { type SmallPlatform, startSmallPlatform } from './small-platform.test-kit.ts';
import { createLoggedRecords, openJournalRecords } from './stores/producer-records.ts';
import { type VerifyOptions, type VerifyResult, verify } from './verify.ts';

const records = 6_000;
let platform: SmallPlatform;
let clickhouse: ReturnType<typeof createClient>;
let postgres: pg.Client;

beforeAll(async () => {
  platform = await startSmallPlatform(records);
  const { clickhouseUrl, database, postgresUrl } = platform.context;
  clickhouse = createClient({ url: clickhouseUrl, database });
  postgres = new pg.Client({ connectionString: postgresUrl });
  await postgres.connect();
});

afterAll(async () => {
  await postgres?.end();
  await clickhouse?.close();
  await platform?.stop();
});

const fast = { log: 'raw', lake: 'typescript' } as const;

async function look(
  change: Partial<VerifyOptions> = {},
  emit: (event: JournalEvent) => void = () => undefined,
): Promise<VerifyResult> {
  return await verify(
    { ...platform.context, readers: fast, expectComplete: true, ...change },
    emit,
  );
}

const totals = (result: VerifyResult) => Object.fromEntries(result.totals);
const verdicts = (result: VerifyResult) =>
  Object.fromEntries(result.checks.map((check) => [check.guarantee, check.verdict]));
const allPass = { G1: 'pass', G2: 'pass', G3: 'pass', G4: 'pass', G5: 'pass', G6: 'pass' };
const run = (query: string) =>
  clickhouse.command({ query, clickhouse_settings: { mutations_sync: '2' } });
const bronze = 'bronze_trades_binance';
const where = (partition: number, offset: number) =>
  `partition = ${partition} AND offset = ${offset}`;

/** Spoils the ledger past its own guards. */
async function unguarded(...statements: readonly string[]): Promise<void> {
  await postgres.query('set session_replication_role = replica');
  for (const statement of statements) await postgres.query(statement);
  await postgres.query('set session_replication_role = origin');
}

describe('a healthy platform', () => {
  test.each([
    ['kafkajs', 'typescript'],
    ['raw', 'both'],
  ] as const)('passes with log by %s and lake by %s', async (log, lake) => {
    const events: JournalEvent[] = [];
    const result = await look({ readers: { log, lake } }, (event) => events.push(event));
    expect(totals(result)).toEqual({});
    expect(verdicts(result)).toEqual(allPass);
    expect(result.verdict).toBe('pass');
    const layer = new Map(result.layers.map((l) => [l.name, l]));
    expect(layer.get('log')?.rows).toBe(`${records}`);
    expect(layer.get('bronze+dead-letters')?.digest).toBe(layer.get('log')?.digest);
    expect(layer.get('lake')?.digest).toBe(layer.get('bronze')?.digest);
    expect(Number(layer.get('dead-letters')?.rows)).toBeGreaterThan(0);
    expect(events.filter((event) => event.type === 'check')).toHaveLength(6);
    expect(events.some((event) => event.type === 'snapshot')).toBe(true);
  });

  test("the producer's journal and the raw log agree record by record, not only in sum", async () => {
    const { kafkaBootstrap, topic, producerJournal } = platform.context;
    const journal = await openJournalRecords(producerJournal ?? '');
    const reader = createRawLogReader({
      bootstrapServers: kafkaBootstrap,
      topic,
      producerSums: true,
    });
    const logged = createLoggedRecords(reader, { kafkaBootstrap, topic });
    for (const partition of [0, 1]) {
      const sent = await journal.recordHashes(partition, 10n, 1_999n);
      const found = await logged.recordHashes(partition, 10n, 1_999n);
      expect(sent).toHaveLength(1_990);
      expect(found.map(({ offset, hash }) => ({ offset, hash }))).toEqual(sent);
    }
    await journal.close();
  });

  test('counts what the source sent twice apart from what was doubled here', async () => {
    const evidence = (await look()).checks.find((check) => check.guarantee === 'G2')?.evidence;
    const twice = /at the source: (\d+) trades sent twice/.exec(evidence ?? '');
    expect(Number(twice?.[1])).toBeGreaterThan(0);
  });

  test('passes up to the heads as well', async () => {
    const result = await look({ expectComplete: false });
    expect(verdicts(result)).toEqual(allPass);
  });
});

describe('bronze', () => {
  const kept = 'kept_row';
  const keep = (partition: number, offset: number) =>
    run(
      `CREATE TABLE ${kept} ENGINE = Memory AS SELECT * FROM ${bronze} WHERE ${where(partition, offset)}`,
    );
  const giveBack = async () => {
    await run(`INSERT INTO ${bronze} SELECT * FROM ${kept}`);
    await run(`DROP TABLE ${kept}`);
  };

  async function someOffset(partition: number): Promise<number> {
    const query = `SELECT offset FROM ${bronze} WHERE partition = ${partition} ORDER BY offset LIMIT 1 OFFSET 500`;
    const answer = await clickhouse.query({ query, format: 'JSONEachRow' });
    return Number((await answer.json<{ offset: string }>())[0]?.offset);
  }

  test('a lost, a doubled and an altered row are named by partition and offset', async () => {
    const offset = await someOffset(1);
    await keep(1, offset);
    await run(`ALTER TABLE ${bronze} DELETE WHERE ${where(1, offset)}`);
    const lost = await look();
    expect(totals(lost)).toEqual({ missing: 1n, 'digest-mismatch': 1n });
    expect(lost.findings[0]?.identity).toMatchObject({ partition: 1, offset: `${offset}` });
    expect(verdicts(lost)).toEqual({ ...allPass, G1: 'violated', G5: 'violated' });

    await run(`INSERT INTO ${bronze} SELECT * FROM ${kept}`);
    await run(
      `INSERT INTO ${bronze} SELECT * REPLACE (price + toDecimal128('0.00000001', 8) AS price) FROM ${kept}`,
    );
    const doubled = await look();
    expect(totals(doubled)).toEqual({ duplicate: 1n, altered: 1n, 'digest-mismatch': 1n });
    expect(doubled.findings[0]?.actual).toHaveLength(2);

    await run(`ALTER TABLE ${bronze} DELETE WHERE ${where(1, offset)}`);
    await run(`INSERT INTO ${bronze} SELECT * REPLACE (quantity * 2 AS quantity) FROM ${kept}`);
    const altered = await look();
    expect(totals(altered)).toEqual({ altered: 1n, 'digest-mismatch': 1n });
    expect(altered.findings[0]?.message).toContain('another quantity');
    expect(verdicts(altered)).toEqual({ ...allPass, G3: 'violated', G5: 'violated' });

    await run(`ALTER TABLE ${bronze} DELETE WHERE ${where(1, offset)}`);
    await giveBack();
    expect(verdicts(await look())).toEqual(allPass);
  });
});

describe('ledger and pointer', () => {
  test('a digest that the ledger did not see is a mismatch of that range', async () => {
    const one = 'where partition = 0 and offset_first = 0';
    await unguarded(
      `update tidemark.range set dead_digest = mod(dead_digest + 1, 18446744073709551616) ${one}`,
    );
    const result = await look();
    expect(totals(result)).toEqual({ 'digest-mismatch': 1n });
    expect(result.findings[0]?.identity).toMatchObject({ partition: 0, offset: '0' });
    await unguarded(
      `update tidemark.range set dead_digest = mod(dead_digest + 18446744073709551615, 18446744073709551616) ${one}`,
    );
    expect(verdicts(await look())).toEqual(allPass);
  });

  test('a pointer that went back leaves the ledger ahead of the table and records missing', async () => {
    const { rows } = await postgres.query<{ metadata_location: string; base: string }>(
      `select metadata_location, base from iceberg_tables
        join tidemark.batch on new_location = metadata_location`,
    );
    const [{ metadata_location: now, base } = { metadata_location: '', base: '' }] = rows;
    await unguarded(`update iceberg_tables set metadata_location = '${base}'`);
    const result = await look();
    expect(Object.keys(totals(result))).toEqual(
      expect.arrayContaining(['ahead-of-table', 'silent-no-commit']),
    );
    expect(verdicts(result)).toMatchObject({ G1: 'violated', G5: 'violated' });
    await unguarded(`update iceberg_tables set metadata_location = '${now}'`);
    expect(verdicts(await look())).toEqual(allPass);
  });
});

describe('lake', () => {
  test.each(['typescript', 'clickhouse'] as const)(
    'a lost data file is dangling, whatever reads the lake (%s)',
    async (lake) => {
      const { rows } = await postgres.query<{ metadata_location: string }>(
        'select metadata_location from iceberg_tables',
      );
      const state = await readLake(createLocalFiles(), rows[0]!.metadata_location);
      const path = localPath(allFiles(state)[0]!.uri);
      renameSync(path, `${path}.away`);
      const result = await look({ readers: { log: 'raw', lake } });
      renameSync(`${path}.away`, path);
      expect(totals(result)).toMatchObject({ 'dangling-file': 1n });
      expect(result.verdict).toBe('violated');
      expect(verdicts(result)).toMatchObject({ G1: 'inconclusive', G4: 'violated' });
    },
  );

  test('a reader that cannot reach its layer makes the result inconclusive and is named', async () => {
    const result = await look({ clickhouseUrl: 'http://127.0.0.1:1' });
    expect(result.verdict).toBe('inconclusive');
    expect(result.checks[0]?.evidence).toContain('could not be checked');
  });
});
