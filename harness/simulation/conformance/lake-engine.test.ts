/**
 * The simulated lake engine keeps the promises of the native one.
 */

import { MemoryCatalog } from '../../../src/pipeline/adapters/iceberg/testing/memory-catalog.ts';
import { TidemarkError } from '../../../src/pipeline/errors.ts';
import type { Logger } from '../../../src/pipeline/ports/logger.ts';
import { createSimulatedHotStore } from '../adapters/hot-store.ts';
import { createSimulatedEngine } from '../adapters/lake-engine.ts';
import { warehouseSteps } from '../adapters/lake-engine-parts.ts';
import { directRemote, type Remote } from '../remote.ts';
import { HotStoreMachine } from '../stores/hot-store-machine.ts';
import { Warehouse } from '../stores/warehouse.ts';
import { lakeEngineSuite } from './lake-engine.suite.test-kit.ts';
import {
  manifestsMergeMin,
  rowName,
  snapshotsKeptMin,
  table,
} from './lake-engine-ground.test-kit.ts';

const silent: Logger = { debug() {}, info() {}, warn() {}, error() {} };

lakeEngineSuite('simulated', {
  open: async () => {
    const observe = () => undefined;
    const machine = new HotStoreMachine({ observe, deduplicationWindow: 100 });
    const warehouse = new Warehouse(observe);
    const catalog = new MemoryCatalog();
    let losesWrite = false;
    const remote: Remote = {
      ...directRemote,
      run: async (step, begin, finish) => {
        const result = await directRemote.run(step, begin, finish);
        if (step !== warehouseSteps.writeData || !losesWrite) return result;
        losesWrite = false;
        throw new TidemarkError('unknown-outcome', 'planted: no answer');
      },
    };
    const parts = { warehouse, hotStore: machine, catalog, remote, process: 'one', logger: silent };
    const snapshots = async () => {
      const { snapshots: all } = warehouse.version((await catalog.pointer(table))!);
      return all.map((one) => ({
        id: `${one.snapshotId}`,
        parent: one.parentId === null ? null : `${one.parentId}`,
        sequence: one.sequenceNumber,
        operation: one.operation,
        batch: one.batch,
        rowsClaimed: one.rowsClaimed,
        rows: warehouse
          .readSnapshot(one)
          .map(({ row }) => rowName(row.partition, row.offset))
          .sort(),
      }));
    };
    return {
      store: createSimulatedHotStore(machine, directRemote, 'one'),
      catalog,
      engine: () => createSimulatedEngine({ ...parts, snapshotsKeptMin, manifestsMergeMin }),
      snapshots,
      files: async () => warehouse.paths().toSorted(),
      tearNextFile: (rows) => warehouse.tearNext(rows),
      loseNextWrite: () => {
        losesWrite = true;
      },
    };
  },
});
