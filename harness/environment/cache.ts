/**
 * The cache: one folder for everything that is fetched or prepared once and used by every later
 * start.
 *
 * Each component has a folder named by the hash of what pins it, so two versions live side by side
 * and a changed pin is simply another folder. A component is built under a temporary name and
 * published by one rename, so a folder that exists is complete; an interrupted build leaves only a
 * temporary folder, which the next build removes. As root the cache must stay outside root's home,
 * because Postgres refuses to run as root and no other user may enter there.
 */

import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../system-clock.ts';
import { isFileError } from './environment-error.ts';
import { withLock } from './file-lock.ts';

/** Absolute path of the cache folder; it may not exist yet. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  if (env.TIDEMARK_CACHE) return env.TIDEMARK_CACHE;
  if (process.getuid?.() === 0) return '/var/cache/tidemark';
  return join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'tidemark');
}

export interface Component {
  /** Folder name in the cache, such as `kafka`. */
  readonly name: string;
  readonly version: string;
  /** Hash of everything that decides the content. */
  readonly pinHash: string;
}

/** Written as `installed.json` into each component's folder. */
export interface Marker extends Component {
  readonly installedAt: string;
}

export interface InstallOptions {
  readonly cache: string;
  readonly signal?: AbortSignal | undefined;
  readonly report: (text: string) => void;
}

/**
 * Builds into `folder`, which exists and is empty. What it rejects with leaves nothing published.
 */
export type Build = (folder: string) => Promise<void>;

export function pinHash(...parts: readonly (string | Buffer)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part).update('\0');
  return hash.digest('hex').slice(0, 12);
}

export function componentFolder(cache: string, component: Component): string {
  return join(cache, component.name, `${component.version}-${component.pinHash}`);
}

export function isInstalled(cache: string, component: Component): boolean {
  return existsSync(join(componentFolder(cache, component), 'installed.json'));
}

/**
 * The component's folder, built first if it isn't there. Safe to run in several processes at once
 * and to interrupt.
 */
export async function install(
  component: Component,
  build: Build,
  options: InstallOptions,
): Promise<string> {
  const folder = componentFolder(options.cache, component);
  if (isInstalled(options.cache, component)) return folder;
  openFolder(options.cache);
  openFolder(join(options.cache, component.name));
  const work = async () => {
    if (isInstalled(options.cache, component)) return;
    removeLeftovers(join(options.cache, component.name));
    const temporary = join(options.cache, component.name, `building-${process.pid}`);
    openFolder(temporary);
    try {
      await build(temporary);
      const marker: Marker = {
        ...component,
        installedAt: new Date(systemClock.nowMs()).toISOString(),
      };
      writeFileSync(join(temporary, 'installed.json'), `${JSON.stringify(marker, null, 2)}\n`);
      publish(temporary, folder);
    } finally {
      rmSync(temporary, { recursive: true, force: true });
    }
  };
  const onWait = (holder: { pid: number }) =>
    options.report(`waits for process ${holder.pid}, which is preparing the same`);
  await withLock(join(options.cache, 'locks', `${component.name}.lock`), work, {
    onWait,
    signal: options.signal,
  });
  return folder;
}

/** Version and time of an installed component; null when it isn't installed. */
export function readMarker(cache: string, component: Component): Marker | null {
  if (!isInstalled(cache, component)) return null;
  const path = join(componentFolder(cache, component), 'installed.json');
  return JSON.parse(readFileSync(path, 'utf8')) as Marker;
}

/** Makes a folder that every user may enter, whatever the umask says. */
export function openFolder(path: string): void {
  mkdirSync(path, { recursive: true });
  chmodSync(path, 0o755);
}

function removeLeftovers(folder: string): void {
  for (const name of readdirSync(folder)) {
    if (name.startsWith('building-')) rmSync(join(folder, name), { recursive: true });
  }
}

function publish(temporary: string, folder: string): void {
  try {
    renameSync(temporary, folder);
  } catch (error) {
    // Somebody published the same content first; theirs is as good.
    if (!isFileError(error, 'ENOTEMPTY') && !isFileError(error, 'EEXIST')) throw error;
  }
}
