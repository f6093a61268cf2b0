/**
 * Apache Kafka from its published jars, and what makes it start fast.
 *
 * Two things are kept. The jars, pinned by `pins/kafka/pom.xml`, are fetched by Maven, once. From them and the Java on this
 * machine an image is prepared, once: a formatted data folder, copied for each run, and an archive of loaded classes
 * (AppCDS), made by running a broker and ending it. The archive only saves time; Java ignores one that does not fit.
 * Neither needs the network once it is there.
 */

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Component, type InstallOptions, install, isInstalled, pinHash } from './cache.ts';
import { runCommand } from './command.ts';
import { EnvironmentError } from './environment-error.ts';
import { kafkaArguments, kafkaClassPath, serverProperties, trainBroker } from './kafka-broker.ts';
import { freePorts } from './ports.ts';
import { requireTool } from './tools.ts';

const pinFolder = join(import.meta.dirname, 'pins', 'kafka');
const copyGoal = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies';
/** Raise it when the way the image is made changes. */
const imageRevision = '1';

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

export function kafkaImage(cache: string, javaVersion: string): Component {
  const { version, pinHash: jarsHash } = kafkaJars();
  // The archive holds the absolute paths of the jars, so a moved cache needs a new one.
  const hash = pinHash(jarsHash, javaVersion, cache, imageRevision);
  return { name: 'kafka-image', version, pinHash: hash };
}

/** Both parts, made if they are missing. Rejects with `tool-missing` before any work, or `fetch-failed`. */
export async function installKafka(options: InstallOptions): Promise<KafkaInstall> {
  const jars = kafkaJars();
  const java = await requireTool('java');
  const maven = isInstalled(options.cache, jars) ? null : await requireTool('maven');
  const fetch = (folder: string) => fetchJars(maven!.command, folder, options);
  const libs = join(await install(jars, fetch, options), 'libs');
  const image = kafkaImage(options.cache, java.version);
  const prepare = (folder: string) => prepareImage(folder, java.command, libs, options);
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
  java: string,
  libs: string,
  options: InstallOptions,
): Promise<void> {
  options.report('formatting a data folder and archiving classes (5-20 s, once)');
  const [internal, client, controller] = await freePorts(3);
  const data = join(folder, 'data');
  const properties = join(folder, 'server.properties');
  const ports = { internal: internal!, client: client!, controller: controller! };
  writeFileSync(properties, serverProperties({ ...ports, advertised: ports.client, data }));
  await formatData(java, libs, properties, options);
  // The broker that trains runs on a copy, so that the template stays as it was formatted.
  const trained = join(folder, 'trained');
  const training = join(folder, 'training.properties');
  await runCommand('cp', ['-R', data, trained], { signal: options.signal });
  writeFileSync(training, serverProperties({ ...ports, advertised: ports.client, data: trained }));
  const archiveArg = `-XX:ArchiveClassesAtExit=${join(folder, 'classes.jsa')}`;
  const args = kafkaArguments([archiveArg], libs, training, join(folder, 'logs'));
  await trainBroker(java, args, ports, options.signal);
  await runCommand('rm', ['-rf', trained, training, properties, join(folder, 'logs')]);
}

async function formatData(
  java: string,
  libs: string,
  properties: string,
  options: InstallOptions,
): Promise<void> {
  const clusterId = Buffer.from(pinHash(properties).padEnd(16, '0')).toString('base64url');
  const format = ['format', '-t', clusterId, '-c', properties];
  const jvm = ['-XX:TieredStopAtLevel=1', '-cp', kafkaClassPath(libs)];
  const args = [...jvm, 'kafka.tools.StorageTool', ...format];
  await runCommand(java, args, { signal: options.signal });
}
