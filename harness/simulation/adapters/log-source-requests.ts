/**
 * How the simulated log source asks the broker: again within a bound, and with its refusals put
 * into the pipeline's words.
 *
 * It repeats what the real adapter repeats. Reads change nothing, so an answer that did not come is
 * asked for again; a topic counts as missing only when it was seen missing several times in a row;
 * a refused offset is reported with what the log holds.
 */
import { TidemarkError } from '../../../src/pipeline/errors.ts';
import type { Clock } from '../../../src/pipeline/ports/clock.ts';
import type { TopicInfo } from '../../../src/pipeline/ports/log-source.ts';
import type { Remote } from '../remote.ts';
import type { BrokerMachine } from '../stores/broker-machine.ts';
import type { Fetched } from '../stores/broker-partition.ts';
import { isRefusal, worthAnotherTry } from '../stores/broker-refusal.ts';

const missingLooks = 5;
const missingPauseMs = 100;
const delayMsFirst = 50;
const delayMsMax = 1_000;

export interface FetchPlace {
  readonly topic: TopicInfo;
  readonly partition: number;
  readonly offset: number;
  readonly recordsMax: number;
  readonly offsetEnd: number;
}

export interface LogRequestsOptions {
  readonly broker: BrokerMachine;
  readonly remote: Remote;
  readonly clock: Clock;
  readonly retryBoundMs: number;
}

export class LogRequests {
  readonly #broker: BrokerMachine;
  readonly #remote: Remote;
  readonly #clock: Clock;
  readonly #retryBoundMs: number;

  constructor({ broker, remote, clock, retryBoundMs }: LogRequestsOptions) {
    this.#broker = broker;
    this.#remote = remote;
    this.#clock = clock;
    this.#retryBoundMs = retryBoundMs;
  }

  /** The topic as it is now. Throws `topic-missing` when it stays unknown. */
  async topicNow(name: string): Promise<TopicInfo> {
    for (let look = 1; ; look++) {
      try {
        return await this.#remote.call('broker.topic', () => this.#broker.topic(name));
      } catch (error) {
        if (!isRefusal(error, 'UNKNOWN_TOPIC_OR_PARTITION')) throw error;
        if (look >= missingLooks) {
          throw new TidemarkError(
            'topic-missing',
            `the broker does not know the topic ${name}; create it, or correct the name`,
            { cause: error, facts: { topic: name } },
          );
        }
      }
      await this.#clock.sleep(missingPauseMs);
    }
  }

  /** Throws `topic-recreated` when the name stands for another topic now. */
  async requireSameTopic(topic: TopicInfo): Promise<void> {
    const found = await this.topicNow(topic.name);
    if (found.topicId === topic.topicId) return;
    throw new TidemarkError(
      'topic-recreated',
      `topic ${topic.name} has the id ${found.topicId} now, ${topic.topicId} was expected: ` +
        'it was deleted and made again, so its offsets mean other records',
      {
        facts: {
          topic: topic.name,
          topicIdExpected: topic.topicId,
          topicIdFound: found.topicId,
        },
      },
    );
  }

  /** One look at the offsets; throws as `fetch` does. */
  async offsets(topic: TopicInfo) {
    const { topicId } = topic;
    try {
      return await this.#remote.call('broker.offsets', () => this.#broker.offsets(topicId));
    } catch (error) {
      if (isRefusal(error, 'UNKNOWN_TOPIC_ID')) await this.requireSameTopic(topic);
      throw error;
    }
  }

  /**
   * One fetch. Throws TidemarkErrors that repetition does not cure, and errors that are worth
   * another try.
   */
  async fetch(
    step: 'broker.fetch' | 'broker.read',
    place: FetchPlace,
    signal?: AbortSignal,
  ): Promise<Fetched> {
    const { topic, partition, offset, recordsMax, offsetEnd } = place;
    const { name, topicId } = topic;
    const request = { topicId, topic: name, partition, offset, recordsMax, offsetEnd };
    const call = this.#remote.call(step, () => this.#broker.fetch(request));
    try {
      return await (signal === undefined ? call : orInterrupted(call, nameOf(place), signal));
    } catch (error) {
      if (isRefusal(error, 'OFFSET_OUT_OF_RANGE')) await this.throwOutOfRange(place);
      if (isRefusal(error, 'UNKNOWN_TOPIC_ID')) await this.requireSameTopic(topic);
      throw error;
    }
  }

  /** Throws `offset-out-of-range`, saying what the log holds. */
  async throwOutOfRange({
    topic,
    partition,
    offset,
  }: Pick<FetchPlace, 'topic' | 'partition' | 'offset'>): Promise<never> {
    const held = (await this.offsets(topic))[partition]!;
    const facts = {
      topic: topic.name,
      partition,
      offset: BigInt(offset),
      earliest: BigInt(held.earliest),
      latest: BigInt(held.latest),
    };
    throw new TidemarkError(
      'offset-out-of-range',
      `${topic.name}/${partition}: offset ${offset} was asked for, ` +
        `the log holds ${held.earliest} up to ${held.latest} (exclusive); ` +
        'records are lost to this pipeline, decide by hand where to go on',
      { facts },
    );
  }

  /** Repeats a read until it works, or throws `dependency-missing` after the bound. */
  async retry<T>(what: string, read: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const failing = new Failing(this.#clock, this.#retryBoundMs);
    for (;;) {
      throwIfInterrupted(what, signal);
      try {
        return await read();
      } catch (error) {
        await this.#clock.sleep(failing.delayMs(what, error), signal);
      }
    }
  }
}

/** Counts the time since a read began to fail, over as many calls as it takes. */
export class Failing {
  readonly #clock: Clock;
  readonly #boundMs: number;
  #sinceMs: number | null = null;
  #delayMs = delayMsFirst;

  constructor(clock: Clock, boundMs: number) {
    this.#clock = clock;
    this.#boundMs = boundMs;
  }

  /** The read worked. */
  end(): void {
    this.#sinceMs = null;
    this.#delayMs = delayMsFirst;
  }

  /**
   * How long to wait before the next try. Throws the error itself when no try can help,
   * `dependency-missing` when the bound passed.
   */
  delayMs(what: string, error: unknown): number {
    if (!worthAnotherTry(error)) throw error;
    const nowMs = this.#clock.monotonicMs();
    this.#sinceMs ??= nowMs;
    const delayMs = this.#delayMs;
    if (nowMs - this.#sinceMs + delayMs > this.#boundMs) {
      this.end();
      throw new TidemarkError(
        'dependency-missing',
        `${what}: no usable answer from the broker within ${this.#boundMs} ms ` +
          `(last: ${error instanceof Error ? error.message : String(error)})`,
        { cause: error },
      );
    }
    this.#delayMs = Math.min(delayMs * 2, delayMsMax);
    return delayMs;
  }
}

export function throwIfInterrupted(what: string, signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw interrupted(what);
}

export function interrupted(what: string): TidemarkError {
  return new TidemarkError('interrupted', `${what}: stopped by the caller`);
}

/** The promise's outcome, or `interrupted` as soon as the signal aborts. */
function orInterrupted<T>(promise: Promise<T>, what: string, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const stop = () => reject(interrupted(what));
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

function nameOf({ topic, partition, offset }: FetchPlace): string {
  return `fetch ${topic.name}/${partition} at ${offset}`;
}
