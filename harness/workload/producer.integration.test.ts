/**
 * The producer against a real broker: what its journal says is what another client reads back,
 * whatever died in between.
 *
 * The log is read by kafkajs, which shares no code with the producer, and compared record by record
 * over the hash. Faults: the producer is killed, the broker is killed and comes back, the broker
 * stands still beyond the deadline.
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectionsConnectsChannel } from '@platformatic/kafka';
import { Kafka, logLevel } from 'kafkajs';
import { Toxiproxy } from 'toxiproxy-node-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLocalEnvironment } from '../environment/local.ts';
import { waitFor } from '../system-clock.ts';
import { generateTrades } from './generate-trades.ts';
import { HashSum } from './hash-sum.ts';
import { openProducerJournal, type ProducerJournal } from './journal-reader.ts';
import { produce } from './produce.ts';
import { type ProduceCommandArgs, produceCommand } from './produce-command.ts';
import type { ProduceSummary } from './produce-summary.ts';
import { hash64ToHex, hashOfValue, hashValue } from './record-hash.ts';

const environment = createLocalEnvironment();
const recording = new URL(
  './recordings/binance-wstrade-spot-btcusdt-ethusdt-20240808-09.jsonl.gz',
  import.meta.url,
).pathname;
const partitions = 4;
let bootstrapServers: string;
let folder: string;
let serial = 0;

beforeAll(async () => {
  bootstrapServers = (await environment.start()).direct.kafkaBootstrap;
  folder = await mkdtemp(join(tmpdir(), 'tidemark-producer-'));
});
afterAll(async () => {
  await environment.stop();
  await rm(folder, { recursive: true, force: true });
});

interface LogRecord {
  readonly partition: number;
  readonly offset: bigint;
  readonly key: string;
  readonly value: Buffer | null;
}

function newArgs(more: Partial<ProduceCommandArgs>): ProduceCommandArgs {
  serial += 1;
  const journal = join(folder, `journal-${serial}.jsonl`);
  const topic = `produced-${serial}`;
  return { topic, bootstrapServers, journal, createTopic: true, partitions, ...more };
}

/** Everything in the topic, read by kafkajs up to the end offsets asked for beforehand. */
async function readLog(topic: string): Promise<LogRecord[]> {
  const kafka = new Kafka({ brokers: [bootstrapServers], logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  const offsets = await admin.fetchTopicOffsets(topic);
  await admin.disconnect();
  const wanted = offsets.reduce((sum, { high, low }) => sum + Number(high) - Number(low), 0);
  const records: LogRecord[] = [];
  const consumer = kafka.consumer({ groupId: `reader-of-${topic}` });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await consumer.run({
    eachBatchAutoResolve: true,
    eachBatch: async ({ batch: { partition, messages } }) => {
      for (const { offset, key, value } of messages) {
        records.push({ partition, offset: BigInt(offset), key: String(key), value });
      }
    },
  });
  const condition = `kafkajs has read ${wanted} records of ${topic}`;
  await waitFor(() => records.length >= wanted, { condition, boundMs: 60_000 });
  await consumer.disconnect();
  expect(records.length).toBeGreaterThanOrEqual(wanted);
  return records;
}

/** Every record that the journal calls acknowledged, by place; the value is its hash. */
async function acknowledgedOf(journal: ProducerJournal): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const { partition, offsetFirst, count } of journal.batches()) {
    const offsetLast = offsetFirst + BigInt(count) - 1n;
    for (const { offset, hash } of await journal.recordHashes(partition, offsetFirst, offsetLast)) {
      found.set(`${partition}/${offset}`, hash64ToHex(hash));
    }
  }
  return found;
}

/**
 * What a verifier would do: acknowledged and there and equal, or unknown and there, or a finding.
 */
