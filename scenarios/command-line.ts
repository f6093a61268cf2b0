/**
 * `tidemark` as a user calls it: the launcher in a process of its own, in a folder of the caller's.
 *
 * Runs leave their files below that folder, so nothing of a test lands in the project. The cache is
 * whatever TIDEMARK_CACHE says at the moment of the call.
 */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const launcher = fileURLToPath(new URL('../harness/cli/tidemark.mjs', import.meta.url));

export interface Answer {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Resolves when it has ended, whatever its exit code. */
export async function tidemark(cwd: string, ...args: readonly string[]): Promise<Answer> {
  const child = spawn(process.execPath, [launcher, ...args], {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)];
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  return { code, stdout: stdout(), stderr: stderr() };
}

function collect(stream: NodeJS.ReadableStream): () => string {
  const chunks: string[] = [];
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => chunks.push(chunk));
  return () => chunks.join('');
}
