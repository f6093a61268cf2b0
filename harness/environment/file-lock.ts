/**
 * A lock between processes: a file that names its holder by pid and start time.
 *
 * The file appears together with its content (it is linked into place), so nobody ever reads half a
 * holder. When the holder is dead, the lock is taken over: the stale file is renamed away, which
 * only one process can do. A second one that judged the same stale file may rename a fresh lock
 * instead; it sees that by the content and puts it back. In that instant two processes can hold the
 * lock, so what it guards must stay right without it: installs build under their own names and are
 * published by one rename. The lock spares work and makes people wait in a queue.
 */

import { randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { waitFor } from '../system-clock.ts';
import { EnvironmentError, isFileError } from './environment-error.ts';
import { identityOf, isAlive, type ProcessIdentity } from './process-table.ts';

const waitMsMax = 20 * 60_000;

export interface LockOptions {
  readonly waitMsMax?: number;
  readonly signal?: AbortSignal | undefined;
  /** Called once when somebody else holds the lock. */
  readonly onWait?: (holder: ProcessIdentity) => void;
}

/**
 * Runs `work` while holding the lock. Rejects with `lock-held` when a living holder keeps it longer
 * than the bound.
 */
export async function withLock<T>(
  path: string,
  work: () => Promise<T>,
  options: LockOptions = {},
): Promise<T> {
  mkdirSync(dirname(path), { recursive: true });
  const own = `${JSON.stringify({ ...identityOf(process.pid), token: randomUUID() })}\n`;
  await acquire(path, own, options);
  try {
    return await work();
  } finally {
    if (readOrNull(path) === own) rmSync(path);
  }
}

async function acquire(path: string, own: string, options: LockOptions): Promise<void> {
  const boundMs = options.waitMsMax ?? waitMsMax;
  let announced = false;
  const attempt = () => {
    if (tryLink(path, own)) return true;
    const held = readOrNull(path);
    if (held === null) return false;
    const holder = JSON.parse(held) as ProcessIdentity;
    if (!isAlive(holder)) moveAway(path, held);
    else if (!announced) {
      announced = true;
      options.onWait?.(holder);
    }
    return false;
  };
  try {
    const condition = `the lock ${path} is free`;
    await waitFor(attempt, { condition, boundMs, pollMs: 100, ...signalOption(options.signal) });
  } catch (error) {
    if (options.signal?.aborted) throw error;
    const text = `${path} is held by a living process (${readOrNull(path)?.trim()}); wait for it or end it.`;
    throw new EnvironmentError('lock-held', text, error);
  }
}

/** True when the lock file came into being with this content. */
function tryLink(path: string, content: string): boolean {
  const temporary = `${path}.${randomUUID()}`;
  writeFileSync(temporary, content);
  try {
    linkSync(temporary, path);
    return true;
  } catch (error) {
    if (isFileError(error, 'EEXIST')) return false;
    throw error;
  } finally {
    rmSync(temporary);
  }
}

function moveAway(path: string, judged: string): void {
  const aside = `${path}.${randomUUID()}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (isFileError(error, 'ENOENT')) return;
    throw error;
  }
  const moved = readFileSync(aside, 'utf8');
  rmSync(aside);
  if (moved !== judged) tryLink(path, moved);
}

function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (isFileError(error, 'ENOENT')) return null;
    throw error;
  }
}

function signalOption(signal: AbortSignal | undefined): { signal?: AbortSignal } {
  return signal === undefined ? {} : { signal };
}
