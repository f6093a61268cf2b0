/**
 * Real processes that do nothing, for the tests of what ends processes.
 *
 * Each is a `sleep` of its own, ended by the test that started it, whatever the test found.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { identityOf, type ProcessIdentity } from './process-table.ts';

/** Longer than any test. */
const sleepSeconds = '600';

export function dummy(command = 'sleep', args: readonly string[] = [sleepSeconds]): ChildProcess {
  const child = spawn(command, args, { stdio: 'ignore', detached: true });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  return child;
}

export function dummyIdentity(): ProcessIdentity {
  return identityOf(dummy().pid!);
}

/** Identity of a process that has ended. */
export async function deadIdentity(): Promise<ProcessIdentity> {
  const child = dummy();
  const identity = identityOf(child.pid!);
  const exited = new Promise((done) => child.once('exit', done));
  child.kill('SIGKILL');
  await exited;
  return identity;
}

/** A folder for one test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
