/**
 * Runs another program to its end and reads what it says, line by line.
 *
 * Used for the tools that fetch and prepare components (Maven, Go, initdb, the storage formatter).
 * The end of a failing program's output goes into the error, because that is the only place where
 * it says why. Long-lived services are not started here, see `service-process.ts`.
 */

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

const tailLinesMax = 30;

export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly uid?: number | undefined;
  readonly gid?: number | undefined;
  /** Written to the program's standard input. */
  readonly input?: string;
  readonly signal?: AbortSignal | undefined;
  readonly onLine?: (line: string) => void;
}

/**
 * All lines of stdout and stderr, mixed as they came. Rejects with their tail when the program
 * fails or can't be run.
 */
export async function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<string[]> {
  const { onLine, input, ...spawnOptions } = options;
  const lines: string[] = [];
  const child = spawn(command, args, { ...spawnOptions, stdio: 'pipe' });
  // A program that ends before it has read its input is judged by its exit status, not by the
  // broken pipe.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input ?? '');
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line);
      onLine?.(line);
    });
  }
  const status = await new Promise<string>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(String(code ?? signal)));
  });
  if (status !== '0') {
    const tail = lines.slice(-tailLinesMax).join('\n');
    throw new Error(`${command} ended with ${status}:\n${tail}`);
  }
  return lines;
}
