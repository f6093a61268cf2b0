/**
 * What the engine's files share: the ports they work on, and the limits.
 *
 * It is one value that every step of an attempt gets, so that no step reaches for a clock, a
 * catalog or a random source by itself. There is no code here, only the shape.
 */
import type { Clock } from '../../ports/clock.ts';
import type { Catalog, LakeExporter } from '../../ports/lake.ts';
import type { Logger } from '../../ports/logger.ts';
import type { RandomBytes } from './random.ts';
import type { TableStore } from './table-store.ts';

export interface EngineParts {
  readonly catalog: Catalog;
  readonly exporter: LakeExporter;
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly logger: Logger;
  readonly store: TableStore;
  /** Defaults for what the table's own properties may override. */
  readonly snapshotsKeptMin: number;
  readonly snapshotAgeMsMax: number;
  readonly manifestsMergeMin: number;
}
