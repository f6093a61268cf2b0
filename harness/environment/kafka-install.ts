/**
 * Apache Kafka from its published jars, and what makes it start fast.
 *
 * Two things are kept. The jars, pinned by `pins/kafka/pom.xml`, are fetched by Maven, once. From
 * them and the Java on this machine an image is prepared, once: a formatted data folder, copied for
 * each run, and an archive of loaded classes (AppCDS), made by running a broker and ending it. The
 * archive only saves time; Java ignores one that does not fit. Neither needs the network once it is
 * there.
 */

import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Component, type InstallOptions, install, isInstalled, pinHash } from './cache.ts';
import { runCommand } from './command.ts';
import { EnvironmentError } from './environment-error.ts';
import { startGuard, stopGuard } from './guard.ts';
import { planKafka } from './kafka.ts';
import { kafkaClassPath, serverProperties } from './kafka-broker.ts';
import { freePorts } from './ports.ts';
import { RunFolder } from './run-folder.ts';
import { ServiceProcess } from './service-process.ts';
import { requireTool } from './tools.ts';

const pinFolder = join(import.meta.dirname, 'pins', 'kafka');
const copyGoal = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies';
/** Raise it when the way the image is made changes. */
const imageRevision = '2';
/** Ending takes this long at most, because the archive is written then. */
const archiveMsMax = 60_000;

export interface KafkaInstall {
  readonly version: string;
  readonly java: string;
  readonly libs: string;
  /** Formatted data folder to copy. */
  readonly template: string;
  readonly archive: string;
}

export function kafkaJars(): Component {
  const pom = readFileSync(join(pinFolder, 'pom.xml'), 'utf8');
  const version = /<artifactId>kafka_2\.13<\/artifactId>\s*<version>([^<]+)</.exec(pom)?.[1];
  if (version === undefined) throw new Error('pins/kafka/pom.xml names no version of kafka_2.13');
  return { name: 'kafka', version, pinHash: pinHash(pom) };
}

/** The jars must be installed before. */
function kafkaImage(cache: string, javaVersion: string): Component {
  const { version, pinHash: jarsHash } = kafkaJars();
  // The archive holds the absolute paths of the jars, so jars elsewhere need another one.
  const jars = realpathSync(join(cache, 'kafka'));
  const hash = pinHash(jarsHash, javaVersion, jars, imageRevision);
  return { name: 'kafka-image', version, pinHash: hash };
}

/**
 * Both parts, made if they are missing. Rejects with `tool-missing` before any work, or
 * `fetch-failed`.
 */
export async function installKafka(options: InstallOptions): Promise<KafkaInstall> {
  const jars = kafkaJars();
  const java = await requireTool('java');
  const maven = isInstalled(options.cache, jars) ? null : await requireTool('maven');
  const fetch = (folder: string) => fetchJars(maven!.command, folder, options);
  const libs = join(realpathSync(await install(jars, fetch, options)), 'libs');
  const image = kafkaImage(options.cache, java.version);
  const prepare = (folder: string) => prepareImage(folder, { java: java.command, libs }, options);
  const folder = await install(image, prepare, options);
  return {
    version: jars.version,
    java: java.command,
    libs,
    template: join(folder, 'data'),
    archive: join(folder, 'classes.jsa'),
  };
}

async function fetchJars(maven: string, folder: string, options: InstallOptions): Promise<void> {
  let files = 0;
  const onLine = (line: string) => {
    if (!/^(\[INFO\] )?Downloaded /.test(line)) return;
    files += 1;
    if (files % 20 === 0) options.report(`fetched ${files} files`);
  };
  options.report('fetching the jars with Maven (15-60 s the first time)');
  const libs = join(folder, 'libs');
  const pom = join(pinFolder, 'pom.xml');
  const args = ['-B', '-f', pom, copyGoal, `-DoutputDirectory=${libs}`, '-DincludeScope=runtime'];
  try {
    await runCommand(maven, args, { cwd: folder, onLine, signal: options.signal });
  } catch (error) {
    options.signal?.throwIfAborted();
    const text = 'Maven could not fetch the Kafka jars. Check the network and the Maven settings.';
    throw new EnvironmentError('fetch-failed', `${text}\n${String(error)}`, error);
  }
  options.report(`has ${readdirSync(libs).length} jars`);
}

async function prepareImage(
  folder: string,
  { java, libs }: { readonly java: string; readonly libs: string },
  options: InstallOptions,
): Promise<void> {
  options.report('formatting a data folder and archiving classes (5-20 s, once)');
  const template = join(folder, 'data');
  const properties = join(folder, 'server.properties');
  const formatPorts = { internal: 1, client: 2, controller: 3, advertised: 2 };
  writeFileSync(properties, serverProperties({ ...formatPorts, data: template }));
  const clusterId = randomBytes(16).toString('base64url');
  const format = ['kafka.tools.StorageTool', 'format', '-t', clusterId, '-c', properties];
  const jvm = ['-XX:TieredStopAtLevel=1', '-cp', kafkaClassPath(libs)];
  await runCommand(java, [...jvm, ...format], { signal: options.signal });
  await archiveClasses({ java, libs, template, archive: join(folder, 'classes.jsa') }, options);
}

/**
 * Runs a broker as every run does and ends it in good order, upon which Java writes the archive.
 */
async function archiveClasses(
  installed: Omit<KafkaInstall, 'version'>,
  options: InstallOptions,
): Promise<void> {
  const run = RunFolder.create(options.cache);
  try {
    startGuard(options.cache, run);
    const [internal, client, controller] = (await freePorts(3)) as [number, number, number];
    const ports = { internal, client, controller, proxy: client };
    const write = [`-XX:ArchiveClassesAtExit=${installed.archive}`];
    const plan = await planKafka({ ...installed, version: 'training' }, run, ports, write);
    const broker = new ServiceProcess({ ...plan, stopMsMax: archiveMsMax }, run);
    try {
      await broker.start(options.signal);
    } finally {
      await broker.stop();
    }
  } finally {
    await stopGuard(run);
    run.remove();
  }
}
