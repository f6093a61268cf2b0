/** What a caller decides about a run of the main job. */
import type { FaultName } from '../faults/fault.ts';

export interface ProveOptions {
  /**
   * Recording; without it the generator makes `records` records, and without that the recording of
   * the project is replayed.
   */
  readonly input: string | undefined;
  readonly records: number | undefined;
  readonly seed: number;
  readonly faults: readonly FaultName[];
  /** Leaves the services running for `tidemark verify` and work by hand. */
  readonly keep: boolean;
  readonly argv: readonly string[];
  /** Folder of all runs. */
  readonly outputRoot: string;
  readonly signal: AbortSignal;
  readonly onPhase: (name: string) => void;
  readonly onDetail: (text: string) => void;
  readonly onNote: (text: string) => void;
}