async function compare(journalPath: string, log: readonly LogRecord[]) {
  const journal = await openProducerJournal(journalPath);
  try {
    await journal.checkSelf();
    const acknowledged = await acknowledgedOf(journal);
    const unknown = new Map<string, number>();
    for await (const { partition, valueHash } of journal.unknownHashes()) {
      const id = `${partition}:${hash64ToHex(valueHash)}`;
      unknown.set(id, (unknown.get(id) ?? 0) + 1);
    }
    const result = { equal: 0, altered: 0, wasUnknown: 0, unexplained: 0, missing: 0 };
    for (const { partition, offset, value } of log) {
      const place = `${partition}/${offset}`;
      const expected = acknowledged.get(place);
      if (expected !== undefined) {
        acknowledged.delete(place);
        const same = expected === hash64ToHex(hashValue(partition, offset, value));
        result[same ? 'equal' : 'altered'] += 1;
        continue;
      }
      const id = `${partition}:${hash64ToHex(hashOfValue(value))}`;
      const left = unknown.get(id) ?? 0;
      unknown.set(id, left - 1);
      result[left > 0 ? 'wasUnknown' : 'unexplained'] += 1;
    }
    result.missing = acknowledged.size;
    const { complete, acknowledgedRecords, unknownRecords } = journal;
    return { ...result, complete, acknowledgedRecords, unknownRecords };
  } finally {
    await journal.close();
  }
}

async function countConnections(run: () => Promise<ProduceSummary>) {
  let connections = 0;
  const count = () => {
    connections += 1;
  };
  connectionsConnectsChannel.start.subscribe(count);
  try {
    const summary = await run();
    return { summary, connections };
  } finally {
    connectionsConnectsChannel.start.unsubscribe(count);
  }
}

const sound = { altered: 0, unexplained: 0, missing: 0 };

describe('a run that nothing disturbs', () => {
  test('the recording: the journal equals the log, and order per symbol holds', async () => {
    const args = newArgs({ input: recording });
    const summary = await produceCommand(args);
    expect(summary).toMatchObject({ acknowledged: 34_419, unknown: 0, stoppedBy: 'end of input' });
    const log = await readLog(args.topic);
    expect(await compare(args.journal, log)).toMatchObject({
      ...sound,
      equal: 34_419,
      wasUnknown: 0,
      complete: true,
    });
    const lastIds = new Map<string, number>();
    for (const { key, value } of log) {
      const { s, t } = JSON.parse(value!.toString()) as { s: string; t: number };
      expect(s).toBe(key);
      if (lastIds.has(s)) expect(t).toBe(lastIds.get(s)! + 1);
      lastIds.set(s, t);
    }
    expect(JSON.parse(JSON.stringify(summary))).toEqual(summary);
    for (const { partition, digest } of summary.partitions) {
      const sum = new HashSum();
      for (const record of log.filter((candidate) => candidate.partition === partition)) {
        const { lo, hi } = hashValue(partition, record.offset, record.value);
        sum.add(lo, hi);
      }
      expect(digest).toBe(sum.toString());
    }
  });

  test('malformed records arrive byte for byte, tombstones included', async () => {
    const disorder = { late: 0.1, duplicated: 0.1, malformed: 0.1 };
    const args = newArgs({ records: 20_000, seed: 3, ...disorder, compression: 'gzip' });
    await produceCommand(args);
    const log = await readLog(args.topic);
    expect(log.some(({ value }) => value === null)).toBe(true);
    expect(await compare(args.journal, log)).toMatchObject({ ...sound, equal: 20_000 });
  });

  test('round-robin fills all partitions with a single symbol', async () => {
    const args = newArgs({ records: 10_000, symbols: ['BTCUSDT'], partitioning: 'round-robin' });
    const summary = await produceCommand(args);
    expect(summary.partitions.map(({ rows }) => rows)).toEqual([2500, 2500, 2500, 2500]);
  });

  test('a rate is kept, and a signal ends the run between two sends', async () => {
    const stop = new AbortController();
    const args = newArgs({ records: 1_000_000, rate: 5000, signal: stop.signal });
    const running = produceCommand({
      ...args,
      onProgress: ({ acknowledged }) => {
        if (acknowledged >= 5000) stop.abort();
      },
    });
    const summary = await running;
    expect(summary.stoppedBy).toBe('signal');
    expect(summary.durationMs).toBeGreaterThan(900);
    const result = await compare(args.journal, await readLog(args.topic));
    expect(result).toMatchObject({ ...sound, equal: summary.acknowledged, unknownRecords: 0 });
  });

  test('a topic that is not there, or has other partitions, is refused', async () => {
    const missing = newArgs({ records: 1, createTopic: false });
    await expect(produceCommand(missing)).rejects.toMatchObject({ code: 'topic-missing' });
    expect(existsSync(missing.journal)).toBe(false);
    const args = newArgs({ records: 10 });
    await produceCommand(args);
    const again = { ...newArgs({ records: 10, partitions: 3 }), topic: args.topic };
    await expect(produceCommand(again)).rejects.toMatchObject({ code: 'topic-differs' });
    await expect(produceCommand(args)).rejects.toMatchObject({ code: 'journal-exists' });
  });

  test('an input that is no recording fails with its own error', async () => {
    const args = newArgs({ input: new URL(import.meta.url).pathname });
    await expect(produceCommand(args)).rejects.toMatchObject({ code: 'not-a-recording', line: 1 });
  });
});

