/**
 * The log of the pipeline over the simulated broker.
 *
 * What it answers and how it fails is the real Kafka adapter's behaviour, held to it by one
 * conformance suite. Every request goes through `Remote` as a step of its own, so a run can delay
 * it, lose it or let the client die in it. Each block that it hands out is written into the history
 * as a poll.
 */
import type { OffsetRange } from '../../../src/pipeline/model/range.ts';
import type { RecordBlock } from '../../../src/pipeline/model/record-block.ts';
import type { Clock } from '../../../src/pipeline/ports/clock.ts';
import type {
  LogSource,
  PartitionReader,
  TopicInfo,
} from '../../../src/pipeline/ports/log-source.ts';
import type { Observe, Remote } from '../remote.ts';
import type { BrokerMachine } from '../stores/broker-machine.ts';
import { worthAnotherTry } from '../stores/broker-refusal.ts';
import { BlockBuilder, noRowLimits, type TakenBlock } from './log-source-block.ts';
import { SimulatedPartitionReader } from './log-source-reader.ts';
import { LogRequests } from './log-source-requests.ts';

/** Steps of all clients of the broker that change something. */
export const brokerDurableSteps = [
  'broker.start-producer',
  'broker.produce',
  'broker.end-transaction',
  'broker.publish-progress',
] as const;

const retryBoundMsDefault = 5_000;
const fetchRecordsMaxDefault = 1_000;
const endPauseMs = 500;
const publishAttemptsMax = 3;
const publishPauseMs = 200;

export interface SimulatedLogSourceOptions {
  readonly broker: BrokerMachine;
  readonly remote: Remote;
  readonly clock: Clock;
  /** Name of the process that reads, for the history. */
  readonly process: string;
  readonly observe: Observe;
  readonly retryBoundMs?: number;
  /** Most records that one fetch brings. */
  readonly fetchRecordsMax?: number;
}

export function createSimulatedLogSource(options: SimulatedLogSourceOptions): LogSource {
  return new SimulatedLogSource(options);
}

class SimulatedLogSource implements LogSource {
  readonly #options: Required<SimulatedLogSourceOptions>;
  readonly #requests: LogRequests;
  readonly #readers = new Set<PartitionReader>();

  constructor(options: SimulatedLogSourceOptions) {
    this.#options = {
      retryBoundMs: retryBoundMsDefault,
      fetchRecordsMax: fetchRecordsMaxDefault,
      ...options,
    };
    this.#requests = new LogRequests(this.#options);
  }

  topic(name: string): Promise<TopicInfo> {
    return this.#requests.retry(`topic ${name}`, () => this.#requests.topicNow(name));
  }

  async offsets(topic: TopicInfo) {
    const what = `offsets of topic ${topic.name}`;
    const found = await this.#requests.retry(what, () => this.#requests.offsets(topic));
    return found.map(({ partition, earliest, latest }) => ({
      partition,
      earliest: BigInt(earliest),
      latest: BigInt(latest),
    }));
  }

  async reader(topic: TopicInfo, partition: number, offsetNext: bigint): Promise<PartitionReader> {
    const { clock, retryBoundMs, fetchRecordsMax } = this.#options;
    const reader: PartitionReader = new SimulatedPartitionReader({
      requests: this.#requests,
      clock,
      retryBoundMs,
      fetchRecordsMax,
      topic,
      partition,
      offsetNext: Number(offsetNext),
      onBlock: this.#observer(),
      onClose: () => this.#readers.delete(reader),
    });
    this.#readers.add(reader);
    return reader;
  }

  async read(topic: TopicInfo, range: OffsetRange, signal?: AbortSignal): Promise<RecordBlock> {
    const { clock, retryBoundMs } = this.#options;
    const { partition } = range;
    const offsetEnd = Number(range.offsetLast) + 1;
    const builder = new BlockBuilder(range, Number(range.offsetFirst));
    let progressAtMs = clock.monotonicMs();
    while (builder.position < offsetEnd) {
      const offset = builder.position;
      const place = { topic, partition, offset, recordsMax: Number.MAX_SAFE_INTEGER, offsetEnd };
      const { records, offsetNext, lastStable } = await this.#requests.retry(
        `read ${topic.name}/${partition} at ${offset}`,
        () => this.#requests.fetch('broker.read', place, signal),
        signal,
      );
      for (const record of records) builder.add(record, noRowLimits);
      builder.moveTo(offsetNext);
      const nowMs = clock.monotonicMs();
      if (builder.position > offset) progressAtMs = nowMs;
      else if (lastStable < offsetEnd && nowMs - progressAtMs > retryBoundMs) {
        const last = { topic, partition, offset: offsetEnd - 1 };
        return this.#requests.throwOutOfRange(last);
      }
      if (builder.position < offsetEnd) await clock.sleep(endPauseMs, signal);
    }
    const taken = builder.take()!;
    this.#observer()(taken);
    return taken.block;
  }

  /** Advice for operators: after a few tries it is left to the next call. */
  async publishProgress(topic: TopicInfo, offsets: ReadonlyMap<number, bigint>): Promise<void> {
    if (offsets.size === 0) return;
    const { broker, remote, clock } = this.#options;
    const numbers = new Map([...offsets].map(([partition, offset]) => [partition, Number(offset)]));
    const publish = () => broker.publishProgress(topic.topicId, numbers);
    for (let attempt = 1; attempt <= publishAttemptsMax; attempt++) {
      try {
        return await remote.call('broker.publish-progress', publish);
      } catch (error) {
        if (!worthAnotherTry(error)) throw error;
      }
      if (attempt < publishAttemptsMax) await clock.sleep(publishPauseMs);
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#readers].map((reader) => reader.close()));
  }

  /** Writes the blocks of one reader into the history; a range read again is a reader by itself. */
  #observer(): (taken: TakenBlock) => void {
    const { broker, process, observe } = this.#options;
    const reader = broker.number('reader');
    return ({ block: { range }, records }) =>
      observe({
        type: 'poll',
        process,
        reader,
        span: {
          topicId: range.topicId,
          partition: range.partition,
          offsetFirst: Number(range.offsetFirst),
          offsetLast: Number(range.offsetLast),
        },
        records: records.map(({ offset, key }) => ({ offset, key })),
      });
  }
}
