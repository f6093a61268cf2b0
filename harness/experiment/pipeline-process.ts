/**
 * One process of the pipeline under test: `ingest` or `offload`, started as a user would start it.
 *
 * It is the production entry point and nothing else: no hook, no flag that only a test knows. Every
 * start is recorded with the environment's run, so that a harness that is killed leaves nothing
 * behind. Logs go to a file of the run; the last lines stand in the error when a process ends that
 * should not have.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, fstatSync, openSync, readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { systemClock, waitFor } from '../system-clock.ts';

const entry = fileURLToPath(new URL('../../src/pipeline/main.ts', import.meta.url));
const stopMsMax = 30_000;
/** A process that was just started says something in its log, or ends, within this time. */
const firstWordMsMax = 60_000;
const logTailLines = 5;

export interface PipelineProcessOptions {
  readonly name: string;
  readonly args: readonly string[];
  readonly logFile: string;
  /** Called in the same tick as the spawn. */
  readonly onSpawn: (pid: number, name: string) => void;
}

export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export class PipelineProcess {
  readonly name: string;
  readonly #options: PipelineProcessOptions;
  #child: ChildProcess | null = null;
  /** Bytes of earlier lives in the log. */
  #logStart = 0;
  #ended: Promise<Ending> = Promise.resolve({ code: null, signal: null });

  constructor(options: PipelineProcessOptions) {
    this.name = options.name;
    this.#options = options;
  }

  get pid(): number | null {
    return this.#child?.pid ?? null;
  }

  /** Starts it, or starts it again after it ended. */
  start(): void {
    const log = openSync(this.#options.logFile, 'a');
    this.#logStart = fstatSync(log).size;
    const child = spawn(process.execPath, [entry, ...this.#options.args], {
      stdio: ['ignore', log, log],
      detached: true,
    });
    closeSync(log);
    this.#child = child;
    this.#ended = new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code, signal) => resolve({ code, signal }));
    });
    if (child.pid !== undefined) this.#options.onSpawn(child.pid, this.name);
  }

  get ended(): Promise<Ending> {
    return this.#ended;
  }

  /** SIGKILL; resolves when the process is gone. */
  async kill(): Promise<Ending> {
    this.#child?.kill('SIGKILL');
    return await this.#ended;
  }

  /**
   * SIGTERM; rejects when it does not end with code 0 in time. A process that was started a moment
   * ago gets the time to say its first word: before that nothing in it listens to signals yet.
   */
  async stop(): Promise<void> {
    if (this.#child === null || this.#isOver) return;
    await waitFor(() => this.#isOver || statSync(this.#options.logFile).size > this.#logStart, {
      condition: `${this.name} says something in its log`,
      boundMs: firstWordMsMax,
    });
    this.#child.kill('SIGTERM');
    const given = new AbortController();
    const late = systemClock.sleep(stopMsMax, given.signal).then(() => 'late' as const);
    const ending = await Promise.race([this.#ended, late]);
    given.abort();
    if (ending === 'late') {
      await this.kill();
      throw new Error(
        `${this.name} did not end within ${stopMsMax} ms of SIGTERM\n${this.logTail()}`,
      );
    }
    if (ending.code !== 0) {
      throw new Error(
        `${this.name} ended with ${ending.code ?? ending.signal} after SIGTERM\n${this.logTail()}`,
      );
    }
  }

  get #isOver(): boolean {
    return this.#child?.exitCode != null || this.#child?.signalCode != null;
  }

  logTail(): string {
    return readFileSync(this.#options.logFile, 'utf8')
      .trimEnd()
      .split('\n')
      .slice(-logTailLines)
      .join('\n');
  }
}
