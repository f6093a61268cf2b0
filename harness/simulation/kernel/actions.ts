/**
 * What the actions of a schedule do to processes, services and messages.
 *
 * One function an action, each small: the network asks at the three points of a request and is told
 * what became of the message. An action that would mean nothing where it was put (an answer that
 * was received cannot be lost) does not bite, so nobody can take it for a fault that was survived.
 * Actions that concern what a service holds (a lost part, a backup) are the system's own and are
 * passed on.
 */
import type { HistoryFact } from '../../checkers/history/history.ts';
import type { Action, EnvironmentFault, FaultPoint, ServiceName } from '../schedule/schedule.ts';
import type { StruckAction } from './fault-book.ts';
import type { Kernel } from './kernel.ts';
import type { Struck } from './network.ts';
import type { Life } from './process.ts';
import type { Service } from './service.ts';
import type { Supervisor } from './supervisor.ts';

export interface ActionParts {
  readonly kernel: Kernel;
  readonly record: (fact: HistoryFact) => void;
  readonly supervisor: Supervisor;
  readonly services: Readonly<Record<ServiceName, Service>>;
  /** The database's clock goes forward or back. */
  skewLedgerClock(ms: number): void;
  /** Called when a service was restarted, so that its state machine can forget what it must. */
  onRestart(service: ServiceName): void;
  environment(what: EnvironmentFault, n: number): void;
}

/** What a message that set out late still needs to arrive, run and be answered. */
const arrivalMs = 200;

export class Actions {
  readonly #parts: ActionParts;
  /** `process service` to the time until which they cannot reach each other. */
  readonly #partitions = new Map<string, number>();
  #lateUntilMs = 0;
  #hurtUntilMs = 0;

  constructor(parts: ActionParts) {
    this.#parts = parts;
  }

  /** Every message that was put off on purpose has arrived by then; no heal can hurry it. */
  get lateUntilMs(): number {
    return this.#lateUntilMs;
  }

  /** By then whatever was put off or taken away for a time is over by itself. */
  get overAtMs(): number {
    return Math.max(this.#lateUntilMs, this.#hurtUntilMs);
  }

  readonly lateUntil = (atMs: number): void => {
    this.#lateUntilMs = Math.max(this.#lateUntilMs, atMs + arrivalMs);
  };

  readonly isPartitioned = (process: string, service: ServiceName): boolean => {
    if (this.#partitions.size === 0) return false;
    return (this.#partitions.get(`${process} ${service}`) ?? 0) > this.#parts.kernel.nowMs;
  };

  readonly canBite = (
    { action }: StruckAction,
    point: FaultPoint['point'],
    life: Life,
  ): boolean => {
    switch (action.do) {
      case 'crash':
        return life.alive;
      case 'stop':
        return life.alive && !life.stop.signal.aborted;
      case 'pause':
        return life.alive && !life.paused;
      case 'lose':
        return life.alive && point !== 'answered';
      case 'delay':
        return life.alive && point !== 'answered';
      case 'slow':
        return point === 'before';
      default:
        return true;
    }
  };

  readonly act = ({ fault, action }: StruckAction, life: Life): Struck => {
    this.#parts.record({ type: 'fault', fault, state: 'bit' });
    return this.#do(action, life);
  };

  heal(): void {
    this.#partitions.clear();
    this.#hurtUntilMs = 0;
    for (const service of Object.values(this.#parts.services)) service.comeUp();
    this.#parts.supervisor.heal();
  }

  #do(action: Action, life: Life): Struck {
    const { kernel, supervisor } = this.#parts;
    switch (action.do) {
      case 'crash':
        supervisor.crash(life, action.restartMs);
        return {};
      case 'stop':
        supervisor.askToEnd(life, action.restartMs);
        return {};
      case 'pause':
        this.#hurtFor(action.ms);
        supervisor.pause(life, action.ms);
        return {};
      case 'lose':
        return { lostAfterMs: action.afterMs };
      case 'delay':
        return { delayMs: action.ms };
      case 'duplicate':
        return { duplicateAfterMs: action.afterMs };
      case 'slow':
        return { slowMs: action.ms };
      case 'partition':
        this.#hurtFor(action.ms);
        this.#partitions.set(`${life.process} ${action.service}`, kernel.nowMs + action.ms);
        return {};
      case 'down':
        this.#down(action.service, action.ms);
        return {};
      case 'clock':
        if (action.of === 'ledger') this.#parts.skewLedgerClock(action.ms);
        else supervisor.skewClock(life, action.ms);
        return {};
      case 'environment':
        this.#parts.environment(action.what, action.n);
        return {};
    }
  }

  #hurtFor(ms: number): void {
    this.#hurtUntilMs = Math.max(this.#hurtUntilMs, this.#parts.kernel.nowMs + ms);
  }

  #down(name: ServiceName, ms: number): void {
    const service = this.#parts.services[name];
    this.#hurtFor(ms);
    service.goDown();
    this.#parts.onRestart(name);
    const { generation } = service;
    this.#parts.kernel.after(ms, () => {
      if (service.generation === generation) service.comeUp();
    });
  }
}
