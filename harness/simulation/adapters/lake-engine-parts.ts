/**
 * What the pieces of the simulated engine share: its options, the names of its steps, one attempt.
 *
 * Steps are named once, here, so that a fault can be aimed at one of them and an enumeration can
 * list those with a lasting effect. The swing is the catalog's step and not named here.
 */
import { TidemarkError } from '../../../src/pipeline/errors.ts';
import type { Catalog } from '../../../src/pipeline/ports/lake.ts';
import type { Logger } from '../../../src/pipeline/ports/logger.ts';
import type { Remote } from '../remote.ts';
import type { HotStoreMachine } from '../stores/hot-store-machine.ts';
import type { Warehouse } from '../stores/warehouse.ts';
import type { EngineGuard, EngineGuards } from '../stores/warehouse-guards.ts';

export const warehouseSteps = {
  partitions: 'store.partitions',
  writeData: 'warehouse.write-data',
  readFiles: 'store.read-files',
  writeMetadata: 'warehouse.write-metadata',
  delete: 'warehouse.delete',
} as const;

/** Steps after which the warehouse is not as it was. */
export const warehouseDurableSteps: readonly string[] = [
  warehouseSteps.writeData,
  warehouseSteps.writeMetadata,
  warehouseSteps.delete,
];

export interface SimulatedEngineOptions {
  readonly warehouse: Warehouse;
  readonly hotStore: HotStoreMachine;
  readonly catalog: Catalog;
  readonly remote: Remote;
  readonly process: string;
  readonly logger: Logger;
  /** Snapshots of the main line that always stay; default 100. */
  readonly snapshotsKeptMin?: number;
  /** Manifests that trigger a merge; default 100. */
  readonly manifestsMergeMin?: number;
  /** Planted bugs: a guard that is `false` is switched off. */
  readonly guards?: EngineGuards;
}

export type EngineParts = Required<SimulatedEngineOptions>;

export const isOn = (parts: EngineParts, guard: EngineGuard): boolean =>
  parts.guards[guard] !== false;

/** Files an attempt has made, and the version it asked for, if it came that far. */
export class Attempt {
  readonly paths: string[] = [];
  locationAsked: string | undefined;
}

export function refuseWhenAborted(parts: EngineParts, signal: AbortSignal | undefined): void {
  if (!signal?.aborted || !isOn(parts, 'abort-honoured')) return;
  throw new TidemarkError('interrupted', 'stopped before the swing; the batch is still open');
}
