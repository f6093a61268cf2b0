/**
 * Where a run leaves its files: `<root>/<scenario>/<time>/`, with `latest` beside the times.
 *
 * Each run gets a folder of its own, named by its start in UTC, and never touches another run's.
 * `latest` is a relative symbolic link that is replaced by a rename, so that a reader always finds
 * either the old or the new run behind it, even while a run starts. Folders are never removed here.
 */
import { mkdirSync, renameSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

/** Runs of one scenario that may start in the same millisecond. */
const sameTimeMax = 100;

/**
 * Makes the folder of a run and points `latest` at it. `root` is the folder of all runs
 * (`reports/out`), `now` milliseconds since 1970. Returns the folder's path. Throws when the
 * scenario's name is not a plain folder name.
 */
export function runDirectory(root: string, scenario: string, now: number): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(scenario) || scenario === 'latest') {
    throw new Error(`scenario name ${JSON.stringify(scenario)} cannot be a folder name`);
  }
  const parent = join(root, scenario);
  mkdirSync(parent, { recursive: true });
  const name = makeFresh(parent, new Date(now).toISOString().replaceAll(':', '-'));
  const pending = join(parent, `.latest-${process.pid}-${name}`);
  symlinkSync(name, pending);
  renameSync(pending, join(parent, 'latest'));
  return join(parent, name);
}

function makeFresh(parent: string, time: string): string {
  for (let attempt = 1; attempt <= sameTimeMax; attempt += 1) {
    const name = attempt === 1 ? time : `${time}-${attempt}`;
    try {
      mkdirSync(join(parent, name));
      return name;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
  throw new Error(`${sameTimeMax} runs already started at ${time} in ${parent}`);
}
