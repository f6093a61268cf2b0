/**
 * Writes down what the producer sends and what the broker answered: the first layer of the proof.
 *
 * The intent is on disk before a send leaves: first the hashes of its records, then the line that
 * points to them. The answer follows when it is there. A producer that is killed between the two
 * leaves a send without an answer, which every reader takes as "may be there". So the journal never
 * claims less than what was acknowledged, and never more. All writes are synchronous and
 * unbuffered: what was written when the process dies is in the page cache and survives it; only
 * `end` asks for the disk. Nothing is kept but one send.
 */

import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { bucketOffsets } from '../checkers/layer.ts';
import { systemClock } from '../system-clock.ts';
import { HashSum } from './hash-sum.ts';
import {
  type AcknowledgedPart,
  hashesPath,
  type JournalLine,
  journalVersion,
} from './journal-format.ts';
import { hash64ToHex, hashValueInto, placeHashInto } from './record-hash.ts';
import { WorkloadError } from './workload-error.ts';

export interface JournalledPart {
  readonly partition: number;
  readonly values: ReadonlyArray<Buffer | null>;
}

/** A send whose intent is on disk and whose answer is not. */
export interface IntendedSend {
  readonly send: number;
  readonly parts: ReadonlyArray<{
    readonly partition: number;
    readonly count: number;
    /** Hashes of the values, lo and hi in turn. */
    readonly hashes: Uint32Array;
  }>;
}

export interface JournalTopic {
  readonly topic: string;
  readonly topicId: string;
  readonly partitions: number;
}

const bucketSize = Number(bucketOffsets);

export class ProducerJournalWriter {
  readonly #lines: number;
  readonly #hashes: number;
  readonly #placed = new Uint32Array(2);
  #sendNext = 0;
  #hashesNext = 0;

  /** Creates both files. Throws `journal-exists` rather than mix two runs in one journal. */
  constructor(path: string, topic: JournalTopic) {
    this.#lines = createFile(path);
    try {
      this.#hashes = createFile(hashesPath(path));
    } catch (error) {
      closeSync(this.#lines);
      throw error;
    }
    const startedAt = systemClock.nowMs();
    this.#line({ type: 'producer-journal', version: journalVersion, ...topic, startedAt });
  }

  /**
   * Call before the records leave. Throws what the file system throws; then nothing may be sent.
   */
  intend(parts: readonly JournalledPart[]): IntendedSend {
    const hashed = parts.map(({ partition, values }) => {
      const hashes = new Uint32Array(values.length * 2);
      for (let i = 0; i < values.length; i += 1) hashValueInto(values[i]!, hashes, i * 2);
      return { partition, count: values.length, hashes };
    });
    const send = this.#sendNext;
    const hashesAt = this.#hashesNext;
    for (const { hashes, count } of hashed) {
      writeWhole(this.#hashes, littleEndian(hashes));
      this.#hashesNext += count;
    }
    const counts = hashed.map(({ partition, count }) => ({ partition, count }));
    this.#line({ type: 'send', send, hashesAt, parts: counts });
    this.#sendNext += 1;
    return { send, parts: hashed };
  }

  /**
   * `offsets` holds the first offset of every part of the send, by partition. Gives back the sum of
   * each part's record hashes, so that a summary can be made without reading the journal again.
   */
  acknowledge(intended: IntendedSend, offsets: ReadonlyMap<number, bigint>): Map<number, HashSum> {
    const sums = new Map<number, HashSum>();
    const parts = intended.parts.map(({ partition, hashes }): AcknowledgedPart => {
      const offset = offsets.get(partition);
      if (offset === undefined) throw new RangeError(`no offset for partition ${partition}`);
      const { buckets, whole } = this.#sums(partition, Number(offset), hashes);
      sums.set(partition, whole);
      return { partition, offset: offset.toString(), buckets };
    });
    this.#line({ type: 'acknowledged', send: intended.send, parts });
    return sums;
  }

  unknown(intended: IntendedSend, reason: string): void {
    this.#line({ type: 'unknown', send: intended.send, reason });
  }

  /** The last line, then both files on disk. */
  end(stoppedBy: string): void {
    this.#line({ type: 'end', stoppedBy, finishedAt: systemClock.nowMs() });
    fsyncSync(this.#hashes);
    fsyncSync(this.#lines);
  }

  close(): void {
    closeSync(this.#hashes);
    closeSync(this.#lines);
  }

  #sums(partition: number, offsetFirst: number, hashes: Uint32Array) {
    const whole = new HashSum();
    const buckets: Array<[number, number, string]> = [];
    const count = hashes.length / 2;
    for (let i = 0; i < count; ) {
      const bucket = Math.floor((offsetFirst + i) / bucketSize);
      const end = Math.min(count, (bucket + 1) * bucketSize - offsetFirst);
      const sum = new HashSum();
      for (; i < end; i += 1) {
        const lo = hashes[i * 2]!;
        placeHashInto(lo, hashes[i * 2 + 1]!, partition, offsetFirst + i, this.#placed, 0);
        sum.add(this.#placed[0]!, this.#placed[1]!);
      }
      buckets.push([bucket, sum.rows, hash64ToHex(sum.sum)]);
      whole.addSum(sum.rows, sum.sum);
    }
    return { buckets, whole };
  }

  #line(line: JournalLine): void {
    writeWhole(this.#lines, Buffer.from(`${JSON.stringify(line)}\n`));
  }
}

function createFile(path: string): number {
  try {
    return openSync(path, 'wx');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const message = `${path} is there already: give each run a journal of its own`;
    throw new WorkloadError('journal-exists', message, error);
  }
}

function writeWhole(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
}

/**
 * The files are little endian, and so is every machine that Node 24 is built for except s390x,
 * which swaps here.
 */
function littleEndian(words: Uint32Array): Uint8Array {
  const bytes = Buffer.from(words.buffer, words.byteOffset, words.byteLength);
  return hostIsLittleEndian ? bytes : Buffer.from(bytes).swap32();
}
const hostIsLittleEndian = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;
