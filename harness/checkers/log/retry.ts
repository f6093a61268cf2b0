/**
 * Tries a read again while its error says that this can help, with a pause that doubles, up to a
 * named maximum.
 *
 * Only reads come here. The count starts anew whenever the caller reports progress, so a long pass
 * may survive many faults, but standing still ends in the last error.
 */
import { systemClock } from '../../system-clock.ts';
import { toLogReadError } from './log-error.ts';

export interface RetryPolicy {
  /** Failures in a row without progress in between. */
  readonly attemptsMax: number;
  readonly pauseMsFirst: number;
  readonly pauseMsMax: number;
}

/** Half a minute of pauses: a broker that was killed and starts again is back by then. */
export const patientRetries: RetryPolicy = {
  attemptsMax: 19,
  pauseMsFirst: 100,
  pauseMsMax: 2_000,
};

/**
 * A topic that was just made may be unknown for a second or two; one that stays unknown is not
 * there.
 */
const missingAttemptsMax = 6;

export class Attempts {
  readonly #policy: RetryPolicy;
  #failed = 0;

  constructor(policy: RetryPolicy = patientRetries) {
    this.#policy = policy;
  }

  progress(): void {
    this.#failed = 0;
  }

  /** Pauses if `error` may be tried again; else throws it. */
  async failed(error: unknown): Promise<void> {
    const readError = toLogReadError(error);
    const { pauseMsFirst, pauseMsMax } = this.#policy;
    const missing = readError.code === 'TOPIC_MISSING';
    const attemptsMax = Math.min(this.#policy.attemptsMax, missing ? missingAttemptsMax : Infinity);
    this.#failed += 1;
    if (!readError.retryable || this.#failed >= attemptsMax) throw readError;
    await systemClock.sleep(Math.min(pauseMsFirst * 2 ** (this.#failed - 1), pauseMsMax));
  }
}

/** Runs `read` until it succeeds; `repair` runs before each new try. */
export async function withRetries<T>(
  read: () => Promise<T>,
  repair: () => void = () => {},
  policy: RetryPolicy = patientRetries,
): Promise<T> {
  const attempts = new Attempts(policy);
  for (;;) {
    try {
      return await read();
    } catch (error) {
      repair();
      await attempts.failed(error);
    }
  }
}
