/**
 * The foil's orchestration: a scheduler that starts a flow run every so often, and the flow run.
 *
 * A flow run offloads one table after the other, each by a client that starts a job and waits. A
 * table is tried three times, 30 s apart; a table that fails for good ends the run, and those
 * behind it have to wait. After ten minutes the client is killed, and the job stays. Nothing asks
 * whether another run is under way: concurrency is unlimited, and a run by hand is a run like any
 * other.
 */
import { TidemarkError } from '../../src/pipeline/errors.ts';
import type { Life } from '../simulation/kernel/process.ts';
import type { Supervisor } from '../simulation/kernel/supervisor.ts';
import type { Remote } from '../simulation/remote.ts';
import { runClient } from './offload-client.ts';
import { ScriptRuns } from './script-runs.ts';

export const retriesMax = 2;
export const retryDelayMs = 30_000;
/** `subprocess.run(timeout=600)`. */
export const clientTimeoutMs = 600_000;
const lookMs = 1_000;

interface FlowRun {
  state: 'running' | 'completed' | 'failed';
}

export interface OffloadFlowsParts {
  readonly supervisor: Supervisor;
  readonly remote: (life: Life) => Remote;
  /** In the order in which a flow run takes them. */
  readonly tables: readonly string[];
  /** What a job does for a table. */
  readonly script: (life: Life, table: string) => Promise<void>;
}

export class OffloadFlows {
  readonly #parts: OffloadFlowsParts;
  readonly #clients: ScriptRuns;
  readonly #jobs: ScriptRuns;
  readonly #runs: FlowRun[] = [];

  constructor(parts: OffloadFlowsParts) {
    this.#parts = parts;
    this.#clients = new ScriptRuns(parts.supervisor, 'client');
    this.#jobs = new ScriptRuns(parts.supervisor, 'job');
  }

  /** What a dashboard shows as running; empty when nothing is. */
  underWay(): readonly string[] {
    const flows = this.#runs.filter(({ state }) => state === 'running').length;
    const counts = [
      ['flow runs', flows],
      ['jobs', this.#jobs.running],
    ] as const;
    return counts.flatMap(([what, count]) => (count > 0 ? [`${count} ${what} under way`] : []));
  }

  /** Starts one more flow run, as the process `flow-<number>`. */
  start(): void {
    const run: FlowRun = { state: 'running' };
    const number = this.#runs.push(run);
    this.#parts.supervisor.add(`flow-${number}`, (life) => this.#play(run, life));
  }

  /** The container is restarted: every job in it is gone. */
  restartContainer(): void {
    this.#jobs.killAll();
  }

  /** The schedule, in multiples of `everyMs` since 1970, as cron has it. */
  async schedule(life: Life, everyMs: number): Promise<void> {
    const { clock, stop } = life;
    const remote = this.#parts.remote(life);
    while (!stop.signal.aborted) {
      await clock.sleep(everyMs - (clock.nowMs() % everyMs), stop.signal);
      if (stop.signal.aborted) return;
      try {
        await remote.call('ledger.start-run', () => this.start());
      } catch (error) {
        // The run is missed; the next one comes with the clock.
        if (!(error instanceof TidemarkError)) throw error;
      }
    }
  }

  /** A run whose process died is tried again from its first table, as a retry of the flow. */
  async #play(run: FlowRun, life: Life): Promise<void> {
    if (run.state !== 'running') return;
    const isLost = life.number > 1 + retriesMax;
    const whole = !isLost && (await this.#tables(life));
    run.state = whole ? 'completed' : 'failed';
  }

  async #tables(life: Life): Promise<boolean> {
    for (const table of this.#parts.tables) {
      if (!(await this.#table(life, table))) return false;
    }
    return true;
  }

  async #table(life: Life, table: string): Promise<boolean> {
    for (let attempt = 0; attempt <= retriesMax; attempt += 1) {
      if (attempt > 0) await life.clock.sleep(retryDelayMs, life.stop.signal);
      if (life.stop.signal.aborted) return false;
      if (await this.#attempt(life, table)) return true;
    }
    return false;
  }

  /** One client; false when it ended with an error, was killed, or took too long. */
  async #attempt({ clock, stop }: Life, table: string): Promise<boolean> {
    const { remote, script } = this.#parts;
    const client = this.#clients.start((own) =>
      runClient(own, remote(own), this.#jobs, (job) => script(job, table)),
    );
    const endMs = clock.monotonicMs() + clientTimeoutMs;
    while (clock.monotonicMs() < endMs && !stop.signal.aborted) {
      await clock.sleep(lookMs, stop.signal);
      const state = this.#clients.state(client);
      if (state !== 'running') return state === 'succeeded';
    }
    this.#clients.kill(client);
    return false;
  }
}
