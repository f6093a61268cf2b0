/**
 * Sends one request at a time through @platformatic/kafka, and tells an answer from no answer.
 *
 * The client is idempotent with acks=all: its own retries carry producer id and sequence numbers,
 * so the broker drops what it has already written and answers with the first offset. Only one
 * request is in flight, because a retry of the first behind a second would break the sequence.
 * Every failure is reported as unknown, even where the broker refused in words: a request holds
 * several partitions and some may be written. There is one way in which the client repeats records
 * that may be there: when the broker has lost the producer's state it takes a new producer id. That
 * shows as a changed id and is reported as `resent`. Record timestamps are the time of the send:
 * trade times of years ago would be deleted by retention at once.
 */

import type { CompressionAlgorithmValue } from '@platformatic/kafka';
import { systemClock } from '../system-clock.ts';
import { BatchProducer } from './batch-producer.ts';
import type { OutgoingPart } from './outgoing-send.ts';

export type Compression = CompressionAlgorithmValue;
export const compressions: readonly Compression[] = ['none', 'gzip', 'snappy', 'lz4', 'zstd'];

export interface SenderOptions {
  /** `host:port[,host:port]`. */
  readonly bootstrapServers: string;
  readonly topic: string;
  readonly compression: Compression;
  /** After this time without an answer a send counts as unknown. */
  readonly deadlineMs: number;
}

export type SendOutcome =
  | {
      readonly type: 'acknowledged';
      /** First offset of each partition's batch. */
      readonly offsets: ReadonlyMap<number, bigint>;
      /**
       * The client began anew under another producer id: the records may be in the log a second
       * time.
       */
      readonly resent: boolean;
    }
  | { readonly type: 'unknown'; readonly reason: string; readonly cause: unknown };

const retryDelayMs = 100;
const closeMsMax = 5000;

export class KafkaSender {
  readonly #options: SenderOptions;
  #producer: BatchProducer;

  constructor(options: SenderOptions) {
    this.#options = options;
    this.#producer = newProducer(options);
  }

  async send(parts: readonly OutgoingPart[]): Promise<SendOutcome> {
    const { topic, deadlineMs } = this.#options;
    const timestamp = BigInt(systemClock.nowMs());
    const messages = parts.map((part) => ({
      topic,
      partition: part.partition,
      value: part,
      timestamp,
    }));
    const idBefore = this.#producer.producerId;
    const answered = new AbortController();
    try {
      const answer = await Promise.race([
        this.#producer.send({ messages }),
        systemClock.sleep(deadlineMs, answered.signal).then(() => null),
      ]);
      if (answer === null) return await this.#startAnew(`no answer within ${deadlineMs} ms`, null);
      const offsets = new Map(answer.offsets?.map((entry) => [entry.partition, entry.offset]));
      const missing = parts.find(({ partition }) => (offsets.get(partition) ?? -1n) < 0n);
      if (missing !== undefined) {
        return await this.#startAnew(`no offset for partition ${missing.partition}`, null);
      }
      const resent = idBefore !== undefined && this.#producer.producerId !== idBefore;
      return { type: 'acknowledged', offsets, resent };
    } catch (error) {
      return await this.#startAnew(error instanceof Error ? error.message : String(error), error);
    } finally {
      answered.abort();
    }
  }

  /** Waits at most five seconds for the connections to end. */
  async close(): Promise<void> {
    const closed = new AbortController();
    // A close that fails changes nothing about what was answered, and there is nothing left to do
    // about it.
    const closing = Promise.allSettled([this.#producer.close(true)]).then(() => closed.abort());
    await Promise.race([closing, systemClock.sleep(closeMsMax, closed.signal)]);
  }

  /**
   * Closing the client ends its retries, so nothing of the unknown send is sent again behind our
   * back.
   */
  async #startAnew(reason: string, cause: unknown): Promise<SendOutcome> {
    await this.close();
    this.#producer = newProducer(this.#options);
    return { type: 'unknown', reason, cause };
  }
}

function newProducer({ bootstrapServers, compression, deadlineMs }: SenderOptions): BatchProducer {
  return new BatchProducer({
    clientId: 'tidemark-producer',
    bootstrapBrokers: bootstrapServers.split(','),
    idempotent: true,
    compression,
    retries: Math.max(2, Math.ceil(deadlineMs / retryDelayMs)),
    retryDelay: retryDelayMs,
  });
}
