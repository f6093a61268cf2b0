/**
 * What a run of the producer came to, in numbers that can be printed or written as JSON.
 *
 * The digest of a partition is the sum of its record hashes (docs/reference/producer-journal.md),
 * the same that the journal gives, so a report can quote it without opening the journal. Offsets
 * are strings, as in all documents of a run.
 */

import { systemClock } from '../system-clock.ts';
import { HashSum } from './hash-sum.ts';
import type { IntendedSend } from './journal-writer.ts';

export interface ProduceProgress {
  readonly acknowledged: number;
  readonly unknown: number;
  readonly valueBytes: number;
  readonly elapsedMs: number;
}

export interface ProduceSummary {
  readonly topic: string;
  readonly topicId: string;
  readonly journalPath: string;
  readonly acknowledged: number;
  /** Records of sends without a believable answer: they may be in the log or not. */
  readonly unknown: number;
  readonly sends: number;
  /** Bytes of the acknowledged values. */
  readonly valueBytes: number;
  readonly durationMs: number;
  readonly recordsPerSecond: number;
  readonly stoppedBy: string;
  readonly partitions: ReadonlyArray<{
    readonly partition: number;
    readonly rows: number;
    readonly offsetFirst: string | null;
    readonly offsetLast: string | null;
    /** `rows:hex16`. */
    readonly digest: string;
  }>;
}

interface PartitionTally {
  readonly sum: HashSum;
  offsetFirst: bigint | null;
  offsetLast: bigint | null;
}

export interface TallyOf {
  readonly topic: string;
  readonly topicId: string;
  readonly partitions: number;
  readonly journalPath: string;
}

export class ProduceTally {
  readonly #of: TallyOf;
  readonly #partitions: PartitionTally[];
  readonly #startMs = systemClock.monotonicMs();
  #acknowledged = 0;
  #unknown = 0;
  #sends = 0;
  #valueBytes = 0;

  constructor(of: TallyOf) {
    this.#of = of;
    this.#partitions = Array.from({ length: of.partitions }, () => ({
      sum: new HashSum(),
      offsetFirst: null,
      offsetLast: null,
    }));
  }

  /** The offset from which the next answer for this partition must begin, or a later one. */
  offsetNext(partition: number): bigint {
    const last = this.#partitions[partition]!.offsetLast;
    return last === null ? 0n : last + 1n;
  }

  acknowledged(
    { parts }: IntendedSend,
    offsets: ReadonlyMap<number, bigint>,
    sums: ReadonlyMap<number, HashSum>,
    valueBytes: number,
  ): void {
    for (const { partition, count } of parts) {
      const tally = this.#partitions[partition]!;
      const offset = offsets.get(partition)!;
      tally.offsetFirst ??= offset;
      tally.offsetLast = offset + BigInt(count) - 1n;
      const sum = sums.get(partition)!;
      tally.sum.addSum(sum.rows, sum.sum);
      this.#acknowledged += count;
    }
    this.#sends += 1;
    this.#valueBytes += valueBytes;
  }

  unknown({ parts }: IntendedSend): void {
    for (const { count } of parts) this.#unknown += count;
    this.#sends += 1;
  }

  progress(): ProduceProgress {
    return {
      acknowledged: this.#acknowledged,
      unknown: this.#unknown,
      valueBytes: this.#valueBytes,
      elapsedMs: systemClock.monotonicMs() - this.#startMs,
    };
  }

  summary(stoppedBy: string): ProduceSummary {
    const { acknowledged, unknown, valueBytes, elapsedMs } = this.progress();
    const { topic, topicId, journalPath } = this.#of;
    return {
      topic,
      topicId,
      journalPath,
      acknowledged,
      unknown,
      sends: this.#sends,
      valueBytes,
      durationMs: Math.round(elapsedMs),
      recordsPerSecond: Math.round((acknowledged * 1000) / Math.max(1, elapsedMs)),
      stoppedBy,
      partitions: this.#partitions.map(({ sum, offsetFirst, offsetLast }, partition) => ({
        partition,
        rows: sum.rows,
        offsetFirst: offsetFirst === null ? null : offsetFirst.toString(),
        offsetLast: offsetLast === null ? null : offsetLast.toString(),
        digest: sum.toString(),
      })),
    };
  }
}
