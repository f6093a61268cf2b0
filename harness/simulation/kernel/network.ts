/**
 * Everything that lies between a client and a service: delay, loss, repetition, partitions, and the
 * faults of the schedule at their three points.
 *
 * A request goes out (point `before`), takes effect at the service, the answer comes back (point
 * `applied-unanswered` on the way, `answered` when the client has it). Whatever is lost ends at the
 * client as `unknown-outcome` once it has lost patience; a service that is down refuses at once
 * (`dependency-missing`). This file decides when things happen; what an action does to processes
 * and services is said in `actions.ts`.
 */
import { TidemarkError } from '../../../src/pipeline/errors.ts';
import type { Remote } from '../remote.ts';
import type { FaultPoint, ServiceName } from '../schedule/schedule.ts';
import type { FaultBook, Step, StruckAction } from './fault-book.ts';
import { isDefect, type Kernel } from './kernel.ts';
import type { Life } from './process.ts';
import { clientTimeoutMs, type Service } from './service.ts';

/** Milliseconds on the wire or at work, by choice; 0 is the ordinary case. */
const latenciesMs = [0.375, 0.25, 0.5, 0.75, 1.5, 3, 8, 25] as const;

/** What an action left of the message that it struck. */
export interface Struck {
  /** The message does not arrive; after so long the client knows that no answer will come. */
  lostAfterMs?: number;
  delayMs?: number;
  duplicateAfterMs?: number;
  slowMs?: number;
}

export interface NetworkParts {
  readonly kernel: Kernel;
  readonly book: FaultBook;
  readonly services: Readonly<Record<ServiceName, Service>>;
  /** Whether the action means anything at this point of a request of this life. */
  canBite(struck: StruckAction, point: FaultPoint['point'], life: Life): boolean;
  /** Carries out what is no matter of messages; tells what became of the message. */
  act(struck: StruckAction, life: Life): Struck;
  isPartitioned(process: string, service: ServiceName): boolean;
  /** Something will happen on purpose at this time; the run must not end before. */
  lateUntil(atMs: number): void;
}

export function createRemote(parts: NetworkParts, life: Life): Remote {
  const run = <A, T>(step: string, begin: () => A, finish: (started: A) => T): Promise<T> => {
    // A promise of its own: one for all would hold on to everything that ever waited for it.
    if (!life.alive) return new Promise(nothing);
    return new Promise<T>((resolve, reject) =>
      new Request(parts, life, step, begin, finish, resolve, reject).send(),
    );
  };
  return { run, call: (step, effect) => run(step, nothing, effect) };
}

const nothing = (): undefined => undefined;

const serviceOf = (step: string): ServiceName => {
  const name = step.slice(0, step.indexOf('.'));
  return (name === 'catalog' ? 'ledger' : name) as ServiceName;
};

class Request<A, T> {
  readonly #parts: NetworkParts;
  readonly #life: Life;
  readonly #begin: () => A;
  readonly #finish: (started: A) => T;
  readonly #resolve: (value: T) => void;
  readonly #reject: (error: unknown) => void;
  readonly #service: Service;
  readonly #step: Step;
  readonly #occurrence: number;
  #settled = false;
  #sentAtMs = 0;
  #slowMs = 0;

  constructor(
    parts: NetworkParts,
    life: Life,
    step: string,
    begin: () => A,
    finish: (started: A) => T,
    resolve: (value: T) => void,
    reject: (error: unknown) => void,
  ) {
    this.#parts = parts;
    this.#life = life;
    this.#begin = begin;
    this.#finish = finish;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#service = parts.services[serviceOf(step)];
    this.#step = parts.book.take(life.process, step);
    this.#occurrence = this.#step.count;
  }

