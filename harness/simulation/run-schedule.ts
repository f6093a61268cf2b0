/**
 * Runs one schedule: safety phase with its faults, heal, liveness phase with a bound, and the
 * judgement of everything that was recorded.
 *
 * The safety phase lasts until the workload is done and either everything has arrived or every
 * fault has struck and is over; nothing wrong may ever be visible in it. Then everything is healed,
 * always, and the system has to drain within its bound. What was delayed on purpose is waited for
 * before the end, so that a late zombie is seen. Same schedule, same history, byte for byte. A run
 * in which the simulation itself fails is judged up to there and never `pass`.
 */
import { errorCode } from '../../src/pipeline/errors.ts';
import type { History } from '../checkers/history/history.ts';
import { type Judgement, judge } from '../checkers/history/judge.ts';
import { Actions } from './kernel/actions.ts';
import { FaultBook, type Trace } from './kernel/fault-book.ts';
import { eventsMaxDefault, Kernel } from './kernel/kernel.ts';
import { createRemote } from './kernel/network.ts';
import { Recorder } from './kernel/recorder.ts';
import { Service } from './kernel/service.ts';
import { Supervisor } from './kernel/supervisor.ts';
import type { Schedule, ServiceName } from './schedule/schedule.ts';
import type { BuildSystem, SimulatedSystem } from './system/system.ts';

export interface RunOptions {
  readonly build: BuildSystem;
  /** False for faults that were drawn: one that found no place to strike was not armed. */
  readonly everyFaultMustBite: boolean;
  /** True keeps the points that the run comes past. */
  readonly traced?: boolean;
  /** Where a run without end is cut off; default by the system. */
  readonly eventsMax?: number;
}

export interface Run {
  readonly history: History;
  readonly judgement: Judgement;
  /** `process step` to how often it was taken. */
  readonly steps: ReadonlyMap<string, number>;
  readonly bitten: ReadonlySet<number>;
  readonly virtualMs: number;
  /** Null unless asked for. */
  readonly trace: Trace | null;
  /** What ended the run before its end: a bug, of whoever wrote the code, or a run without end. */
  readonly failure: Error | null;
}

/** Beyond the workload's own length. */
const safetyMsMax = 600_000;
/** How long the calm after the drain lasts before the heal, so that the ends of cycles are seen. */
const calmMs = 3_000;
/** Beyond its bound a drain is watched for a while: too slow is another thing than never. */
const patience = 1.1;
/** Long enough for a process that died at the end to be back. */
const calmMsAfterDrain = 1_000;

export async function runSchedule(schedule: Schedule, options: RunOptions): Promise<Run> {
  const { everyFaultMustBite } = options;
  const stage = setStage(schedule, options);
  const { kernel, record, events, book, system } = stage;
  let failure: Error | null = null;
  try {
    await play(schedule, stage);
  } catch (error) {
    failure = error instanceof Error ? error : new Error(String(error));
    const [code, { message }] = [errorCode(error), failure];
    record({ type: 'service-failed', process: 'simulation', code, message });
  }
  const faultsArmed = everyFaultMustBite ? schedule.faults.length : book.bitten.size;
  const configuration = { ...system.configuration, faultsArmed, expectDrained: true };
  const history = { configuration, events };
  const judged = judge(history);
  const judgement = failure === null ? judged : incomplete(judged, failure);
  const { counts: steps, bitten, trace } = book;
  return { history, judgement, steps, bitten, virtualMs: kernel.nowMs, trace, failure };
}

/** What idle services do in a second of virtual time, with a lot to spare. */
const eventsPerSecondMax = 40;

/** A run whose workload takes a day may do more than one of a few seconds. */
function eventsMaxOf(schedule: Schedule): number {
  return eventsMaxDefault + (workloadMsOf(schedule) / 1_000) * eventsPerSecondMax;
}

const workloadMsOf = ({ workload }: Schedule): number =>
  workload.reduce((sum, { afterMs }) => sum + afterMs, 0);

interface Stage {
  readonly kernel: Kernel;
  readonly record: Recorder['record'];
  readonly events: Recorder['events'];
  readonly book: FaultBook;
  readonly actions: Actions;
  readonly system: SimulatedSystem;
}

function setStage(schedule: Schedule, options: RunOptions): Stage {
  const { build, traced = false } = options;
  const kernel = new Kernel(schedule.choices, options.eventsMax ?? eventsMaxOf(schedule));
  const { record, events } = new Recorder(kernel);
  const book = new FaultBook(schedule.faults, traced);
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
  const { canBite, act, isPartitioned, lateUntil } = actions;
  const network = { kernel, book, services, canBite, act, isPartitioned, lateUntil };
  record({ type: 'phase', phase: 'safety' });
  const system = build({
    schedule,
    kernel,
    supervisor,
    record,
    services,
    historySeq: () => events.length,
    remote: (life) => createRemote(network, life),
  });
  return { kernel, record, events, book, actions, system };
}

async function play(schedule: Schedule, stage: Stage): Promise<void> {
  const { kernel, record, events, book, actions, system } = stage;
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
  const { drainMsMax: boundMs, healAfterDrain } = schedule.settings;
  const struck = () =>
    healAfterDrain !== true && book.allBitten && actions.overAtMs <= kernel.nowMs;
  const workloadMs = workloadMsOf(schedule);
  await kernel.run(
    workloadMs + safetyMsMax,
    () => system.workloadDone() && (struck() || drained()),
  );
  const anythingArmed = schedule.faults.length > 0;
  const calmEndMs = kernel.nowMs + (healAfterDrain === true ? calmMsAfterDrain : calmMs);
  await kernel.run(calmEndMs, () => anythingArmed && struck());
  record({ type: 'phase', phase: 'heal' });
  book.heal();
  actions.heal();
  system.onHeal();
  record({ type: 'phase', phase: 'liveness' });
  await drain(kernel, actions, drained, boundMs, (tookMs) => {
    record({ type: 'drained', boundMs, tookMs, behind: system.behind() });
  });
  record({ type: 'phase', phase: 'end' });
}

/**
 * Waits for the drain, then for what comes late on purpose, then for the drain again; tells how
 * long the drains took.
 */
async function drain(
  kernel: Kernel,
  actions: Actions,
  drained: () => boolean,
  boundMs: number,
  onEnd: (tookMs: number) => void,
): Promise<void> {
  const startMs = kernel.nowMs;
  const patienceMs = boundMs * patience;
  await kernel.run(startMs + patienceMs, drained);
  const tookMs = kernel.nowMs - startMs;
  if (actions.lateUntilMs <= kernel.nowMs) return onEnd(tookMs);
  await kernel.run(actions.lateUntilMs, () => false);
  const againMs = kernel.nowMs;
  await kernel.run(againMs + patienceMs - tookMs, drained);
  onEnd(tookMs + kernel.nowMs - againMs);
}

/** Whoever did not see the end knows nothing, but what was seen to be wrong stays wrong. */
function incomplete(judgement: Judgement, failure: Error): Judgement {
  const message = `the run ended before its end: ${failure.message}`;
  const finding = {
    code: 'run-incomplete',
    layer: 'run',
    message,
    identity: null,
    expected: null,
    actual: [],
  };
  const verdict = judgement.verdict === 'violated' ? 'violated' : 'inconclusive';
  const counts = { ...judgement.counts, [finding.code]: 1 };
  return { ...judgement, verdict, findings: [...judgement.findings, finding], counts };
}
