/**
 * Ends a run's processes at the moment its harness dies, however it dies.
 *
 * A shell waits on a pipe whose other end only the harness holds, so the kernel wakes it when the
 * harness is gone, also after a kill -9. Only then does it become a Node process that reaps. It
 * costs a sleeping shell a run; when the guard itself is killed too, the reap at the next start
 * does the work.
 */

import { spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { identityOf } from './process-table.ts';
import { endProcess, reap } from './reaper.ts';
import type { RunFolder } from './run-folder.ts';

const name = 'guard';
const script = 'read _; exec "$0" "$@"';

/** Starts the guard of a run and records it. */
export function startGuard(cache: string, run: RunFolder): void {
  const args = ['-c', script, process.execPath, join(import.meta.dirname, 'guard.ts'), cache];
  const child = spawn('/bin/sh', args, {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    cwd: '/',
  });
  child.on('error', () => undefined);
  if (child.pid === undefined) return;
  child.unref();
  (child.stdin as Socket).unref();
  const command = `/bin/sh ${args.join(' ')}`;
  run.add({ ...identityOf(child.pid), name, command, stopSignal: 'SIGKILL' });
}

export async function stopGuard(run: RunFolder): Promise<void> {
  const guard = run.processes.find((process) => process.name === name);
  if (guard !== undefined) await endProcess(guard, 'SIGKILL');
}

if (import.meta.main) await reap(process.argv[2]!);
