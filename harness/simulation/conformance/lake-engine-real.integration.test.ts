/**
 * The native engine keeps the promises that the simulated one is built on.
 *
 * Hot store and exporter are the production ones over a real ClickHouse engine, files lie on a real
 * disk, and the table is read back by the checkers' own reader of metadata and manifests, with the
 * rows of each file counted by ClickHouse. Only the catalog is in memory, so that answers can be
 * lost on order.
 */
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { type Connection, connect } from '../../../src/pipeline/adapters/clickhouse/client.ts';
import { createHotStore } from '../../../src/pipeline/adapters/clickhouse/hot-store.ts';
import { createLakeExporter } from '../../../src/pipeline/adapters/clickhouse/lake-exporter.ts';
import { createNativeEngine } from '../../../src/pipeline/adapters/iceberg/engine.ts';
import {
  ManualClock,
  RecordingLogger,
} from '../../../src/pipeline/adapters/iceberg/testing/lake.ts';
import { MemoryCatalog } from '../../../src/pipeline/adapters/iceberg/testing/memory-catalog.ts';
import { TidemarkError } from '../../../src/pipeline/errors.ts';
import type { LakeExporter } from '../../../src/pipeline/ports/lake.ts';
import { createLocalFiles, localPath } from '../../checkers/lake/lake-files.ts';
import { readLake } from '../../checkers/lake/lake-metadata.ts';
import { filesOf } from '../../checkers/lake/lake-state.ts';
import {
  type Running,
  startServer,
  temporaryFolder,
} from '../../environment/clickhouse-embedded/server.fixture.ts';
import { lakeEngineSuite } from './lake-engine.suite.test-kit.ts';
import {
  manifestsMergeMin,
  rowName,
  type SeenSnapshot,
  snapshotsKeptMin,
  table,
} from './lake-engine-ground.test-kit.ts';

const folder = temporaryFolder();
let server: Running;
let lakes = 0;
const closings: Array<() => Promise<void>> = [];

beforeAll(async () => {
  server = await startServer(['--data', join(folder.path, 'hot'), '--files', folder.path]);
});

afterAll(async () => {
  for (const close of closings) await close();
  await server?.end('SIGTERM');
  folder.remove();
});

/** The production exporter with one fault on order. */
function faulty(exporter: LakeExporter) {
  const next: { rows: number | null; losesAnswer: boolean } = { rows: null, losesAnswer: false };
  const write: LakeExporter['write'] = async (file) => {
    const { rows, losesAnswer } = next;
    next.rows = null;
    next.losesAnswer = false;
    const [first, ...others] = file.ranges;
    const torn =
      rows === null ? first : { ...first!, offsetLast: first!.offsetFirst + BigInt(rows - 1) };
    await exporter.write({ ...file, ranges: [torn!, ...others] });
    if (losesAnswer) throw new TidemarkError('unknown-outcome', 'planted: no answer');
  };
  return { next, exporter: { ...exporter, write } };
}

async function rowsIn(connection: Connection, uri: string): Promise<readonly string[]> {
  const rows = await connection.rows(
    `SELECT toString(partition) AS p, toString(offset) AS o FROM file('${localPath(uri)}', 'Parquet')`,
  );
  return rows.map((row) => rowName(Number(row.p), Number(row.o)));
}

async function readSnapshots(connection: Connection, pointer: string): Promise<SeenSnapshot[]> {
  const state = await readLake(createLocalFiles(), pointer);
  if (state.unreadable.length > 0) throw new Error(JSON.stringify(state.unreadable));
  const seen: SeenSnapshot[] = [];
  for (const one of state.snapshots) {
    const rows: string[] = [];
    for (const { uri } of filesOf(state, one)) rows.push(...(await rowsIn(connection, uri)));
    seen.push({
      id: `${one.snapshotId}`,
      parent: one.parentId === null ? null : `${one.parentId}`,
      sequence: Number(one.sequenceNumber),
      operation: one.operation,
      batch: one.summary['tidemark.batch-id'] ?? null,
      rowsClaimed: Number(one.summary['total-records']),
      rows: rows.sort(),
    });
  }
  return seen;
}

lakeEngineSuite('native', {
  open: async () => {
    lakes += 1;
    const database = `lake_${lakes}`;
    const access = { username: 'default', password: '', requestTimeoutMs: 60_000 };
    const options = { url: server.url, database, ...access };
    const store = createHotStore(options);
    const connection = connect(options);
    closings.push(
      () => store.close(),
      () => connection.close(),
    );
    await store.prepare();
    const warehouse = join(folder.path, database);
    mkdirSync(warehouse);
    const catalog = new MemoryCatalog();
    const { next, exporter } = faulty(createLakeExporter(connection));
    const parts = { catalog, exporter, clock: new ManualClock(), logger: new RecordingLogger() };
    const root = join(warehouse, table.namespace, table.name);
    const isDataOrManifest = (name: string) => /(\.parquet|-m\d+\.avro)$/.test(name);
    return {
      store,
      catalog,
      engine: () =>
        createNativeEngine({
          ...parts,
          warehouseUri: `file://${warehouse}`,
          snapshotsKeptMin,
          manifestsMergeMin,
        }),
      snapshots: async () => readSnapshots(connection, (await catalog.pointer(table))!),
      files: async () =>
        (existsSync(root) ? readdirSync(root, { recursive: true }) : [])
          .map(String)
          .filter(isDataOrManifest)
          .sort(),
      tearNextFile: (rows) => {
        next.rows = rows;
      },
      loseNextWrite: () => {
        next.losesAnswer = true;
      },
    };
  },
});
