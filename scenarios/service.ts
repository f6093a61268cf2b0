/**
 * One service of the pipeline in a scenario: the production process, its signals, and what it says
 * in its log.
 *
 * A service that ends although nobody ended it fails whatever the scenario is waiting for, with the
 * last lines of its log. The log is the one an operator reads: one JSON object a line. Every wait
 * has a bound.
 */
import { existsSync, readFileSync } from 'node:fs';
import { type Ending, PipelineProcess } from '../harness/experiment/pipeline-process.ts';
import { systemClock, waitFor } from '../harness/system-clock.ts';

/** Generous, because tests share their cores; it is a bound and no pause. */
export const waitMsMax = 90_000;

export interface LogLine {
  readonly event: string;
  readonly level: string;
  readonly [fact: string]: unknown;
}

export interface ServiceOptions {
  readonly name: string;
  readonly args: readonly string[];
  readonly logFile: string;
  readonly onSpawn: (pid: number, name: string) => void;
  /** Called with the reason when the service ended by itself. */
  readonly onDeath: (reason: Error) => void;
}

export class Service {
  readonly name: string;
  readonly #options: ServiceOptions;
  readonly #process: PipelineProcess;
  #endExpected = false;

  constructor(options: ServiceOptions) {
    this.name = options.name;
    this.#options = options;
    this.#process = new PipelineProcess(options);
  }

  start(): this {
    this.#endExpected = false;
    this.#process.start();
    this.#process.ended.then(({ code, signal }) => {
      if (this.#endExpected) return;
      const end = `${this.name} ended by itself with ${code ?? signal}`;
      this.#options.onDeath(new Error(`${end}\n${this.#process.logTail()}`));
    }, this.#options.onDeath);
    return this;
  }

  get pid(): number {
    const { pid } = this.#process;
    if (pid === null) throw new Error(`${this.name} was not started`);
    return pid;
  }

  signal(name: NodeJS.Signals): void {
    process.kill(this.pid, name);
  }

  /** SIGTERM; rejects unless it ends with code 0 in time. */
  async stop(): Promise<void> {
    this.#endExpected = true;
    await this.#process.stop();
  }

  async kill(): Promise<void> {
    this.#endExpected = true;
    await this.#process.kill();
  }

  /** For a service that is going to end by itself: how it did. */
  async ending(): Promise<Ending> {
    this.#endExpected = true;
    const given = new AbortController();
    const late = systemClock.sleep(waitMsMax, given.signal).then(() => null);
    const ending = await Promise.race([this.#process.ended, late]);
    given.abort();
    if (ending !== null) return ending;
    throw new Error(`${this.name} lives on after ${waitMsMax} ms\n${this.#process.logTail()}`);
  }

  /** What it has logged so far, all its lives together. */
  log(): readonly LogLine[] {
    if (!existsSync(this.#options.logFile)) return [];
    const lines = readFileSync(this.#options.logFile, 'utf8').split('\n');
    return lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as LogLine);
  }

  logTail(): string {
    return existsSync(this.#options.logFile) ? this.#process.logTail() : 'no log yet';
  }

  /** The first line of that event, as soon as it is there; `skip` so many before it. */
  says(event: string, { skip = 0 } = {}): Promise<LogLine> {
    const find = () => this.log().filter((line) => line.event === event)[skip] ?? null;
    const condition = `${this.name} says ${event}`;
    return waitFor(find, { condition, boundMs: waitMsMax });
  }
}
