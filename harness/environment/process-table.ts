/**
 * Processes as the operating system sees them, and the identity that survives a reused pid.
 *
 * A pid alone names nobody: after a while the kernel gives it to somebody else. Together with the
 * moment the process started (field 22 of /proc/<pid>/stat, in ticks since boot, and the boot it
 * belongs to) it does, so everything that may end a process compares both. Systems without /proc
 * are asked through `ps`, whose start times have one-second grain. A zombie counts as dead: it runs
 * nothing and holds nothing.
 */

import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { isFileError } from './environment-error.ts';

export interface ProcessIdentity {
  readonly pid: number;
  /** Opaque; equal only for the same process. */
  readonly startTime: string;
}

export interface ProcessInfo extends ProcessIdentity {
  readonly parentPid: number;
  readonly state: 'alive' | 'paused' | 'dead';
}

/** Null when no such process exists. */
export function readProcess(pid: number): ProcessInfo | null {
  return process.platform === 'linux' ? readProc(pid) : (readPs(['-p', String(pid)])[0] ?? null);
}

/** The identity of a process that is known to exist, usually a child just spawned. */
export function identityOf(pid: number): ProcessIdentity {
  const info = readProcess(pid);
  if (info === null) throw new Error(`no process ${pid}`);
  return { pid, startTime: info.startTime };
}

export function stateOf(identity: ProcessIdentity): ProcessInfo['state'] {
  const info = readProcess(identity.pid);
  return info === null || info.startTime !== identity.startTime ? 'dead' : info.state;
}

export function isAlive(identity: ProcessIdentity): boolean {
  return stateOf(identity) !== 'dead';
}

/**
 * All living processes below one, parents before their children; Postgres, for example, is a
 * family.
 */
export function descendantsOf(pid: number): readonly ProcessInfo[] {
  const all = listProcesses().filter((info) => info.state !== 'dead');
  const found: ProcessInfo[] = [];
  const wanted = [pid];
  for (const parent of wanted) {
    for (const info of all) {
      if (info.parentPid !== parent) continue;
      found.push(info);
      wanted.push(info.pid);
    }
  }
  return found;
}

/**
 * Sends a signal if, at this moment, the process still is the one that was meant. False when it is
 * gone.
 */
export function signalProcess(identity: ProcessIdentity, signal: NodeJS.Signals): boolean {
  if (!isAlive(identity)) return false;
  try {
    return process.kill(identity.pid, signal);
  } catch (error) {
    if (isFileError(error, 'ESRCH')) return false;
    throw error;
  }
}

function listProcesses(): ProcessInfo[] {
  if (process.platform !== 'linux') return readPs(['-A']);
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map((pid) => readProc(Number(pid))).filter((info) => info !== null);
}

function readProc(pid: number): ProcessInfo | null {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch (error) {
    if (isFileError(error, 'ENOENT') || isFileError(error, 'ESRCH')) return null;
    throw error;
  }
  // The command name in parentheses may hold spaces, so fields are counted from the last
  // parenthesis: 3 is the first.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const state = stateLetter(fields[0]!);
  return { pid, parentPid: Number(fields[1]), state, startTime: `${fields[19]}@${bootId()}` };
}

function stateLetter(letter: string): ProcessInfo['state'] {
  if (/^[ZX]/.test(letter)) return 'dead';
  return /^[Tt]/.test(letter) ? 'paused' : 'alive';
}

let bootIdRead: string | undefined;
function bootId(): string {
  bootIdRead ??= readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').slice(0, 8);
  return bootIdRead;
}

/** `ps` answers with status 1 when it found nobody, which is an answer and not a failure. */
export function readPs(selection: readonly string[]): ProcessInfo[] {
  let out: string;
  try {
    const args = [...selection, '-o', 'pid=,ppid=,stat=,lstart='];
    out = execFileSync('ps', args, { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } });
  } catch (error) {
    if (error instanceof Error && 'status' in error && error.status === 1) return [];
    throw error;
  }
  return out
    .split('\n')
    .map((line) => /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.+?)\s*$/.exec(line))
    .filter((match) => match !== null)
    .map(([, pid, parentPid, letter, startTime]) => ({
      pid: Number(pid),
      parentPid: Number(parentPid),
      state: stateLetter(letter!),
      startTime: startTime!,
    }));
}
