/**
 * The native engine: Iceberg commits made by this process, without a JVM.
 *
 * ClickHouse writes the Parquet files through the `LakeExporter`; here they get their field ids,
 * are proved against the ledger's digests, and are described by manifests and metadata; the
 * `Catalog` swings the pointer in the transaction that also closes the batch in the ledger. Any
 * Iceberg v2 reader or writer can use the tables in between. The engine decides nothing about
 * retries: each call is one attempt, and the ledger says how it ended.
 */
import { TidemarkError } from '../../errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Catalog, LakeEngine, LakeExporter, LakeTable } from '../../ports/lake.ts';
import type { Logger } from '../../ports/logger.ts';
import { appendBatch } from './append.ts';
import { createFile, localPath, makeFolder, syncFolder } from './durable-files.ts';
import { isMaintenanceDue, maintainTable } from './maintain.ts';
import { checkShape, newTableMetadata } from './new-table.ts';
import { listOrphans, type Orphan } from './orphans.ts';
import type { EngineParts } from './parts.ts';
import { type RandomBytes, randomUuid, systemRandom } from './random.ts';
import { metadataText } from './table-metadata.ts';
import { TableStore } from './table-store.ts';

export interface NativeEngineOptions {
  readonly catalog: Catalog;
  readonly exporter: LakeExporter;
  /** `file:` URI of the folder for tables, without characters that a URI would escape. */
  readonly warehouseUri: string;
  readonly clock: Clock;
  readonly random?: RandomBytes;
  readonly logger: Logger;
  /** Snapshots of the main branch that always stay; default 100. */
  readonly snapshotsKeptMin?: number;
  /** Older snapshots expire beyond those, in milliseconds; default 0 = by count only. */
  readonly snapshotAgeMsMax?: number;
  /** Small manifests that trigger a merge; default 100. */
  readonly manifestsMergeMin?: number;
}

export interface NativeEngine extends LakeEngine {
  /**
   * Files that the current metadata does not lead to and that are older than `olderThanMs`; deletes
   * nothing.
   */
  listOrphans(table: LakeTable, olderThanMs: number): Promise<readonly Orphan[]>;
}

/**
 * Iceberg locations are compared as text, and engines disagree on escapes; so there must be none.
 */
function checkedWarehouse(uri: string): string {
  const trimmed = uri.replace(/\/+$/, '');
  localPath(trimmed);
  if (/^[A-Za-z0-9:/._~+=@,-]+$/.test(trimmed)) return trimmed;
  throw new TidemarkError('config-invalid', `warehouse ${uri}: use a path of plain characters`);
}

/** Registers an empty table when there is none, then looks at what the catalog really has. */
async function ensureTable(
  parts: EngineParts,
  warehouseUri: string,
  table: LakeTable,
): Promise<void> {
  if ((await parts.catalog.pointer(table)) === null) {
    const location = `${warehouseUri}/${table.namespace}/${table.name}`;
    const folder = localPath(`${location}/metadata`);
    await makeFolder(folder);
    await makeFolder(localPath(`${location}/data`));
    const name = `00000-${randomUuid(parts.random)}.metadata.json`;
    const metadata = newTableMetadata(location, randomUuid(parts.random), parts.clock.nowMs());
    await createFile(`${folder}/${name}`, metadataText(metadata));
    await syncFolder(folder);
    await parts.catalog.create(table, `${location}/metadata/${name}`);
  }
  const pointer = await parts.catalog.pointer(table);
  const tableName = `${table.catalog}.${table.namespace}.${table.name}`;
  if (pointer === null) {
    throw new TidemarkError('table-invalid', `${tableName}: created, but not in the catalog`);
  }
  const { metadata } = await parts.store.version(pointer);
  checkShape(metadata, pointer);
}

/**
 * An engine for tables under `warehouseUri`; fails with `config-invalid` when that is no plain
 * local location.
 */
export function createNativeEngine(options: NativeEngineOptions): NativeEngine {
  const warehouseUri = checkedWarehouse(options.warehouseUri);
  const parts: EngineParts = {
    catalog: options.catalog,
    exporter: options.exporter,
    clock: options.clock,
    random: options.random ?? systemRandom,
    logger: options.logger,
    store: new TableStore(),
    snapshotsKeptMin: options.snapshotsKeptMin ?? 100,
    snapshotAgeMsMax: options.snapshotAgeMsMax ?? 0,
    manifestsMergeMin: options.manifestsMergeMin ?? 100,
  };
  return {
    ensureTable: (table) => ensureTable(parts, warehouseUri, table),
    append: (batch, signal) => appendBatch(parts, batch, signal),
    maintenanceDue: (table) => isMaintenanceDue(parts, table),
    maintain: (batch, signal) => maintainTable(parts, batch, signal),
    listOrphans: (table, olderThanMs) => listOrphans(parts, table, olderThanMs),
  };
}