  send(): void {
    const struck = this.#pass('before');
    if (this.#life.paused) this.#life.deliver(() => this.#goOut(struck));
    else if (this.#life.alive) this.#goOut(struck);
  }

  #goOut({ lostAfterMs, delayMs = 0, duplicateAfterMs, slowMs = 0 }: Struck): void {
    const { kernel, lateUntil } = this.#parts;
    this.#sentAtMs = kernel.nowMs;
    this.#slowMs = slowMs;
    this.#repeatAfter(duplicateAfterMs);
    if (lostAfterMs !== undefined) {
      this.#loseAfter(lostAfterMs);
      return;
    }
    if (delayMs + slowMs > 0) lateUntil(kernel.nowMs + delayMs + slowMs);
    this.#impatient(delayMs + slowMs);
    kernel.after(delayMs + this.#latencyMs(), () => this.#arrive());
  }

  #arrive(): void {
    if (this.#unreachable()) return;
    let started: A;
    try {
      started = this.#begin();
    } catch (error) {
      if (isDefect(error)) this.#parts.kernel.fail(error);
      this.#answer(() => this.#reject(error));
      return;
    }
    const { generation } = this.#service;
    if (this.#begin === (nothing as unknown) && this.#slowMs === 0) this.#takeEffect(started);
    else {
      this.#parts.kernel.after(this.#latencyMs() + this.#slowMs, () => {
        if (this.#service.generation === generation) this.#takeEffect(started);
        else this.#loseAfter(0);
      });
    }
  }

  #unreachable(): boolean {
    if (this.#parts.isPartitioned(this.#life.process, this.#service.name)) {
      this.#loseAfter(this.#patienceMs());
      return true;
    }
    if (this.#service.up) return false;
    const message = `no ${this.#service.name}: connection refused`;
    this.#answer(() => this.#reject(new TidemarkError('dependency-missing', message)));
    return true;
  }

  #takeEffect(started: A): void {
    let end: () => void;
    try {
      const value = this.#finish(started);
      end = () => this.#resolve(value);
    } catch (error) {
      if (isDefect(error)) this.#parts.kernel.fail(error);
      end = () => this.#reject(error);
    }
    const { generation } = this.#service;
    const { lostAfterMs, delayMs = 0, duplicateAfterMs } = this.#pass('applied-unanswered');
    this.#repeatAfter(duplicateAfterMs);
    if (!this.#life.alive) return;
    if (lostAfterMs !== undefined) this.#loseAfter(lostAfterMs);
    else if (this.#service.generation !== generation) this.#loseAfter(0);
    else if (this.#parts.isPartitioned(this.#life.process, this.#service.name)) {
      this.#loseAfter(this.#patienceMs());
    } else {
      this.#impatient(delayMs);
      this.#answer(end, delayMs);
    }
  }

  #repeatAfter(ms: number | undefined): void {
    if (ms === undefined) return;
    const { kernel, lateUntil } = this.#parts;
    lateUntil(kernel.nowMs + ms);
    kernel.after(ms, () => this.#arriveAgain());
  }

  /** The same request once more, long after; nobody waits for this answer. */
  #arriveAgain(): void {
    const { services, kernel } = this.#parts;
    const service = services[this.#service.name];
    if (!service.up) return;
    const { generation } = service;
    try {
      const started = this.#begin();
      kernel.after(this.#latencyMs(), () => {
        if (service.generation === generation) ignoreRefusal(() => this.#finish(started));
      });
    } catch (error) {
      requireRefusal(error);
    }
  }

  #answer(end: () => void, delayMs = 0): void {
    this.#parts.kernel.after(delayMs + this.#latencyMs(), () => {
      this.#life.deliver(() => {
        if (this.#settled) return;
        this.#settled = true;
        this.#repeatAfter(this.#pass('answered').duplicateAfterMs);
        this.#life.deliver(end);
      });
    });
  }

  /** After so long the client knows that no answer will come. */
  #loseAfter(ms: number): void {
    this.#answer(
      () =>
        this.#reject(new TidemarkError('unknown-outcome', `no answer from ${this.#service.name}`)),
      ms,
    );
  }

  /** What takes longer than the client waits ends at the client without an answer. */
  #impatient(ms: number): void {
    const patienceMs = this.#patienceMs();
    if (ms >= patienceMs) this.#loseAfter(patienceMs);
  }

  /** What is left of the time for which the client waits. */
  #patienceMs(): number {
    const waitedMs = this.#parts.kernel.nowMs - this.#sentAtMs;
    return Math.max(0, clientTimeoutMs[this.#service.name] - waitedMs);
  }

  /** The request comes past a point: what is armed there strikes. */
  #pass(point: FaultPoint['point']): Struck {
    const { book, canBite, act } = this.#parts;
    const armed = book.pass(this.#step, this.#occurrence, point, this.#life.alive);
    if (armed.length === 0) return untouched;
    const struck: Struck = {};
    for (const one of armed) {
      if (!canBite(one, point, this.#life) || !book.strike(one.fault)) continue;
      Object.assign(struck, act(one, this.#life));
    }
    return struck;
  }

  #latencyMs(): number {
    return latenciesMs[this.#parts.kernel.choose(latenciesMs.length)]!;
  }
}

const untouched: Struck = {};

/** A repeated request may be refused; anything else is a defect of the simulation. */
function requireRefusal(error: unknown): void {
  if (isDefect(error)) throw error;
}

function ignoreRefusal(run: () => unknown): void {
  try {
    run();
  } catch (error) {
    requireRefusal(error);
  }
}
