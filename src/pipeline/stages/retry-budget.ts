/**
 * How long a stage keeps looking again before it gives up.
 *
 * A budget counts consecutive failures and remembers when they began; progress resets it. What is
 * retried is always a look at the ledger and the table, never a blind repetition of a write.
 */
import { TidemarkError } from '../errors.ts';
import type { Clock } from '../ports/clock.ts';

export interface RetryBudget {
  failures: number;
  /** Monotonic milliseconds of the first failure in a row. */
  sinceMs: number | null;
}

const backoffMsMin = 50;
const backoffMsMax = 2_000;

/** Waits double from 50 ms to 2 s. */
export function backoffMs(budget: RetryBudget): number {
  return Math.min(backoffMsMax, backoffMsMin * 2 ** Math.min(budget.failures - 1, 10));
}

/** Counts one failure; throws it, wrapped, when the outage has lasted longer than allowed. */
export function spend(
  budget: RetryBudget,
  clock: Clock,
  outageMsMax: number,
  error: unknown,
): void {
  budget.failures += 1;
  budget.sinceMs ??= clock.monotonicMs();
  const lastedMs = clock.monotonicMs() - budget.sinceMs;
  if (lastedMs <= outageMsMax) return;
  throw new TidemarkError(
    'refused',
    `gave up after ${budget.failures} failures in ${Math.round(lastedMs)} ms; the last one: ${String(error)}`,
    { cause: error },
  );
}
