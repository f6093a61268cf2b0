/**
 * A contestant in a process of its own: started with one JSON argument, it prints one JSON
 * document and ends.
 *
 * So each contestant has its own heap, its own just-in-time compiler and its own peak of memory.
 * The process is recorded with the run, so that it ends when the benchmark is killed. One that
 * fails, stays silent or prints nonsense is an error with the end of what it said.
 */
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { systemClock } from '../../harness/system-clock.ts';
import type { Bench } from './bench-context.ts';

const taskMsMax = 1_800_000;
const tailCharacters = 2_000;

/** What every task reports beside its own result. */
export interface TaskUsage {
  readonly cpuSeconds: number;
  readonly residentMbMax: number;
}

/**
 * Resolves to what the task printed. Rejects when it fails, or does not end within half an hour.
 */
export async function runTask<Result>(
  bench: Bench,
  name: string,
  file: URL,
  argument: unknown,
): Promise<Result & TaskUsage> {
  const child = spawn(process.execPath, [file.pathname, JSON.stringify(argument)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    signal: bench.signal,
    killSignal: 'SIGKILL',
  });
  if (child.pid !== undefined) bench.register(child.pid, name);
  const over = new AbortController();
  const ended = new Promise<string>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(String(code ?? signal)));
  });
  const late = systemClock.sleep(taskMsMax, over.signal).then(() => 'late');
  const outputs = Promise.all([text(child.stdout), text(child.stderr)]);
  try {
    const ending = await Promise.race([ended, late]);
    if (ending === 'late') child.kill('SIGKILL');
    const [out, errors] = await outputs;
    if (ending !== '0') {
      throw new Error(`${name} ended with ${ending}: ${errors.slice(-tailCharacters)}`);
    }
    return JSON.parse(out) as Result & TaskUsage;
  } finally {
    over.abort();
    child.kill('SIGKILL');
  }
}

/** The other side: reads the argument, runs, prints the result with what it took. */
export async function serveTask<Argument, Result extends object>(
  run: (argument: Argument) => Promise<Result>,
): Promise<void> {
  const result = await run(JSON.parse(process.argv[2] ?? 'null') as Argument);
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  const usage: TaskUsage = {
    cpuSeconds: (userCPUTime + systemCPUTime) / 1e6,
    residentMbMax: maxRSS / 1024,
  };
  process.stdout.write(`${JSON.stringify({ ...result, ...usage })}\n`, () => process.exit(0));
}
