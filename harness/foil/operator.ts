/**
 * Somebody at a keyboard: what was done to the foil by hand, and when.
 *
 * Runs started by hand are runs like any other, and several may be started at once. Setting the
 * watermark back is what the runbooks call recovery. Both go to the database like everything else.
 * Faults of a schedule strike at steps; this is for days whose clock is known.
 */
import type { Clock } from '../../src/pipeline/ports/clock.ts';
import { epochStartMs } from '../simulation/kernel/process.ts';
import type { Remote } from '../simulation/remote.ts';

export interface Operation {
  /** Virtual time since the start of the run. */
  readonly atMs: number;
  readonly do: 'start-runs' | 'reset-watermarks';
  /** Runs to start; unused otherwise. */
  readonly runs?: number;
}

export interface OperatorParts {
  readonly clock: Clock;
  readonly remote: Remote;
  readonly startRun: () => void;
  readonly resetWatermarks: () => void;
}

/** In the order of their times; those whose time has passed are left out. */
export async function operate(
  { clock, remote, startRun, resetWatermarks }: OperatorParts,
  operations: readonly Operation[],
  signal: AbortSignal,
): Promise<void> {
  for (const operation of operations) {
    const waitMs = epochStartMs + operation.atMs - clock.nowMs();
    if (waitMs < 0) continue;
    await clock.sleep(waitMs, signal);
    if (signal.aborted) return;
    await remote.call(`ledger.${operation.do}`, () => {
      if (operation.do === 'reset-watermarks') resetWatermarks();
      else for (let run = 0; run < (operation.runs ?? 1); run += 1) startRun();
    });
  }
}
