/**
 * The lake engine port over the simulated warehouse and hot store.
 *
 * It takes the steps of the native engine in the same order, each as one request of a `Remote`, and
 * swings through whichever catalog it is given. The production offload stage runs on it unchanged.
 * What it does not simulate is what a file looks like inside.
 */
import { TidemarkError } from '../../../src/pipeline/errors.ts';
import type { LakeEngine, LakeTable } from '../../../src/pipeline/ports/lake.ts';
import { emptyVersion } from '../stores/warehouse-version.ts';
import { appendBatch } from './lake-engine-append.ts';
import { isMaintenanceDue, maintainTable } from './lake-engine-maintain.ts';
import {
  type EngineParts,
  type SimulatedEngineOptions,
  warehouseSteps,
} from './lake-engine-parts.ts';

export { type SimulatedEngineOptions, warehouseDurableSteps } from './lake-engine-parts.ts';

const keptDefault = 100;

/** Registers an empty table when there is none, then looks at what the catalog really has. */
async function ensureTable(parts: EngineParts, table: LakeTable): Promise<void> {
  const { catalog, remote, warehouse } = parts;
  if ((await catalog.pointer(table)) === null) {
    const name = `${table.namespace}/${table.name}/metadata/0-${warehouse.freshNumber()}`;
    const location = `${name}.metadata.json`;
    await remote.call(warehouseSteps.writeMetadata, () =>
      warehouse.writeVersion(emptyVersion(location)),
    );
    await catalog.create(table, location);
  }
  const pointer = await catalog.pointer(table);
  if (pointer === null) {
    throw new TidemarkError('table-invalid', `${table.name}: created, but not in the catalog`);
  }
  warehouse.version(pointer);
}

export function createSimulatedEngine(options: SimulatedEngineOptions): LakeEngine {
  const parts: EngineParts = {
    snapshotsKeptMin: keptDefault,
    manifestsMergeMin: keptDefault,
    guards: {},
    ...options,
  };
  return {
    ensureTable: (table) => ensureTable(parts, table),
    append: (batch, signal) => appendBatch(parts, batch, signal),
    maintenanceDue: (table) => isMaintenanceDue(parts, table),
    maintain: (batch, signal) => maintainTable(parts, batch, signal),
  };
}
