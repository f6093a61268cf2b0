/**
 * The records that will leave together: one batch a partition, all in one request.
 *
 * One batch stays below the megabyte that a broker accepts by default, the request as a whole below
 * some megabytes whatever the number of partitions, so memory is bounded. A record that would not
 * fit asks for the send to leave first.
 */

import { WorkloadError } from './workload-error.ts';
import type { WorkloadRecord } from './workload-record.ts';

/** Kafka's message.max.bytes is 1,048,588; what is left covers the batch's header. */
export const batchBytesMax = 960_000;
export const sendBytesMax = 4_000_000;
/**
 * Length, attributes, time delta, offset delta, key length, value length, header count, generously.
 */
const recordOverheadBytes = 20;

export interface OutgoingPart {
  readonly partition: number;
  readonly keys: Buffer[];
  readonly values: Array<Buffer | null>;
  bytes: number;
}

export class OutgoingSend {
  readonly #parts = new Map<number, OutgoingPart>();
  #bytes = 0;
  #valueBytes = 0;
  #records = 0;

  get records(): number {
    return this.#records;
  }
  get valueBytes(): number {
    return this.#valueBytes;
  }
  get parts(): readonly OutgoingPart[] {
    return [...this.#parts.values()];
  }

  /** False when the record does not fit any more and this send has to leave first. */
  add(record: WorkloadRecord, partition: number): boolean {
    const { key, value } = record;
    const valueBytes = value === null ? 0 : value.length;
    const bytes = recordOverheadBytes + key.length + valueBytes;
    let part = this.#parts.get(partition);
    const partBytes = (part === undefined ? 0 : part.bytes) + bytes;
    if (partBytes > batchBytesMax || this.#bytes + bytes > sendBytesMax) {
      if (this.#records > 0) return false;
      throw new WorkloadError('bad-argument', `a record of ${bytes} bytes fits in no batch`);
    }
    if (part === undefined) {
      part = { partition, keys: [], values: [], bytes: 0 };
      this.#parts.set(partition, part);
    }
    part.keys.push(key);
    part.values.push(value);
    part.bytes = partBytes;
    this.#bytes += bytes;
    this.#valueBytes += valueBytes;
    this.#records += 1;
    return true;
  }
}
