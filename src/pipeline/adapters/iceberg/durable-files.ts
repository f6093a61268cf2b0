/**
 * Files that survive a power cut once a function here has resolved: created exclusively, synced,
 * and their folder synced.
 *
 * A commit makes a name visible to the world, so every file it leads to, and every folder entry on
 * the way there, has to be on disk first. Nothing is ever overwritten: creating a file that exists
 * is an error. Only local `file:` locations are known.
 */
import { mkdir, open, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { TidemarkError } from '../../errors.ts';

/** Absolute path of a location: `file:///a`, `file:/a` (as Hadoop writes it) or `/a`. */
export function localPath(location: string): string {
  const path = location.replace(/^file:(\/\/(?=\/))?/, '');
  if (path.startsWith('/') && !path.startsWith('//')) return path;
  throw new TidemarkError('config-invalid', `${location} is not a local file; use a file:// URI`);
}

async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes the entries of a folder durable. */
export const syncFolder = sync;

/** Makes the folder with all its parents; the new entries are durable when it resolves. */
export async function makeFolder(path: string): Promise<void> {
  const firstMade = await mkdir(path, { recursive: true });
  if (firstMade === undefined) return;
  for (let folder = path; folder.length >= firstMade.length; folder = dirname(folder)) {
    await sync(dirname(folder));
  }
}

/**
 * Writes a new file and syncs it; the folder has to be synced by the caller. Fails when the name
 * exists.
 */
export async function createFile(path: string, body: Buffer | string): Promise<void> {
  const handle = await open(path, 'wx');
  try {
    await handle.writeFile(body);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Removes a file; one that is gone already is fine. */
export function removeFile(path: string): Promise<void> {
  return rm(path, { force: true });
}
