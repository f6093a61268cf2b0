/**
 * How a single Kafka broker is configured and run.
 *
 * One KRaft node with three listeners. CLIENT advertises the proxy's port, so every connection of a
 * client goes through the proxy, also those it makes from metadata. INTERNAL is direct: the
 * broker's own requests, administration and the checkers use it. A broker that could reach itself
 * only through the proxy would break its transactions with each network fault. Topics are never
 * made by accident, and nothing waits for a group to fill.
 */

import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface KafkaPorts {
  readonly internal: number;
  readonly client: number;
  readonly controller: number;
}

export interface BrokerSettings extends KafkaPorts {
  /** The port that clients are told to use: the proxy's. */
  readonly advertised: number;
  /** Folder of the formatted data. */
  readonly data: string;
}

export function serverProperties(settings: BrokerSettings): string {
  const at = (port: number) => `127.0.0.1:${port}`;
  const listeners = `INTERNAL://${at(settings.internal)},CLIENT://${at(settings.client)}`;
  const advertised = `INTERNAL://${at(settings.internal)},CLIENT://${at(settings.advertised)}`;
  const properties = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@${at(settings.controller)}`,
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'INTERNAL',
    listeners: `${listeners},CONTROLLER://${at(settings.controller)}`,
    'advertised.listeners': advertised,
    'listener.security.protocol.map': 'INTERNAL:PLAINTEXT,CLIENT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'log.dirs': settings.data,
    'auto.create.topics.enable': false,
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 4,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'transaction.state.log.num.partitions': 4,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    'share.coordinator.state.topic.num.partitions': 4,
    'group.initial.rebalance.delay.ms': 0,
    // A broker that was killed may register again only when its old session has ended.
    'broker.session.timeout.ms': 3000,
    'broker.heartbeat.interval.ms': 500,
    'log.cleaner.dedupe.buffer.size': 8388608,
  };
  const lines = Object.entries(properties).map(([key, value]) => `${key}=${value}`);
  return `${lines.join('\n')}\n`;
}

/** An explicit, sorted list: the class archive fits only the very same class path. */
export function kafkaClassPath(libs: string): string {
  const jars = readdirSync(libs).filter((name) => name.endsWith('.jar'));
  return jars
    .sort()
    .map((name) => join(libs, name))
    .join(':');
}

/** Arguments of `java` for a broker that logs into `logs`, a folder. */
export function kafkaArguments(
  jvm: readonly string[],
  libs: string,
  properties: string,
  logs: string,
): string[] {
  mkdirSync(logs, { recursive: true });
  const logging = join(logs, 'log4j2.properties');
  writeFileSync(logging, loggingProperties);
  const memory = ['-Xms256m', '-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];
  // Without this flag Java leaves a file in a shared temporary folder after each kill.
  const own = [
    '-XX:-UsePerfData',
    '-Djava.awt.headless=true',
    `-Dlog4j2.configurationFile=${logging}`,
  ];
  return [...jvm, ...memory, ...own, '-cp', kafkaClassPath(libs), 'kafka.Kafka', properties];
}

const loggingProperties = `\
status = error
rootLogger.level = info
rootLogger.appenderRef.console.ref = console
appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d{ISO8601}{UTC}Z %-5p %c{1} - %m%n
`;
