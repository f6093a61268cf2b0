/**
 * One partition read through every fault that a wire and a broker can have.
 *
 * A fault that passes must leave no trace: each record once, in order. One that stays must end in
 * its name, and soon.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../system-clock.ts';
import { Collected, recording } from './broker-answers.test-kit.ts';
import { ClusterView } from './cluster.ts';
import { KafkaConnection } from './connection.ts';
import { Decompressor } from './decompress.ts';
import {
  fakeOffsetEnd as end,
  FakeBroker,
  type FetchFault,
  fakeTopic,
} from './fake-broker.test-kit.ts';
import { readPartition } from './partition-read.ts';
import { encodeFetch, fetchApi } from './protocol.ts';

const expected = recording.visible[1]!.map((value) =>
  value === null ? null : Buffer.from(value, 'base64').toString(),
);
const settings = {
  bytesMax: 1 << 20,
  retries: { attemptsMax: 4, pauseMsFirst: 10, pauseMsMax: 40 },
};
let broker: FakeBroker;
let bootstrapServers: string;

beforeEach(async () => {
  broker = new FakeBroker();
  bootstrapServers = await broker.start();
});
afterEach(() => broker.stop());

async function read(until: number, from = 0): Promise<Collected> {
  const cluster = new ClusterView(bootstrapServers, fakeTopic);
  const collected = new Collected();
  const span = { topicId: recording.topicId, partition: 1, from, until };
  try {
    await readPartition(cluster, span, new Decompressor(), collected, settings);
  } finally {
    cluster.forget();
  }
  return collected;
}

describe('a fault that passes leaves no trace', () => {
  const faults: ReadonlyArray<readonly [string, FetchFault]> = [
    ['a closed socket', { kind: 'close' }],
    ['an answer that is cut in its length', { kind: 'cut', bytes: 2 }],
    ['an answer that is cut in its header', { kind: 'cut', bytes: 30 }],
    ['an answer that is cut in its records', { kind: 'cut', bytes: 900 }],
    ['an answer that claims to be whole and is not', { kind: 'short-body', bytes: 60 }],
    ['a flipped bit in a record', { kind: 'flip', byte: 120 }],
    ['a flipped bit in a length', { kind: 'flip', byte: 10 }],
    ['an answer to another question', { kind: 'wrong-correlation' }],
    ['a frame of two gigabytes', { kind: 'huge-frame' }],
    ['a new leader', { kind: 'error', code: 6 }],
    ['a leader that is being elected', { kind: 'error', code: 5 }],
    ['an empty answer', { kind: 'empty' }],
  ];
  it.each(faults)('%s', async (_name, fault) => {
    broker.faults.push(fault, fault);
    const { values, offsets } = await read(end);
    expect(values).toEqual(expected);
    expect(new Set(offsets).size).toBe(offsets.length);
    expect(broker.faults).toEqual([]);
  });
});

describe('a fault that stays ends in its name', () => {
  const faults: ReadonlyArray<readonly [string, FetchFault]> = [
    ['CONNECTION_CLOSED', { kind: 'close' }],
    ['CONNECTION_CLOSED', { kind: 'cut', bytes: 900 }],
    ['TRUNCATED_ANSWER', { kind: 'short-body', bytes: 60 }],
    ['CORRUPT_BATCH', { kind: 'flip', byte: 120 }],
    ['BROKER_ERROR', { kind: 'error', code: 6 }],
    ['BROKER_ERROR', { kind: 'error', code: 29 }],
    ['OFFSET_TRIMMED', { kind: 'error', code: 1 }],
    ['TOPIC_MISSING', { kind: 'error', code: 100 }],
    ['NO_PROGRESS', { kind: 'empty' }],
  ];
  it.concurrent.each(faults)('%s (%o)', async (code, fault) => {
    const own = new FakeBroker();
    const servers = await own.start();
    own.always = fault;
    const cluster = new ClusterView(servers, fakeTopic);
    const span = { topicId: recording.topicId, partition: 1, from: 0, until: end };
    try {
      const reading = readPartition(cluster, span, new Decompressor(), new Collected(), settings);
      await expect(reading).rejects.toMatchObject({ code });
    } finally {
      cluster.forget();
      await own.stop();
    }
  });

  it('TIMEOUT, for a broker that keeps silent', async () => {
    broker.always = { kind: 'silent' };
    const [host, port] = bootstrapServers.split(':');
    const connection = new KafkaConnection(host!, Number(port));
    const question = {
      topicId: recording.topicId,
      partition: 1,
      offset: 0,
      bytesMax: 1,
      waitMsMax: 1,
    };
    const began = systemClock.monotonicMs();
    const asked = connection.request(fetchApi, encodeFetch(question), 200);
    await expect(asked).rejects.toMatchObject({ code: 'TIMEOUT', retryable: true });
    expect(systemClock.monotonicMs() - began).toBeLessThan(5_000);
    expect(connection.usable).toBe(false);
    await expect(connection.request(fetchApi, Buffer.alloc(0), 200)).rejects.toThrow(/TIMEOUT/);
  });

  it('after as many tries as the policy allows', async () => {
    broker.always = { kind: 'close' };
    await expect(read(end)).rejects.toMatchObject({ code: 'CONNECTION_CLOSED' });
    expect(broker.fetches).toBe(settings.retries.attemptsMax);
  });

  it('UNREACHABLE, where nobody listens', async () => {
    await broker.stop();
    const reading = read(end);
    await expect(reading).rejects.toMatchObject({ code: 'UNREACHABLE' });
    await broker.start();
  });
});

it('shows only the records inside its bounds, also in the middle of a batch', async () => {
  const whole = await read(end);
  for (let from = 0; from < end; from += 1) {
    for (let until = from; until <= end; until += 3) {
      const part = await read(until, from);
      expect(part.offsets).toEqual(whole.offsets.filter((o) => o >= from && o < until));
    }
  }
});
