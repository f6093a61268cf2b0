/**
 * The journal's lines put in order: which send was answered, and where each acknowledged batch
 * lies.
 *
 * Holds one small object a batch, so a journal of 100 million records fits in some megabytes. It
 * refuses what can't be true: an answer to a send that was never announced, parts that don't match,
 * two acknowledged batches that overlap.
 */

import { bucketOffsets } from '../checkers/layer.ts';
import { HashSum } from './hash-sum.ts';
import type { AcknowledgedPart, HeaderLine, JournalLine } from './journal-format.ts';
import type { Hash64 } from './record-hash.ts';
import { WorkloadError } from './workload-error.ts';

export interface AcknowledgedBatch {
  readonly send: number;
  readonly partition: number;
  readonly offsetFirst: bigint;
  readonly count: number;
  /** Number of the first record's hash in the side file. */
  readonly hashesAt: number;
  readonly buckets: ReadonlyArray<{
    readonly bucket: number;
    readonly rows: number;
    readonly sum: Hash64;
  }>;
}

export interface UnknownPart {
  readonly send: number;
  readonly partition: number;
  readonly count: number;
  readonly hashesAt: number;
  readonly reason: string;
}

export interface BucketOfPartition {
  readonly partition: number;
  readonly bucket: number;
  readonly sum: HashSum;
  offsetFirst: bigint;
  offsetLast: bigint;
}

interface SentPart {
  readonly partition: number;
  readonly count: number;
  readonly hashesAt: number;
}

const cutOff = 'the producer was cut off before an answer was written down';

export class JournalIndex {
  readonly #path: string;
  readonly #open = new Map<number, readonly SentPart[]>();
  readonly #answered = new Map<number, readonly SentPart[]>();
  readonly #unknown: UnknownPart[] = [];
  readonly #batches = new Map<number, AcknowledgedBatch[]>();
  #header: HeaderLine | null = null;
  #hashesEnd = 0;
  #acknowledged = 0;
  #stoppedBy: string | null = null;

  constructor(path: string) {
    this.#path = path;
  }

  get header(): HeaderLine {
    return this.#header ?? this.#refuse('it has no first line');
  }
  get hashesEnd(): number {
    return this.#hashesEnd;
  }
  get acknowledgedRecords(): number {
    return this.#acknowledged;
  }
  get stoppedBy(): string | null {
    return this.#stoppedBy;
  }

  add(line: JournalLine): void {
    if (line.type === 'producer-journal') {
      this.#header = line;
      return;
    }
    if (this.#header === null) this.#refuse('it does not begin with its header');
    if (line.type === 'send') this.#addSend(line);
    else if (line.type === 'acknowledged') this.#addAnswer(line.send, line.parts);
    else if (line.type === 'unknown') this.#addUnknown(line.send, line.reason);
    else this.#stoppedBy = line.stoppedBy;
  }

  /**
   * After the last line: what is still open is unknown, and batches are sorted and tested for
   * overlaps.
   */
  finish(): void {
    this.header;
    for (const send of [...this.#open.keys()]) this.#addUnknown(send, cutOff);
    for (const [partition, batches] of this.#batches) {
      batches.sort((a, b) => (a.offsetFirst < b.offsetFirst ? -1 : 1));
      for (let i = 1; i < batches.length; i += 1) {
        const before = batches[i - 1]!;
        if (before.offsetFirst + BigInt(before.count) <= batches[i]!.offsetFirst) continue;
        const sends = `${before.send} and ${batches[i]!.send}`;
        this.#refuse(`sends ${sends} overlap in partition ${partition}`);
      }
    }
  }

  *batches(): Generator<AcknowledgedBatch> {
    for (const partition of [...this.#batches.keys()].sort((a, b) => a - b)) {
      yield* this.#batches.get(partition)!;
    }
  }

  unknownSends(): readonly UnknownPart[] {
    return this.#unknown;
  }

  *batchesWithin(partition: number, first: bigint, last: bigint): Generator<AcknowledgedBatch> {
    const batches = this.#batches.get(partition) ?? [];
    let low = 0;
    for (let high = batches.length; low < high; ) {
      const middle = (low + high) >>> 1;
      const { offsetFirst, count } = batches[middle]!;
      if (offsetFirst + BigInt(count) <= first) low = middle + 1;
      else high = middle;
    }
    for (; low < batches.length && batches[low]!.offsetFirst <= last; low += 1) yield batches[low]!;
  }

  buckets(): readonly BucketOfPartition[] {
    const found: BucketOfPartition[] = [];
    for (const batch of this.batches()) {
      const batchLast = batch.offsetFirst + BigInt(batch.count) - 1n;
      for (const { bucket, rows, sum } of batch.buckets) {
        const start = BigInt(bucket) * bucketOffsets;
        const end = start + bucketOffsets - 1n;
        let last = found.at(-1);
        if (last?.partition !== batch.partition || last.bucket !== bucket) {
          const offsetFirst = batch.offsetFirst > start ? batch.offsetFirst : start;
          const { partition } = batch;
          last = { partition, bucket, sum: new HashSum(), offsetFirst, offsetLast: offsetFirst };
          found.push(last);
        }
        last.sum.addSum(rows, sum);
        last.offsetLast = batchLast < end ? batchLast : end;
      }
    }
    return found;
  }

  #addSend(line: Extract<JournalLine, { type: 'send' }>): void {
    let hashesAt = line.hashesAt;
    const parts = line.parts.map(({ partition, count }) => {
      const part = { partition, count, hashesAt };
      hashesAt += count;
      return part;
    });
    this.#hashesEnd = hashesAt;
    this.#open.set(line.send, parts);
  }

  #addAnswer(send: number, answer: readonly AcknowledgedPart[]): void {
    const sent = this.#take(send);
    if (answer.length !== sent.length) this.#refuse(`send ${send} was answered in part`);
    for (const { partition, count, hashesAt } of sent) {
      const part = answer.find((candidate) => candidate.partition === partition);
      if (part === undefined) this.#refuse(`send ${send}: no answer for partition ${partition}`);
      const buckets = part.buckets.map(([bucket, rows, sum]) => ({
        bucket,
        rows,
        sum: parse(sum),
      }));
      if (buckets.reduce((rows, entry) => rows + entry.rows, 0) !== count) {
        this.#refuse(`send ${send}: partition ${partition} was sent ${count} records`);
      }
      const offsetFirst = BigInt(part.offset);
      const batches = this.#batches.get(partition) ?? [];
      batches.push({ send, partition, offsetFirst, count, hashesAt, buckets });
      this.#batches.set(partition, batches);
      this.#acknowledged += count;
    }
  }

  /**
   * The open send, or the one answered last: that may be followed by "and perhaps a second time".
   */
  #addUnknown(send: number, reason: string): void {
    const parts = this.#answered.get(send) ?? this.#take(send);
    for (const part of parts) this.#unknown.push({ send, ...part, reason });
  }

  #take(send: number): readonly SentPart[] {
    const parts = this.#open.get(send);
    if (parts === undefined) this.#refuse(`an answer to send ${send}, which was never announced`);
    this.#open.delete(send);
    this.#answered.clear();
    this.#answered.set(send, parts);
    return parts;
  }

  #refuse(what: string): never {
    throw new WorkloadError('journal-broken', `${this.#path}: ${what}`);
  }
}

function parse(hex: string): Hash64 {
  return { lo: Number.parseInt(hex.slice(8), 16), hi: Number.parseInt(hex.slice(0, 8), 16) };
}
