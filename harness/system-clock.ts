/**
 * Time for the harness: stamps, durations, timers, and waiting for a named condition with a bound.
 *
 * The harness shares no code with the pipeline, so it has a clock of its own. `waitFor` is the only
 * way to wait: it names what it waited for when the bound passes, and says what it saw last.
 */

export const systemClock = {
  nowMs: (): number => Date.now(),
  monotonicMs: (): number => performance.now(),
  sleep: (durationMs: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const done = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, durationMs);
      signal?.addEventListener('abort', done, { once: true });
    }),
};

export interface WaitOptions {
  /** What is waited for, as it should stand in the error: `ClickHouse answers /ping`. */
  readonly condition: string;
  readonly boundMs: number;
  readonly pollMs?: number;
  readonly signal?: AbortSignal;
}

/**
 * Polls `probe` until it gives a value other than null or false. A probe that throws counts as "not
 * yet"; its error becomes the cause when the bound passes. Rejects with an Error that names the
 * condition and the bound.
 */
export async function waitFor<T>(
  probe: () => Promise<T | null | false> | T | null | false,
  options: WaitOptions,
): Promise<T> {
  const start = systemClock.monotonicMs();
  let lastError: unknown;
  for (;;) {
    options.signal?.throwIfAborted();
    try {
      const value = await probe();
      if (value !== null && value !== false) return value;
      lastError = undefined;
    } catch (error) {
      lastError = error;
    }
    if (systemClock.monotonicMs() - start >= options.boundMs) {
      throw new Error(`not true after ${options.boundMs} ms: ${options.condition}`, {
        cause: lastError,
      });
    }
    await systemClock.sleep(options.pollMs ?? 50, options.signal);
  }
}
