/**
 * What every lake engine promises, asked of the simulated one and of the native one alike.
 *
 * The native engine runs over the real ClickHouse and real files. What is true of one and not of
 * the other is a bug of the simulation. What a file looks like inside is not asked here; the native
 * engine has foreign readers for that.
 */
import { describe } from 'vitest';
import { appendPromises } from './lake-engine-appends.suite.test-kit.ts';
import type { LakeTwin } from './lake-engine-ground.test-kit.ts';
import { maintenancePromises } from './lake-engine-maintenance.suite.test-kit.ts';
import { swingPromises } from './lake-engine-swings.suite.test-kit.ts';

export function lakeEngineSuite(name: string, twin: LakeTwin): void {
  describe(`${name}: appends`, () => appendPromises(twin));
  describe(`${name}: swings`, () => swingPromises(twin));
  describe(`${name}: maintenance`, () => maintenancePromises(twin));
}
