/**
 * Ends what a dead harness left behind, and nothing else.
 *
 * A run is reaped only if its harness is dead (pid and start time no longer match) and the run was
 * not kept on purpose. Of such a run exactly the recorded processes are ended, each only while pid
 * and start time match the record, together with the processes below them. A throw-away run folder
 * is removed afterwards. Every start begins with a reap, and each run has a guard that does the
 * same at the moment its harness dies, see `guard.ts`.
 */

import { systemClock, waitFor } from '../system-clock.ts';
import { descendantsOf, isAlive, type ProcessIdentity, signalProcess } from './process-table.ts';
import {
  type RecordedProcess,
  type RecordedRun,
  recordedRuns,
  removeRun,
  sweepRuns,
} from './run-folder.ts';

/** A service gets this long to end in good order before it is killed. */
const stopMsMax = 10_000;
const killMsMax = 10_000;

export interface Reaped {
  readonly id: string;
  readonly ended: readonly RecordedProcess[];
}

/** Cleans up after every dead harness that the cache knows of. */
export async function reap(cache: string): Promise<Reaped[]> {
  sweepRuns(cache);
  const orphaned = recordedRuns(cache).filter(
    ({ record }) => !record.kept && !isAlive(record.harness),
  );
  return Promise.all(orphaned.map(endRun));
}

/** Ends a run's processes and forgets the run. The caller has made sure that it may. */
export async function endRun(run: RecordedRun): Promise<Reaped> {
  const own = run.record.processes.filter(({ pid }) => pid !== process.pid);
  const living = own.filter(isAlive);
  await Promise.all(living.map((process) => endProcess(process, process.stopSignal)));
  removeRun(run);
  return { id: run.record.id, ended: living };
}

/** Signals, waits with a bound, kills; resolves when the process and all below it are gone. */
export async function endProcess(
  identity: ProcessIdentity,
  stopSignal: NodeJS.Signals,
  boundMs = stopMsMax,
): Promise<void> {
  const family = [identity, ...(isAlive(identity) ? descendantsOf(identity.pid) : [])];
  if (stopSignal !== 'SIGKILL') {
    // A paused process would not see the signal.
    for (const member of family) signalProcess(member, 'SIGCONT');
    signalProcess(identity, stopSignal);
    const deadline = systemClock.monotonicMs() + boundMs;
    while (isAlive(identity) && systemClock.monotonicMs() < deadline) await systemClock.sleep(20);
  }
  await killAll(family);
}

/** SIGKILL to a process and all below it, and waits until they are gone. */
export async function killFamily(identity: ProcessIdentity): Promise<void> {
  await killAll([identity, ...(isAlive(identity) ? descendantsOf(identity.pid) : [])]);
}

async function killAll(family: readonly ProcessIdentity[]): Promise<void> {
  for (const member of family) signalProcess(member, 'SIGKILL');
  const pids = family.map(({ pid }) => pid).join(', ');
  const condition = `killed processes ${pids} are gone`;
  await waitFor(() => !family.some(isAlive), { condition, boundMs: killMsMax, pollMs: 20 });
}
