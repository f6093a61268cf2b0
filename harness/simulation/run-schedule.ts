/**
 * Runs one schedule: safety phase with its faults, heal, liveness phase with a bound, and the
 * judgement of everything that was recorded.
 *
 * The safety phase lasts until the workload is done and either every fault has struck or everything
 * has arrived; nothing wrong may ever be visible in it. Then everything is healed, always, and the
 * system has to drain within its bound. What was delayed on purpose is waited for before the end,
 * so that a late zombie is seen. Same schedule, same history, byte for byte.
 */
import type { History } from '../checkers/history/history.ts';
import { type Judgement, judge } from '../checkers/history/judge.ts';
import { Actions } from './kernel/actions.ts';
import { FaultBook } from './kernel/fault-book.ts';
import { Kernel } from './kernel/kernel.ts';
import { createRemote } from './kernel/network.ts';
import { Recorder } from './kernel/recorder.ts';
import { Service } from './kernel/service.ts';
import { Supervisor } from './kernel/supervisor.ts';
import type { Schedule, ServiceName } from './schedule/schedule.ts';
import type { BuildSystem } from './system/system.ts';

export interface RunOptions {
  readonly build: BuildSystem;
  /** False for faults that were drawn: one that found no place to strike was not armed. */
  readonly everyFaultMustBite: boolean;
}

export interface Run {
  readonly history: History;
  readonly judgement: Judgement;
  /** `process step` to how often it was taken. */
  readonly steps: ReadonlyMap<string, number>;
  readonly bitten: ReadonlySet<number>;
  readonly virtualMs: number;
}

/** Beyond the workload's own length. */
const safetyMsMax = 600_000;
/** How long the calm after the drain lasts before the heal, so that the ends of cycles are seen. */
const calmMs = 3_000;

export async function runSchedule(schedule: Schedule, options: RunOptions): Promise<Run> {
  const kernel = new Kernel(schedule.choices);
  const { record, events } = new Recorder(kernel);
  const book = new FaultBook(schedule.faults);
  const services: Record<ServiceName, Service> = {
    broker: new Service('broker'),
    store: new Service('store'),
    ledger: new Service('ledger'),
    warehouse: new Service('warehouse'),
  };
  const supervisor = new Supervisor(kernel, record);
  const actions: Actions = new Actions({
    kernel,
    record,
    supervisor,
    services,
    skewLedgerClock: (ms) => system.skewLedgerClock(ms),
    onRestart: (service) => system.onRestart(service),
    environment: (what, n) => system.environment(what, n),
  });
  const { act, isPartitioned, lateUntil } = actions;
  const network = { kernel, book, services, act, isPartitioned, lateUntil };
  record({ type: 'phase', phase: 'safety' });
  const system = options.build({
    schedule,
    kernel,
    supervisor,
    record,
    services,
    historySeq: () => events.length,
    remote: (life) => createRemote(network, life),
  });
  // Whether everything arrived changes only with what the history records.
  let lookedAt = -1;
  let arrived = false;
  const drained = () => {
    if (!system.workloadDone()) return false;
    if (lookedAt !== events.length) {
      lookedAt = events.length;
      arrived = system.behind().length === 0;
    }
    return arrived;
  };
  const workloadMs = schedule.workload.reduce((sum, { afterMs }) => sum + afterMs, 0);
  await kernel.run(
    workloadMs + safetyMsMax,
    () => system.workloadDone() && (book.allBitten || drained()),
  );
  await kernel.run(kernel.nowMs + calmMs, () => schedule.faults.length > 0 && book.allBitten);
  record({ type: 'phase', phase: 'heal' });
  book.heal();
  actions.heal();
  system.onHeal();
  record({ type: 'phase', phase: 'liveness' });
  await drain(kernel, actions, drained, schedule.settings.drainMsMax, (tookMs) => {
    const boundMs = schedule.settings.drainMsMax;
    record({ type: 'drained', boundMs, tookMs, behind: system.behind() });
  });
  record({ type: 'phase', phase: 'end' });
  const faultsArmed = options.everyFaultMustBite ? schedule.faults.length : book.bitten.size;
  const configuration = { ...system.configuration, faultsArmed, expectDrained: true };
  const history = { configuration, events };
  const { counts: steps, bitten } = book;
  return { history, judgement: judge(history), steps, bitten, virtualMs: kernel.nowMs };
}

/** Waits for the drain, then for everything that comes late on purpose, then for the drain again. */
async function drain(
  kernel: Kernel,
  actions: Actions,
  drained: () => boolean,
  boundMs: number,
  onEnd: (tookMs: number) => void,
): Promise<void> {
  const startMs = kernel.nowMs;
  await kernel.run(startMs + boundMs, drained);
  if (actions.lateUntilMs > kernel.nowMs) await kernel.run(actions.lateUntilMs, () => false);
  const again = Math.max(startMs + boundMs, kernel.nowMs + boundMs / 10);
  await kernel.run(again, drained);
  onEnd(kernel.nowMs - startMs);
}
