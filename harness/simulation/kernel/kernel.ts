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
export const eventsMax = 200_000;

export interface Timer {
  cancel(): void;
}

export class Kernel {
  readonly #agenda = new EventQueue();
  readonly #choices: readonly number[];
  #choice = 0;
  #nowMs = 0;
  #events = 0;
  #woken = false;
  #failure: { readonly error: unknown } | null = null;

  constructor(choices: readonly number[]) {
    this.#choices = choices;
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

  after(delayMs: number, run: () => void): Timer {
    const event = this.#agenda.add(this.#nowMs + delayMs, run);
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
   * Runs until the condition holds (true) or virtual time passes `untilMs` (false). Rejects when
   * the simulation itself failed or went on for more than `eventsMax` events.
   */
  async run(untilMs: number, condition: () => boolean): Promise<boolean> {
    // What was started before the first event has to come to rest as well.
    await atRest();
    for (;;) {
      if (condition()) return true;
      const event = this.#agenda.take();
      if (event === undefined) return false;
      if (event.atMs > untilMs) {
        this.#nowMs = untilMs;
        this.#agenda.add(event.atMs, event.run);
        return false;
      }
      this.#nowMs = event.atMs;
      this.#events += 1;
      if (this.#events > eventsMax) throw new Error(`more than ${eventsMax} events in one run`);
      event.run();
      if (this.#woken) {
        this.#woken = false;
        await atRest();
      }
      if (this.#failure !== null) throw this.#failure.error;
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
