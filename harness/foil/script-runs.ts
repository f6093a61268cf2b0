/**
 * Scripts that run as processes of their own: the jobs in the foil's Spark container, and the
 * clients that wait for them.
 *
 * `docker exec` starts a script in the container and waits for it. Killing the client, or losing
 * patience with it, leaves the script where it is, and it goes on to its commit. Each script is a
 * process here, so that a fault can be aimed at one. One that dies is not started again by anybody
 * but whoever wanted it.
 */
import { TidemarkError } from '../../src/pipeline/errors.ts';
import type { Life } from '../simulation/kernel/process.ts';
import type { Supervisor } from '../simulation/kernel/supervisor.ts';

export type ScriptState = 'running' | 'succeeded' | 'failed';

/** Ends well, or with an error of the services. */
export type Script = (life: Life) => Promise<void>;

interface ScriptRun {
  life: Life | null;
  state: ScriptState;
}

export class ScriptRuns {
  readonly #supervisor: Supervisor;
  readonly #name: string;
  readonly #runs: ScriptRun[] = [];

  /** Processes are called `<name>-1`, `<name>-2`, ... */
  constructor(supervisor: Supervisor, name: string) {
    this.#supervisor = supervisor;
    this.#name = name;
  }

  /** Scripts that have not come to their end. */
  get running(): number {
    return this.#runs.filter((_, i) => this.state(i + 1) === 'running').length;
  }

  /** Starts a script; its number. */
  start(script: Script): number {
    const run: ScriptRun = { life: null, state: 'running' };
    const number = this.#runs.push(run);
    this.#supervisor.add(`${this.#name}-${number}`, (life) => play(run, life, script));
    return number;
  }

  state(number: number): ScriptState {
    const run = this.#runs[number - 1];
    if (run === undefined) return 'failed';
    return run.state === 'running' && run.life?.alive === false ? 'failed' : run.state;
  }

  /** SIGKILL; nothing when it has ended. */
  kill(number: number): void {
    const life = this.#runs[number - 1]?.life ?? null;
    if (life !== null && this.state(number) === 'running') this.#supervisor.crash(life, 0);
  }

  killAll(): void {
    for (let number = 1; number <= this.#runs.length; number += 1) this.kill(number);
  }
}

async function play(run: ScriptRun, life: Life, script: Script): Promise<void> {
  if (run.life !== null) {
    // A supervisor starts what is dead; a script does not come back.
    if (run.state === 'running') run.state = 'failed';
    return;
  }
  run.life = life;
  try {
    await script(life);
    run.state = 'succeeded';
  } catch (error) {
    if (!(error instanceof TidemarkError)) throw error;
    run.state = 'failed';
  }
}
