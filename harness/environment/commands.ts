/**
 * The stack for work by hand: up, status, down, and the doctor, as functions that return data.
 *
 * `up` starts the local environment and leaves it running; its addresses are kept in its run
 * folder, so there is no second place that could disagree. One stack a cache. It is not reaped when
 * `up` ends, only `down` ends it. After a reboot its processes are gone, and the next `up` clears
 * the remains away. Nothing is printed here.
 */

import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../system-clock.ts';
import { cacheFolder } from './cache.ts';
import { examine } from './doctor-probes.ts';
import type { Addresses } from './environment.ts';
import { withLock } from './file-lock.ts';
import { createLocalEnvironment, type LocalEnvironment, type LocalOptions } from './local.ts';
import { isAlive, stateOf } from './process-table.ts';
import { endRun, reap } from './reaper.ts';
import { type RecordedRun, recordedRuns } from './run-folder.ts';

export interface StackProcess {
  readonly name: string;
  readonly pid: number;
  readonly state: 'running' | 'paused' | 'stopped';
}

export interface StackReport {
  readonly id: string;
  readonly folder: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly addresses: Addresses;
  readonly processes: readonly StackProcess[];
}

export interface UpResult extends StackReport {
  /** True when a stack was up before, and nothing was started. */
  readonly wasUp: boolean;
  /** Milliseconds from the call to ready; 0 when it was up. */
  readonly startMs: number;
}

export interface DownResult {
  readonly ended: readonly { readonly name: string; readonly pid: number }[];
}

type StackFile = Pick<StackReport, 'startedAt' | 'addresses'>;
const stackFile = 'stack.json';

/**
 * Starts the stack unless one is up. Rejects as the environment's start does; then nothing is left
 * running.
 */
export async function up(options: LocalOptions = {}): Promise<UpResult> {
  return withStackLock(async () => {
    const beganMs = systemClock.monotonicMs();
    const standing = findStack();
    if (standing?.record.processes.some(isAlive)) {
      return { ...report(standing), wasUp: true, startMs: 0 };
    }
    await endKeptRuns();
    const environment = createLocalEnvironment(options);
    await environment.start();
    try {
      await keepAsStack(environment);
    } catch (error) {
      await environment.stop();
      throw error;
    }
    const startMs = Math.round(systemClock.monotonicMs() - beganMs);
    return { ...report(findStack()!), wasUp: false, startMs };
  });
}

/** Leaves a started environment running as the stack, for `status` and `down`. */
export async function keepAsStack(environment: LocalEnvironment): Promise<void> {
  const startedAt = new Date(systemClock.nowMs()).toISOString();
  const { addresses } = environment;
  writeStackFile(environment.runFolder.folder, { startedAt, addresses });
  await environment.keep();
}

/** Null when no stack is up. */
export async function status(): Promise<StackReport | null> {
  const stack = findStack();
  return stack === null ? null : report(stack);
}

/** Ends the stack and what dead harnesses left; safe to repeat. */
export async function down(): Promise<DownResult> {
  return withStackLock(async () => {
    const reaped = [...(await endKeptRuns()), ...(await reap(cacheFolder()))];
    const ended = reaped.flatMap((run) => run.ended);
    return { ended: ended.map(({ name, pid }) => ({ name, pid })) };
  });
}

/** What the machine has and lacks, see `renderDoctor` for the text. */
export const doctor = examine;

function withStackLock<T>(work: () => Promise<T>): Promise<T> {
  return withLock(join(cacheFolder(), 'locks', 'stack.lock'), work);
}

function keptRuns(): RecordedRun[] {
  return recordedRuns(cacheFolder()).filter(({ record }) => record.kept);
}

function endKeptRuns() {
  return Promise.all(keptRuns().map(endRun));
}

function findStack(): RecordedRun | null {
  return keptRuns().find(({ entry }) => existsSync(join(entry, stackFile))) ?? null;
}

function report({ entry, record }: RecordedRun): StackReport {
  const saved = JSON.parse(readFileSync(join(entry, stackFile), 'utf8')) as StackFile;
  const services = record.processes.filter(({ name }) => name !== 'guard');
  const states = { alive: 'running', paused: 'paused', dead: 'stopped' } as const;
  const processes = services.map((process) => {
    return { name: process.name, pid: process.pid, state: states[stateOf(process)] };
  });
  return { id: record.id, folder: entry, ...saved, processes };
}

function writeStackFile(folder: string, content: StackFile): void {
  const temporary = join(folder, `.${stackFile}`);
  writeFileSync(temporary, `${JSON.stringify(content, null, 2)}\n`);
  renameSync(temporary, join(folder, stackFile));
}
