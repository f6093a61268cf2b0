/**
 * Toxiproxy, fetched as a Go module and built, once.
 *
 * `pins/toxiproxy` holds the module file and the checksums, so the build takes exactly these
 * sources or fails. The result is one static binary. Building takes one to four minutes on a small
 * machine.
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Component, type InstallOptions, install, isInstalled, pinHash } from './cache.ts';
import { runCommand } from './command.ts';
import { EnvironmentError } from './environment-error.ts';
import { requireTool } from './tools.ts';

const pinFolder = join(import.meta.dirname, 'pins', 'toxiproxy');
const modulePath = 'github.com/Shopify/toxiproxy/v2';
const packagesAbout = 260;

export interface ToxiproxyInstall {
  readonly version: string;
  readonly binary: string;
}

export function toxiproxyBinary(): Component {
  const files = ['go.mod', 'go.sum'].map((name) => readFileSync(join(pinFolder, name), 'utf8'));
  const version = new RegExp(`${modulePath} v(\\S+)`).exec(files[0]!)?.[1];
  if (version === undefined) throw new Error(`pins/toxiproxy/go.mod names no ${modulePath}`);
  const hash = pinHash(...files, process.platform, process.arch);
  return { name: 'toxiproxy', version, pinHash: hash };
}

/** Rejects with `tool-missing` before any work, or `fetch-failed`. */
export async function installToxiproxy(options: InstallOptions): Promise<ToxiproxyInstall> {
  const component = toxiproxyBinary();
  const go = isInstalled(options.cache, component) ? null : await requireTool('go');
  const build = (folder: string) => buildBinary(go!.command, component.version, folder, options);
  const folder = await install(component, build, options);
  return { version: component.version, binary: join(folder, 'toxiproxy-server') };
}

async function buildBinary(
  go: string,
  version: string,
  folder: string,
  options: InstallOptions,
): Promise<void> {
  let packages = 0;
  const onLine = (line: string) => {
    if (/^go: downloading /.test(line)) return options.report(line.slice('go: '.length));
    packages += 1;
    if (packages % 25 === 0) options.report(`built ${packages} of about ${packagesAbout} packages`);
  };
  options.report('fetching and building with Go (1-4 min the first time)');
  const versionFlag = `-ldflags=-s -w -X ${modulePath}.Version=${version}`;
  const output = join(folder, 'toxiproxy-server');
  const flags = ['-v', '-trimpath', '-buildvcs=false', '-mod=readonly', versionFlag, '-o', output];
  const env = { ...process.env, CGO_ENABLED: '0' };
  const { signal } = options;
  try {
    const args = ['build', ...flags, `${modulePath}/cmd/server`];
    await runCommand(go, args, { cwd: pinFolder, env, onLine, signal });
  } catch (error) {
    signal?.throwIfAborted();
    const text = 'Go could not fetch or build Toxiproxy. Check the network and the Go settings.';
    throw new EnvironmentError('fetch-failed', `${text}\n${String(error)}`, error);
  }
}
