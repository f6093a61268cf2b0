/**
 * The plan by which a run's Kafka broker is started.
 *
 * The data folder is a copy of the formatted template with a cluster id of its own; a folder that
 * already holds data is used as it is. Ready means: the broker answers a Metadata request on its
 * direct listener and lists itself. The same plan starts it again after a kill, on the same ports
 * and data. The class archive is an argument, because the broker that writes it is started by this
 * plan too.
 */

import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from './command.ts';
import { type KafkaPorts, kafkaArguments, serverProperties } from './kafka-broker.ts';
import type { KafkaInstall } from './kafka-install.ts';
import { brokerAnswers } from './kafka-metadata.ts';
import type { RunFolder } from './run-folder.ts';
import type { ServicePlan } from './service-process.ts';

export interface KafkaRunPorts extends KafkaPorts {
  readonly proxy: number;
}

export async function planKafka(
  installed: KafkaInstall,
  run: RunFolder,
  ports: KafkaRunPorts,
  archive: readonly string[] = [`-XX:SharedArchiveFile=${installed.archive}`, '-Xshare:auto'],
): Promise<ServicePlan> {
  const folder = run.path('kafka');
  const data = join(folder, 'data');
  mkdirSync(folder, { recursive: true });
  if (!existsSync(join(data, 'meta.properties'))) await copyTemplate(installed.template, data);
  const properties = join(folder, 'server.properties');
  writeFileSync(properties, serverProperties({ ...ports, advertised: ports.proxy, data }));
  return {
    name: 'kafka',
    version: installed.version,
    address: `127.0.0.1:${ports.internal}`,
    command: installed.java,
    args: kafkaArguments(archive, installed.libs, properties, folder),
    cwd: folder,
    env: process.env,
    logFile: run.path('logs', 'kafka.log'),
    stopSignal: 'SIGTERM',
    readyCondition: 'Kafka answers a Metadata request and lists its broker',
    readyMsMax: 60_000,
    isReady: () => brokerAnswers('127.0.0.1', ports.internal),
  };
}

async function copyTemplate(template: string, data: string): Promise<void> {
  await runCommand('cp', ['-R', template, data]);
  const path = join(data, 'meta.properties');
  const clusterId = randomBytes(16).toString('base64url');
  const text = readFileSync(path, 'utf8').replace(/^cluster\.id=.*$/m, `cluster.id=${clusterId}`);
  writeFileSync(path, text);
}
