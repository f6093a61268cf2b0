/**
 * Repeats a read until it works, its bound passes, or repeating can't help.
 *
 * Reads change nothing, so they may be repeated blindly; writes never come here. A TidemarkError is
 * an answer, not a failure, and goes through at once. When the bound passes the caller gets
 * `dependency-missing` with what was asked and the last reason.
 */
import { TidemarkError } from '../../errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import { remedyOf } from './broker-errors.ts';

const delayMsFirst = 50;
const delayMsMax = 1_000;
const attemptsMax = 10_000;

export interface RetryOptions {
  /** What is read, for messages: `fetch trades/0`. */
  readonly what: string;
  /** Whom we ask, for the message when nobody answers. */
  readonly addresses: () => string;
  readonly boundMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly signal?: AbortSignal | undefined;
}

export async function retryRead<T>(read: () => Promise<T>, options: RetryOptions): Promise<T> {
  const { what, clock, signal } = options;
  const start = clock.monotonicMs();
  let delayMs = delayMsFirst;
  for (let attempt = 1; ; attempt++) {
    throwIfInterrupted(what, signal);
    try {
      return await read();
    } catch (error) {
      if (error instanceof TidemarkError) throw error;
      throwIfInterrupted(what, signal);
      const reason = error instanceof Error ? error.message : String(error);
      if (remedyOf(error) === 'none') {
        throw new TidemarkError('refused', `${reason}; nothing was read`, { cause: error });
      }
      const waitedMs = clock.monotonicMs() - start;
      if (waitedMs + delayMs > options.boundMs || attempt >= attemptsMax) {
        throw new TidemarkError(
          'dependency-missing',
          `${what}: no usable answer from Kafka at ${options.addresses()} ` +
            `within ${options.boundMs} ms (${attempt} attempts, last: ${reason}); ` +
            'check that the brokers run and are reachable',
          { cause: error },
        );
      }
      options.logger.debug('kafka.read-retried', { what, attempt, delayMs, reason });
      await clock.sleep(delayMs, signal);
      delayMs = Math.min(delayMs * 2, delayMsMax);
    }
  }
}

export function interrupted(what: string): TidemarkError {
  return new TidemarkError('interrupted', `${what}: stopped by the caller`);
}

export function throwIfInterrupted(what: string, signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw interrupted(what);
}

/**
 * The promise's outcome, or `interrupted` as soon as the signal aborts; the promise itself goes on
 * unobserved.
 */
export function orInterrupted<T>(
  promise: Promise<T>,
  what: string,
  signal: AbortSignal | undefined,
): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise<T>((resolve, reject) => {
    const stop = () => reject(interrupted(what));
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
