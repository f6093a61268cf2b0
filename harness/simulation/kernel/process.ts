/**
 * A simulated process: it lives, stands still, dies and is started again.
 *
 * The code of a process is an ordinary async function. Killing it means that nothing it waits for
 * ever comes: the promises stay open, and no call of a dead life does anything. A paused process
 * (SIGSTOP) gets its answers and timers all at once when it wakes, and does not know that time has
 * passed. Every start is a new `Life` with a clock and ports of its own.
 */
import type { Clock } from '../../../src/pipeline/ports/clock.ts';
import type { Kernel } from './kernel.ts';

/** One start of a process, up to its end. */
export class Life {
  readonly process: string;
  readonly number: number;
  /** Aborts when the process is asked to end (SIGTERM). */
  readonly stop = new AbortController();
  readonly #kernel: Kernel;
  #alive = true;
  #paused = false;
  #held: Array<() => void> = [];
  #clockSkewMs: number;

  constructor(kernel: Kernel, process: string, number: number, clockSkewMs: number) {
    this.#kernel = kernel;
    this.process = process;
    this.number = number;
    this.#clockSkewMs = clockSkewMs;
  }

  get alive(): boolean {
    return this.#alive;
  }

  get paused(): boolean {
    return this.#paused;
  }

  get clockSkewMs(): number {
    return this.#clockSkewMs;
  }

  skewClock(ms: number): void {
    this.#clockSkewMs += ms;
  }

  /** Something reaches the process: now, when it wakes, or never. */
  deliver(wake: () => void): void {
    if (!this.#alive) return;
    if (this.#paused) {
      this.#held.push(wake);
      return;
    }
    this.#kernel.wake();
    wake();
  }

  kill(): void {
    this.#alive = false;
    this.#held = [];
  }

  pause(): void {
    this.#paused = true;
  }

  wake(): void {
    if (!this.#paused || !this.#alive) return;
    this.#paused = false;
    const held = this.#held;
    this.#held = [];
    for (const one of held) this.deliver(one);
  }

  /** Time and timers of this life; nothing wakes it once it is dead. */
  readonly clock: Clock = {
    nowMs: () => epochStartMs + this.#kernel.nowMs + this.#clockSkewMs,
    monotonicMs: () => this.#kernel.nowMs,
    sleep: (durationMs, signal) => {
      if (signal?.aborted === true) return Promise.resolve();
      return new Promise((resolve) => {
        const onAbort = () => {
          timer.cancel();
          resolve();
        };
        const timer = this.#kernel.after(durationMs, () =>
          this.deliver(() => {
            signal?.removeEventListener('abort', onAbort);
            resolve();
          }),
        );
        signal?.addEventListener('abort', onAbort, { once: true });
      });
    },
  };
}

/** When simulated time begins, in milliseconds since 1970. */
export const epochStartMs = 1_723_161_600_000;
