/**
 * Tries a read again while its error says that this can help, with a pause that doubles, up to a
 * named maximum.
 *
 * Only reads come here. The count starts anew whenever the caller reports progress, so a long pass
 * may survive many faults, but standing still ends in the last error.
 */
import { systemClock } from '../../system-clock.ts';
import { toLogReadError } from './log-error.ts';

/** Together about nine seconds of pauses: the election of a leader takes up to five. */
export const attemptsMax = 9;
const pauseMsFirst = 100;
const pauseMsMax = 2_000;

export class Attempts {
  #failed = 0;

  progress(): void {
    this.#failed = 0;
  }

  /** Pauses if `error` may be tried again; else throws it. */
  async failed(error: unknown): Promise<void> {
    const readError = toLogReadError(error);
    this.#failed += 1;
    if (!readError.retryable || this.#failed >= attemptsMax) throw readError;
    await systemClock.sleep(Math.min(pauseMsFirst * 2 ** (this.#failed - 1), pauseMsMax));
  }
}

/** Runs `read` until it succeeds; `repair` runs before each new try. */
export async function withRetries<T>(
  read: () => Promise<T>,
  repair: () => void = () => {},
): Promise<T> {
  const attempts = new Attempts();
  for (;;) {
    try {
      return await read();
    } catch (error) {
      repair();
      await attempts.failed(error);
    }
  }
}
