/**
 * Virtual time: the kernel takes the next event, lets it run, and waits until everything that it
 * woke has come to rest before it takes the one after.
 *
 * The production code runs in ordinary promises. It can only wait for answers and timers, and both
 * come from this agenda, so when Node has no microtask left the whole simulated world stands still
 * and time can jump. Nothing here is random: which number comes next is decided by the schedule's
 * choices, and 0 is what an exhausted list gives.
 */
import { EventQueue } from './event-queue.ts';

/** A run that does this much has lost its way: a loop without waiting, or a fault without end. */
export const eventsMaxDefault = 40_000;

/** Time is counted in so many parts of a millisecond, so that sums of delays stay exact. */
const ticksPerMs = 8;

/** By name, because a planted bug brings a copy of this file along, and so another class. */
export const endlessRunName = 'EndlessRunError';

/** A run without end was cut off. */
export class EndlessRunError extends Error {
  override readonly name = endlessRunName;
}

export interface Timer {
  cancel(): void;
}

export class Kernel {
  readonly #agenda = new EventQueue();
  readonly #choices: readonly number[];
  readonly #eventsMax: number;
  #choice = 0;
  #nowMs = 0;
  #events = 0;
  #woken = false;
  #failure: { readonly error: unknown } | null = null;

  constructor(choices: readonly number[], eventsMax = eventsMaxDefault) {
    this.#choices = choices;
    this.#eventsMax = eventsMax;
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  get events(): number {
    return this.#events;
  }

  /** The next choice as a number from 0 to `bound` - 1. */
  choose(bound: number): number {
    const value = this.#choices[this.#choice];
    if (value === undefined) return 0;
    this.#choice += 1;
    return value % bound;
  }

  /** Never early; up to an eighth of a millisecond late. */
  after(delayMs: number, run: () => void): Timer {
    const atMs = Math.ceil((this.#nowMs + delayMs) * ticksPerMs) / ticksPerMs;
    const event = this.#agenda.add(atMs, run);
    return {
      cancel: () => {
        event.cancelled = true;
      },
    };
  }

  /** Code of a process was woken; time stands still until it waits again. */
  wake(): void {
    this.#woken = true;
  }

  /** A defect of the simulation itself: ends the run with this error. */
  fail(error: unknown): void {
    this.#failure ??= { error };
  }

  /**
   * Runs until the condition holds (true) or everything up to `untilMs` has happened (false).
   * Rejects when the simulation itself failed, and with `EndlessRunError` after so many events.
   */
  async run(untilMs: number, condition: () => boolean): Promise<boolean> {
    // What was started before the first event has to come to rest as well.
    await atRest();
    for (;;) {
      if (this.#failure !== null) throw this.#failure.error;
      if (condition()) return true;
      const event = this.#agenda.takeUntil(untilMs);
      if (event === undefined) {
        this.#nowMs = Math.max(this.#nowMs, untilMs);
        return false;
      }
      this.#nowMs = event.atMs;
      this.#events += 1;
      if (this.#events > this.#eventsMax) {
        throw new EndlessRunError(`the run did not end within ${this.#eventsMax} events`);
      }
      event.run();
      if (this.#woken) {
        this.#woken = false;
        await atRest();
      }
    }
  }
}

/** An error that no service and no stage throws on purpose: a bug, of whoever wrote the code. */
export function isDefect(error: unknown): boolean {
  if (!(error instanceof Error)) return true;
  return [TypeError, ReferenceError, RangeError, SyntaxError].some((kind) => error instanceof kind);
}

/** Node runs a tick only when no microtask is left, so this resolves when everything waits. */
export function atRest(): Promise<void> {
  return new Promise((resolve) => {
    process.nextTick(resolve);
  });
}
