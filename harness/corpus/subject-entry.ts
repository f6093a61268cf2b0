/**
 * The simulation as one module graph: the entry that a planted bug is loaded through.
 *
 * Whoever imports it with a patch gets the services, the simulated stores and the runner anew, with
 * the bug in them; the checkers are not part of the graph and stay what they are.
 */

import type { Logger } from '../../src/pipeline/ports/logger.ts';
import { buildFoil, type FoilOptions } from '../foil/foil.ts';
import { type Run, runSchedule } from '../simulation/run-schedule.ts';
import type { Schedule } from '../simulation/schedule/schedule.ts';
import type { Guards } from '../simulation/system/pipeline-stores.ts';
import { buildPipeline } from '../simulation/system/pipeline-system.ts';
import { silentLogger } from '../simulation/system/silent-logger.ts';

export interface Subject {
  run(schedule: Schedule, everyFaultMustBite: boolean): Promise<Run>;
}

export interface SubjectOptions {
  readonly guards?: Guards;
  readonly foil?: FoilOptions;
  readonly logger?: Logger;
  /** A bug can make a run go round for ever; it is then cut off sooner. */
  readonly eventsMax?: number;
}

export function makeSubject(options: SubjectOptions = {}): Subject {
  const { guards = {}, foil = {}, logger = silentLogger, eventsMax } = options;
  const pipeline = buildPipeline({ guards, logger });
  return {
    run: (schedule, everyFaultMustBite) =>
      runSchedule(schedule, {
        build: schedule.settings.system === 'foil' ? buildFoil(foil) : pipeline,
        everyFaultMustBite,
        ...(eventsMax === undefined ? {} : { eventsMax }),
      }),
  };
}
