/**
 * One long-lived service: its process, the signals that hurt it, and its way back.
 *
 * What to start comes from outside as a plan with fixed ports and data, so a restart is the same
 * plan again. The process is recorded in the same tick in which it is spawned; its output goes to
 * the log file directly, so it lives on when this process dies, and it has a session of its own, so
 * a Ctrl-C at the terminal does not reach it before its harness does. State is never remembered, it
 * is read from the operating system.
 */

import { spawn } from 'node:child_process';
import { closeSync, fstatSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { waitFor } from '../system-clock.ts';
import type { ServiceName, ServiceStatus } from './environment.ts';
import { EnvironmentError } from './environment-error.ts';
import {
  descendantsOf,
  identityOf,
  type ProcessIdentity,
  signalProcess,
  stateOf,
} from './process-table.ts';
import { endProcess, killFamily } from './reaper.ts';
import type { RunFolder } from './run-folder.ts';

export interface ServicePlan {
  readonly name: ServiceName;
  readonly version: string;
  readonly address: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly uid?: number | undefined;
  readonly gid?: number | undefined;
  readonly logFile: string;
  /** Asks the service to end in good order. */
  readonly stopSignal: NodeJS.Signals;
  /** How long it may take to end in good order before it is killed; else a common bound. */
  readonly stopMsMax?: number;
  /** What `isReady` means, for the error when it never does. */
  readonly readyCondition: string;
  readonly readyMsMax: number;
  /** A throw counts as not ready yet. */
  isReady(): Promise<boolean>;
  /** Prepares what the process keeps in memory only; runs after each start. */
  afterReady?(): Promise<void>;
}

/** Lines with which a service says that somebody else has its port. */
const portLostPattern = /address already in use|EADDRINUSE/i;
const logTailLines = 20;

export class ServiceProcess {
  readonly plan: ServicePlan;
  readonly #run: RunFolder;
  #identity: ProcessIdentity | null = null;

  constructor(plan: ServicePlan, run: RunFolder) {
    this.plan = plan;
    this.#run = run;
  }

  /**
   * Spawns and waits until ready. Rejects with `port-lost` or `start-failed` and the end of the
   * log.
   */
  async start(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    const { plan } = this;
    const logStart = this.#spawn();
    const probe = async () => {
      if (this.#state() === 'dead') return 'gone';
      return (await plan.isReady()) && 'ready';
    };
    const bound = { condition: plan.readyCondition, boundMs: plan.readyMsMax, pollMs: 25 };
    let gone = false;
    try {
      gone = (await waitFor(probe, signal ? { ...bound, signal } : bound)) === 'gone';
      if (gone) throw new Error(`${plan.name} ended before it was ready`);
      await plan.afterReady?.();
    } catch (error) {
      if (signal?.aborted) throw error;
      throw this.#startError(error, gone, logStart);
    }
  }

  async kill(): Promise<void> {
    if (this.#identity !== null) await killFamily(this.#identity);
  }

  /**
   * Stops the parent first, so that it can't start children meanwhile; each state is seen before
   * this resolves.
   */
  async pause(): Promise<void> {
    const identity = this.#living();
    signalProcess(identity, 'SIGSTOP');
    await this.#sees('paused');
    for (const child of descendantsOf(identity.pid)) signalProcess(child, 'SIGSTOP');
  }

  async resume(): Promise<void> {
    const identity = this.#living();
    for (const child of descendantsOf(identity.pid)) signalProcess(child, 'SIGCONT');
    signalProcess(identity, 'SIGCONT');
    await this.#sees('alive');
  }

  async stop(): Promise<void> {
    const { stopSignal, stopMsMax } = this.plan;
    if (this.#identity !== null) await endProcess(this.#identity, stopSignal, stopMsMax);
  }

  status(): ServiceStatus {
    const { name, address, version } = this.plan;
    const state = this.#state();
    if (state === 'dead') return { name, state: 'stopped', pid: null, address, version };
    const pid = this.#identity?.pid ?? null;
    return { name, state: state === 'paused' ? 'paused' : 'running', pid, address, version };
  }

  #spawn(): number {
    const { plan } = this;
    mkdirSync(dirname(plan.logFile), { recursive: true });
    const log = openSync(plan.logFile, 'a');
    const logStart = fstatSync(log).size;
    const { cwd, env, uid, gid } = plan;
    const owner = uid === undefined ? {} : { uid, ...(gid === undefined ? {} : { gid }) };
    const stdio = ['ignore', log, log] as const;
    const child = spawn(plan.command, plan.args, {
      cwd,
      env,
      ...owner,
      stdio: [...stdio],
      detached: true,
    });
    closeSync(log);
    child.unref();
    child.on('error', () => undefined);
    if (child.pid === undefined) {
      throw new EnvironmentError('start-failed', `${plan.command} can't be run for ${plan.name}.`);
    }
    this.#identity = identityOf(child.pid);
    const command = [plan.command, ...plan.args].join(' ');
    const { name, stopSignal } = plan;
    this.#run.add({ ...this.#identity, name, command, stopSignal });
    return logStart;
  }

  #state() {
    return this.#identity === null ? 'dead' : stateOf(this.#identity);
  }

  #living(): ProcessIdentity {
    if (this.#identity !== null && this.#state() !== 'dead') return this.#identity;
    throw new EnvironmentError('state-invalid', `${this.plan.name} is down; restart it first.`);
  }

  async #sees(state: 'alive' | 'paused'): Promise<void> {
    const condition = `${this.plan.name} is ${state}`;
    await waitFor(() => this.#state() === state, { condition, boundMs: 5000, pollMs: 5 });
  }

  #startError(cause: unknown, gone: boolean, logStart: number): EnvironmentError {
    const { name, readyCondition, logFile } = this.plan;
    const log = readFileSync(logFile).subarray(logStart).toString();
    const tail = log.trimEnd().split('\n').slice(-logTailLines).join('\n');
    const what = gone ? `ended before it was ready (${readyCondition})` : `is not ready: ${cause}`;
    const text = `${name} ${what}. Its log, ${logFile}, ends with:\n${tail}`;
    const code = portLostPattern.test(`${log}${cause}`) ? 'port-lost' : 'start-failed';
    return new EnvironmentError(code, text, cause);
  }
}
