/**
 * Starts the processes of a simulated system, and starts them again: after a crash, after a clean
 * end, and after an error that ended the service.
 *
 * Every platform has something like it (systemd, Kubernetes), and the protocol may rely on nothing
 * more: that a dead process is started again at some time. A paused process is not dead and is left
 * alone: others of its kind take over what it held, and it wakes beside them.
 */
import { errorCode } from '../../../src/pipeline/errors.ts';
import type { HistoryFact } from '../../checkers/history/history.ts';
import { isDefect, type Kernel } from './kernel.ts';
import { Life } from './process.ts';

/** What a process runs; resolves when it ended by itself or was asked to. */
export type Main = (life: Life) => Promise<void>;

/** A service that fails more often than this in one run is left alone. */
const failuresMax = 12;
const restartAfterFailureMs = 1_000;

interface Slot {
  readonly main: Main;
  life: Life | null;
  lives: number;
  failures: number;
  clockSkewMs: number;
}

export class Supervisor {
  readonly #kernel: Kernel;
  readonly #record: (fact: HistoryFact) => void;
  readonly #slots = new Map<string, Slot>();
  /** Lives that were asked to end, and how long after their end the next one starts. */
  readonly #restartMs = new WeakMap<Life, number>();

  constructor(kernel: Kernel, record: (fact: HistoryFact) => void) {
    this.#kernel = kernel;
    this.#record = record;
  }

  add(process: string, main: Main): void {
    this.#slots.set(process, { main, life: null, lives: 0, failures: 0, clockSkewMs: 0 });
    this.#start(process);
  }

  crash(life: Life, restartMs: number): void {
    if (!life.alive) return;
    life.kill();
    this.#record({ type: 'process', process: life.process, state: 'crashed' });
    this.#startAfter(life, restartMs);
  }

  /** SIGTERM; what the service does then is its own code. */
  askToEnd(life: Life, restartMs: number): void {
    if (!life.alive || life.stop.signal.aborted) return;
    this.#restartMs.set(life, restartMs);
    this.#kernel.after(0, () => life.deliver(() => life.stop.abort()));
  }

  pause(life: Life, ms: number): void {
    if (!life.alive || life.paused) return;
    life.pause();
    this.#record({ type: 'process', process: life.process, state: 'paused' });
    this.#kernel.after(ms, () => this.#wake(life));
  }

  skewClock(life: Life, ms: number): void {
    this.#slots.get(life.process)!.clockSkewMs += ms;
    life.skewClock(ms);
  }

  /** Wakes who is paused and starts who is dead. */
  heal(): void {
    for (const [process, slot] of this.#slots) {
      if (slot.life?.paused) this.#wake(slot.life);
      if (slot.life === null || !slot.life.alive) this.#start(process);
      slot.failures = 0;
    }
  }

  #wake(life: Life): void {
    if (!life.alive || !life.paused) return;
    this.#record({ type: 'process', process: life.process, state: 'woken' });
    life.wake();
  }

  #start(process: string): void {
    const slot = this.#slots.get(process)!;
    slot.lives += 1;
    const life = new Life(this.#kernel, process, slot.lives, slot.clockSkewMs);
    slot.life = life;
    this.#record({ type: 'process', process, state: 'started' });
    this.#kernel.wake();
    slot.main(life).then(
      () => this.#ended(life),
      (error: unknown) => this.#failed(life, error),
    );
  }

  #startAfter(life: Life, restartMs: number): void {
    this.#kernel.after(restartMs, () => {
      if (this.#slots.get(life.process)!.life === life) this.#start(life.process);
    });
  }

  #ended(life: Life): void {
    if (!life.alive) return;
    life.kill();
    this.#record({ type: 'process', process: life.process, state: 'stopped' });
    const restartMs = this.#restartMs.get(life);
    if (restartMs !== undefined) this.#startAfter(life, restartMs);
  }

  #failed(life: Life, error: unknown): void {
    if (!life.alive) return;
    life.kill();
    const slot = this.#slots.get(life.process)!;
    slot.failures += 1;
    const message = error instanceof Error ? error.message : String(error);
    this.#record({
      type: 'service-failed',
      process: life.process,
      code: errorCode(error),
      message,
    });
    if (isDefect(error)) this.#kernel.fail(error);
    if (slot.failures <= failuresMax) this.#startAfter(life, restartAfterFailureMs);
  }
}