describe('a run in which something dies', () => {
  test('the producer is killed: all of the log is acknowledged or unknown', async () => {
    const args = newArgs({ records: 5_000_000 });
    const module = new URL('./produce-command.ts', import.meta.url).href;
    const script = `import { produceCommand } from ${JSON.stringify(module)};
      await produceCommand(${JSON.stringify(args)});`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const exited = once(child, 'exit');
    const answers = () =>
      existsSync(args.journal) && readFileSync(args.journal, 'utf8').split('acknowledged').length;
    const condition = 'the child has five acknowledged sends';
    await waitFor(() => Number(answers()) > 5, { condition, boundMs: 60_000, pollMs: 7 });
    child.kill('SIGKILL');
    await exited;
    const result = await compare(args.journal, await readLog(args.topic));
    expect(result).toMatchObject({ ...sound, complete: false, equal: result.acknowledgedRecords });
    expect(result.equal).toBeGreaterThan(0);
  });

  test('the broker is killed and comes back: nothing is missing or there twice', async () => {
    const records = 300_000;
    const args = newArgs({ records });
    let killed: Promise<void> | null = null;
    let last = 0;
    let atDeath = records;
    const killAndRestart = async () => {
      await environment.kill('kafka');
      atDeath = last;
      await environment.restart('kafka');
    };
    const summary = await produceCommand({
      ...args,
      onProgress: ({ acknowledged }) => {
        last = acknowledged;
        killed ??= killAndRestart();
      },
    });
    await killed;
    expect(atDeath).toBeLessThan(records);
    expect(summary).toMatchObject({ acknowledged: records, unknown: 0 });
    const result = await compare(args.journal, await readLog(args.topic));
    expect(result).toMatchObject({ ...sound, equal: records, wasUnknown: 0 });
  });

  test('answers are cut on the wire: the broker drops what is sent again', async () => {
    const records = 40_000;
    const proxied = environment.addresses.proxied.kafkaBootstrap;
    const args = newArgs({ records, rate: 20_000, bootstrapServers: proxied });
    const setUp = { ...args, records: 10, journal: `${args.journal}.before` };
    const undisturbed = await countConnections(() => produceCommand(setUp));
    const proxy = await new Toxiproxy(environment.addresses.toxiproxyUrl).get('kafka');
    const toxic = await proxy.addToxic({
      name: 'cut-answers',
      type: 'limit_data',
      stream: 'downstream',
      toxicity: 1,
      attributes: { bytes: 1500 },
    });
    const cut = await countConnections(() => produceCommand(args)).finally(() => toxic.remove());
    expect(cut.connections).toBeGreaterThan(undisturbed.connections);
    expect(cut.summary).toMatchObject({ acknowledged: records, unknown: 0 });
    const log = (await readLog(args.topic)).filter(({ partition, offset }) => {
      const before = undisturbed.summary.partitions[partition]!.offsetLast;
      return before === null || offset > BigInt(before);
    });
    const result = await compare(args.journal, log);
    expect(result).toMatchObject({ ...sound, equal: records, wasUnknown: 0 });
  });

  test('the broker stands still: the send is unknown and the run stops', async () => {
    const { topic, journal: journalPath } = newArgs({});
    let paused: Promise<void> | null = null;
    const running = produce({
      topic,
      bootstrapServers,
      journalPath,
      createTopic: true,
      partitions,
      records: generateTrades({ seed: 4, records: 200_000 }),
      sendDeadlineMs: 1500,
      onProgress: () => {
        paused ??= environment.pause('kafka');
      },
    });
    const failure = await running.then(
      () => null,
      (error: unknown) => error,
    );
    await paused;
    await environment.resume('kafka');
    expect(failure).toMatchObject({ code: 'send-unknown' });
    const result = await compare(journalPath, await readLog(topic));
    expect(result).toMatchObject({ ...sound, equal: result.acknowledgedRecords, complete: false });
    expect(result.unknownRecords).toBeGreaterThan(0);
  });
});
