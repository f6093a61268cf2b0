/**
 * The ways to ingest that are compared: each is one run into a fresh target that is checked and
 * dropped.
 */
import type { Bench } from '../bench-context.ts';
import { runTask } from '../child-task.ts';
import { clickhouseSession } from '../clickhouse-session.ts';
import { meterServices } from '../cpu-meter.ts';
import { type Flags, ingestAll } from '../pipeline-run.ts';
import type { Sample } from '../report.ts';
import type { Contestant } from '../rounds.ts';
import { withTarget } from '../target.ts';
import { type FilledTopic, topicPartitions } from '../topics.ts';
import { runKafkaEngine } from './kafka-engine.ts';
import type { KafkajsInsertArgument, KafkajsInsertResult } from './kafkajs-insert-task.ts';
import type { RawFetchArgument, RawFetchResult } from './raw-fetch-task.ts';
import { contentOf, createTradesTable, requireExact } from './trades-table.ts';

/** Called with what a contestant wrote of the offsets that all of them have. */
export type OnContent = (what: string, sum: string) => void;

const task = (name: string) => new URL(`${name}.ts`, import.meta.url);

/** Offsets below this one are in every topic of at least `records` records. */
const offsetEnd = (records: number) => Math.floor(records / topicPartitions);

/** `consumer.fetch()` of the library, everything thrown away: the limit of the log's side. */
export function rawFetch(bench: Bench, topic: FilledTopic): Contestant {
  return {
    what: 'bare fetch, discarded',
    unit: 'rows/s',
    records: topic.records,
    run: async () => {
      const { rows, cpuUs, durationMs } = await fetchAll(bench, topic);
      return { value: (rows * 1000) / durationMs, cpuUs, details: { durationMs } };
    },
  };
}

export async function fetchAll(bench: Bench, topic: FilledTopic) {
  const argument: RawFetchArgument = {
    bootstrapServers: bench.addresses.direct.kafkaBootstrap,
    topic: topic.name,
    ends: [...topic.ends],
  };
  const meter = await meterServices(bench.environment);
  const result = await runTask<RawFetchResult>(
    bench,
    'raw-fetch',
    task('raw-fetch-task'),
    argument,
  );
  if (result.rows < topic.records) {
    throw new Error(`bare fetch: ${result.rows} of ${topic.records} records`);
  }
  const { kafka } = meter.perRecord(topic.records);
  const own = (result.cpuSeconds * 1e6) / topic.records;
  return { ...result, cpuUs: { reader: own, ...(kafka === undefined ? {} : { kafka }) } };
}

/** Our service as a user starts it; `flags` are changes to its defaults. */
export function ingestService(
  bench: Bench,
  topic: FilledTopic,
  onContent: OnContent,
  what = 'tidemark ingest, exactly once',
  flags: Flags = {},
): Contestant {
  return {
    what,
    unit: 'rows/s',
    records: topic.records,
    run: () =>
      withTarget(bench, async (target): Promise<Sample> => {
        const run = await ingestAll(bench, topic, target, flags);
        const comparable = offsetEnd(bench.options.peerRecords);
        const content = await contentOf(
          bench,
          target.database,
          'bronze_trades_binance',
          comparable,
        );
        requireExact('tidemark ingest', content, topic.records);
        onContent(what, content.sum);
        return {
          value: (run.rows * 1000) / run.spanMs,
          cpuUs: run.cpuUs,
          details: { withStartUp: (run.rows * 1000) / run.wallMs, ranges: run.ranges },
        };
      }),
  };
}

export function kafkajsInsert(bench: Bench, topic: FilledTopic, onContent: OnContent): Contestant {
  const what = 'kafkajs, JSON.parse, JSONEachRow';
  return {
    what,
    unit: 'rows/s',
    records: topic.records,
    run: () =>
      withTarget(bench, async ({ database }): Promise<Sample> => {
        await using clickhouse = clickhouseSession(bench);
        await createTradesTable(clickhouse, database, 'trades');
        const argument: KafkajsInsertArgument = {
          bootstrapServers: bench.addresses.direct.kafkaBootstrap,
          topic: topic.name,
          ends: [...topic.ends],
          clickhouseUrl: bench.addresses.direct.clickhouseUrl,
          database,
          table: 'trades',
        };
        const meter = await meterServices(bench.environment);
        const file = task('kafkajs-insert-task');
        const result = await runTask<KafkajsInsertResult>(bench, 'kafkajs-insert', file, argument);
        const { kafka, clickhouse: store } = meter.perRecord(topic.records);
        const content = await contentOf(bench, database, 'trades', offsetEnd(topic.records));
        requireExact(what, content, topic.records);
        onContent(what, content.sum);
        return {
          value: (result.rows * 1000) / result.durationMs,
          cpuUs: {
            ingest: (result.cpuSeconds * 1e6) / topic.records,
            ...(kafka === undefined ? {} : { kafka }),
            ...(store === undefined ? {} : { clickhouse: store }),
          },
          details: { inserts: result.inserts },
        };
      }),
  };
}

export function kafkaEngine(bench: Bench, topic: FilledTopic, onContent: OnContent): Contestant {
  const what = "ClickHouse's Kafka engine and a view";
  return {
    what,
    unit: 'rows/s',
    records: topic.records,
    run: () =>
      withTarget(bench, async (target): Promise<Sample> => {
        const sample = await runKafkaEngine(bench, topic, target);
        const content = await contentOf(bench, target.database, 'trades', offsetEnd(topic.records));
        requireExact(what, content, topic.records);
        onContent(what, content.sum);
        return sample;
      }),
  };
}
