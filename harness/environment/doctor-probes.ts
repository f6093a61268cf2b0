/**
 * Looks at the machine for the doctor: runs each tool for its version, looks into the cache and at
 * the disk.
 *
 * A tool that can't be run is an answer (null), and so is a package that isn't installed; only
 * surprises are thrown.
 */

import { existsSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { cacheFolder, isInstalled } from './cache.ts';
import { clickhouseVersion } from './clickhouse.ts';
import { runCommand } from './command.ts';
import {
  assess,
  type CachedComponent,
  type DoctorReport,
  type Probes,
  renderDoctor,
} from './doctor.ts';
import { EnvironmentError } from './environment-error.ts';
import { kafkaJars } from './kafka-install.ts';
import { postgresBinaries, postgresPackage } from './postgres-install.ts';
import { findTool } from './tools.ts';
import { toxiproxyBinary } from './toxiproxy-install.ts';

const dockerMsMax = 5000;

/** The report as text for a person, or as JSON for a program. */
export async function doctor(options: { readonly json?: boolean } = {}): Promise<string> {
  const report = await examine();
  return options.json ? `${JSON.stringify(report, null, 2)}\n` : renderDoctor(report);
}

export async function examine(): Promise<DoctorReport> {
  return assess(await probe());
}

export async function probe(): Promise<Probes> {
  const [java, maven, go, client, engine] = await Promise.all([
    findTool('java'),
    findTool('maven'),
    findTool('go'),
    docker(['--version']),
    docker(['version', '--format', '{{.Server.Version}}']),
  ]);
  const folder = cacheFolder();
  const postgres = versionOrNull(() => postgresPackage().version);
  return {
    node: process.versions.node,
    tools: {
      java: java?.version ?? null,
      maven: maven?.version ?? null,
      go: go?.version ?? null,
    },
    clickhouse: versionOrNull(clickhouseVersion),
    postgres,
    docker: { client, engine },
    cache: { folder, components: components(folder, postgres), freeBytes: freeBytes(folder) },
  };
}

function components(cache: string, postgresVersion: string | null): CachedComponent[] {
  const kafka = kafkaJars();
  const toxiproxy = toxiproxyBinary();
  const found: CachedComponent[] = [
    { name: 'kafka', version: kafka.version, installed: isInstalled(cache, kafka) },
    { name: 'toxiproxy', version: toxiproxy.version, installed: isInstalled(cache, toxiproxy) },
  ];
  if (postgresVersion === null) return found;
  const installed = isInstalled(cache, postgresBinaries(postgresVersion));
  return [...found, { name: 'postgres', version: postgresVersion, installed }];
}

function versionOrNull(read: () => string): string | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof EnvironmentError && error.code === 'tool-missing') return null;
    throw error;
  }
}

/** Of the disk that holds the folder, or would. */
function freeBytes(folder: string): number {
  let path = folder;
  while (!existsSync(path) && dirname(path) !== path) path = dirname(path);
  const { bavail, bsize } = statfsSync(path);
  return bavail * bsize;
}

/** Null when there is no client, or the answer needs an engine that does not answer. */
async function docker(args: readonly string[]): Promise<string | null> {
  try {
    const signal = AbortSignal.timeout(dockerMsMax);
    const lines = await runCommand('docker', args, { signal });
    return /\d+\.[\w.]+/.exec(lines.join('\n'))?.[0] ?? null;
  } catch {
    // Not installed, or no engine behind it: both are what this asks.
    return null;
  }
}
