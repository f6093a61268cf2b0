/**
 * What a planted bug is: one mechanism taken out, where it came from, and the name under which a
 * checker has to report it.
 *
 * A bug is planted in one of two ways, or both: a line of defence of a simulated service is
 * switched off (`guards`), or a text of the production code is replaced while it is loaded
 * (`edits`, `patched-modules.ts`). Neither can be reached from production wiring. Where a mechanism
 * stands behind another one that would hide its absence, both have to go, and the entry says so.
 */

import type { ErrorCode } from '../../src/pipeline/errors.ts';
import type { FoilOptions } from '../foil/foil.ts';
import type { Schedule } from '../simulation/schedule/schedule.ts';
import type { SwarmProfile } from '../simulation/schedule/swarm.ts';
import type { Guards } from '../simulation/system/pipeline-stores.ts';
import type { TextEdit } from './patch.ts';

export interface PlantedBug {
  /** `A3`, `B12`, `C5`: the group's letter and a number. */
  readonly id: string;
  readonly group: 'A' | 'B' | 'C' | 'G' | 'P';
  /** What is wrong, in a sentence. */
  readonly title: string;
  /** Upstream issue, defect of the hand-off, or window. */
  readonly from: string;
  /** Row of the windows' table, for group C and where it fits. */
  readonly window: number | null;
  readonly system: 'pipeline' | 'foil';
  /** Each of these names the bug; the first is the one to expect. */
  readonly expected: readonly string[];
  readonly guards?: Guards;
  readonly edits?: readonly TextEdit[];
  /** The sound pipeline cannot survive the schedule either: it has to stop with this error. */
  readonly stopsWith?: ErrorCode;
  /** How the foil is set up. */
  readonly foil?: FoilOptions;
  /** Which schedules are drawn to find it. */
  readonly profile?: SwarmProfile;
  /** A schedule that shows it for sure, where drawing one would not be honest or not be quick. */
  readonly schedule?: Schedule;
}
