/**
 * Time and timers. Everything in the pipeline that waits or reads a clock does it through this
 * port.
 */
export interface Clock {
  /** Milliseconds since 1970, UTC; for stamps only, it may jump. */
  nowMs(): number;
  /** Milliseconds of a clock that never goes back; for durations and bounds. */
  monotonicMs(): number;
  /** Resolves after `durationMs`, or early (never rejects) when the signal aborts. */
  sleep(durationMs: number, signal?: AbortSignal): Promise<void>;
}
