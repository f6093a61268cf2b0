/** What a lane is: a name for the command line, a title for people, and a way to measure. */
import type { Bench } from '../bench-context.ts';
import type { LaneReport } from '../report.ts';

export interface Lane {
  readonly name: string;
  /** False: runs only when it is named. */
  readonly isDefault: boolean;
  run(bench: Bench): Promise<LaneReport>;
}
