/**
 * `tidemark produce`: a recording or generated trades into a topic, with a journal of what was
 * acknowledged.
 */
import { type ProduceCommandArgs, produceCommand } from '../../workload/produce-command.ts';
import { type Command, exitCodes, integerOption, stringOption, UsageError } from '../command.ts';
import { createProgress } from '../progress.ts';

export const produce: Command = {
  name: 'produce',
  summary: 'replay a recording, or generate trades, into Kafka',
  options: {
    input: {
      type: 'string',
      value: 'FILE',
      help: 'recording (.gz or plain): combined stream, raw events, or dump CSV',
    },
    records: {
      type: 'string',
      value: 'N',
      help: 'how many: generated without --input, at most that many with it',
    },
    seed: { type: 'string', value: 'N', help: 'seed of the generator' },
    rate: { type: 'string', value: 'R', help: 'records a second' },
    speed: { type: 'string', value: 'X', help: 'recorded spacing, X times as fast' },
    topic: { type: 'string', value: 'NAME', help: 'topic to write to' },
    'kafka-bootstrap-servers': { type: 'string', value: 'LIST', help: 'host:port[,host:port]' },
    journal: {
      type: 'string',
      value: 'FILE',
      help: 'where to write the journal of acknowledgements',
    },
    'create-topic': { type: 'boolean', help: 'make the topic when it is not there' },
    partitions: { type: 'string', value: 'N', help: 'partitions of a new topic' },
    partitioning: {
      type: 'string',
      value: 'keyed|round-robin',
      help: 'which partition a record goes to',
    },
    compression: { type: 'string', value: 'NAME', help: 'none, gzip, snappy, lz4, zstd' },
    late: { type: 'string', value: 'SHARE', help: 'generator: share of late records, 0 to 1' },
    duplicated: { type: 'string', value: 'SHARE', help: 'generator: share of records sent twice' },
    malformed: {
      type: 'string',
      value: 'SHARE',
      help: 'generator: share of records that do not decode',
    },
  },
  run: async ({ values, signal, json, out }) => {
    const text = (name: string) => stringOption(values, name);
    const required = (name: string): string => {
      const value = text(name);
      if (value === undefined) throw new UsageError(`tidemark produce needs --${name}`);
      return value;
    };
    const whole = (name: string) => integerOption(values, name, { min: 0 });
    const progress = createProgress(process.stderr, process.stderr.isTTY === true);
    progress.phase('produce');
    const summary = await produceCommand(
      withoutUndefined<ProduceCommandArgs>({
        input: text('input'),
        records: whole('records'),
        seed: whole('seed'),
        rate: whole('rate'),
        speed: share(values, 'speed', Number.MAX_SAFE_INTEGER),
        late: share(values, 'late', 1),
        duplicated: share(values, 'duplicated', 1),
        malformed: share(values, 'malformed', 1),
        topic: required('topic'),
        bootstrapServers: required('kafka-bootstrap-servers'),
        journal: required('journal'),
        createTopic: values['create-topic'] === true,
        partitions: whole('partitions'),
        partitioning: choice(values, 'partitioning', ['keyed', 'round-robin'] as const),
        compression: choice(values, 'compression', [
          'none',
          'gzip',
          'snappy',
          'lz4',
          'zstd',
        ] as const),
        signal,
        onProgress: (p) => progress.update(`${p.acknowledged} acknowledged`),
      }),
    );
    progress.finish(`${summary.acknowledged} acknowledged, ${summary.recordsPerSecond} a second`);
    out(
      json
        ? JSON.stringify(summary)
        : `${summary.acknowledged} records acknowledged in ${summary.topic}, ` +
            `${summary.unknown} unknown; journal ${summary.journalPath}`,
    );
    return summary.unknown === 0 ? exitCodes.pass : exitCodes.inconclusive;
  },
};

type Values = Parameters<Command['run']>[0]['values'];

function share(values: Values, name: string, max: number): number | undefined {
  const text = stringOption(values, name);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0 && value <= max)) {
    throw new UsageError(`--${name} takes a number from 0 to ${max}, not ${text}`);
  }
  return value;
}

function choice<T extends string>(
  values: Values,
  name: string,
  allowed: readonly T[],
): T | undefined {
  const text = stringOption(values, name);
  if (text === undefined) return undefined;
  const found = allowed.find((word) => word === text);
  if (found === undefined)
    throw new UsageError(`--${name} takes ${allowed.join(', ')}, not ${text}`);
  return found;
}

/** Optional fields that were not given are left out, not set to undefined. */
function withoutUndefined<T extends object>(fields: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}
