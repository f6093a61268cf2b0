/**
 * The library's idempotent producer, sending whole batches instead of single records.
 *
 * Connections, metadata, producer ids and retries stay the library's. To it, one batch is one
 * message; the bytes of the Produce request are written by `record-batch.ts`, because the library's
 * way of two maps and a small writer for each record costs more than the rest of the producer
 * together. The library picks the API of a request through `kGetApi`, which it exports; this class
 * answers for Produce version 11 (Kafka 3.7 and later). Its count of messages is then a count of
 * batches, from which `SequenceBook` makes sequence numbers. A retry encodes the same content again
 * with the same numbers.
 */

import {
  type API,
  type Callback,
  createAPI,
  kGetApi,
  Producer,
  produceV11,
  Writer,
} from '@platformatic/kafka';
import { type BatchContent, encodeRecordBatch } from './record-batch.ts';
import { SequenceBook } from './sequence-book.ts';

type ProduceOptions = NonNullable<Parameters<typeof produceV11.createRequest>[3]>;

/** What goes through the library in place of a message. */
export interface BatchMessage {
  readonly topic: string;
  readonly partition: number;
  readonly value: BatchContent;
  readonly timestamp: bigint;
}

const produceKey = 0;
const produceVersion = 11;

export class BatchProducer extends Producer<Buffer, BatchContent, Buffer, Buffer> {
  readonly #sequences = new SequenceBook();
  readonly #produce = createAPI(
    produceKey,
    produceVersion,
    (acks: number, timeoutMs: number, batches: readonly BatchMessage[], options: ProduceOptions) =>
      this.#request(acks, timeoutMs, batches, options),
    produceV11.parseResponse,
  );

  override [kGetApi]<Arguments extends Array<unknown>, Answer>(
    name: string,
    callback: Callback<API<Arguments, Answer>>,
  ): void {
    super[kGetApi]<Arguments, Answer>(name, (error, api) => {
      if (error || name !== 'Produce') callback(error, api);
      else if (api?.version === produceVersion) callback(null, this.#produce as never);
      else callback(unsupported(api?.version));
    });
  }

  #request(
    acks: number,
    timeoutMs: number,
    batches: readonly BatchMessage[],
    options: ProduceOptions,
  ): Writer {
    return Writer.create()
      .appendString(options.transactionalId)
      .appendInt16(acks)
      .appendInt32(timeoutMs)
      .appendArray([batches[0]!.topic], (topicWriter, topic) => {
        topicWriter.appendString(topic).appendArray([...batches], (part, batch) => {
          const bytes = this.#encode(batch, options);
          part
            .appendInt32(batch.partition)
            .appendUnsignedVarInt(bytes.length + 1)
            .append(bytes);
        });
      })
      .appendTaggedFields();
  }

  #encode({ topic, partition, value, timestamp }: BatchMessage, options: ProduceOptions): Buffer {
    const { producerId, producerEpoch, sequences, compression } = options;
    if (producerId === undefined || producerEpoch === undefined || sequences === undefined) {
      throw new TypeError('the library gave no producer id: only idempotent sends are supported');
    }
    const batchNumber = sequences.getWithDefault(`${topic}:${partition}`, 0);
    const producer = `${producerId}/${producerEpoch}`;
    return encodeRecordBatch(value, {
      timestampMs: timestamp,
      producerId,
      producerEpoch,
      firstSequence: this.#sequences.first(partition, producer, batchNumber, value.values.length),
      compression: compression ?? 'none',
    });
  }
}

/** `canRetry` is how the library tells that trying again makes no sense. */
function unsupported(version: number | undefined): Error {
  const message = `the broker speaks Produce ${version}, this producer needs ${produceVersion}`;
  return Object.assign(new Error(message), { canRetry: false });
}
