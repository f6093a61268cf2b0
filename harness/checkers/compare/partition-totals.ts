/**
 * Rows, sum and ends per partition, added up from buckets or from single rows: what a report says
 * about a layer.
 */
import type { BucketDigest, LayerRow } from '../layer.ts';
import { greatest, least } from './bigints.ts';
import { type PartitionName, partitionName } from './offset-spans.ts';

export interface PartitionTotal {
  readonly topicId: string;
  readonly partition: number;
  readonly rows: bigint;
  /** Sum of the row hashes modulo 2^64. */
  readonly sum: bigint;
  readonly offsetFirst: bigint;
  readonly offsetLast: bigint;
}

export class PartitionTotals {
  readonly #totals = new Map<PartitionName, PartitionTotal>();

  addBucket(digest: Omit<BucketDigest, 'bucket'>): void {
    const name = partitionName(digest);
    const known = this.#totals.get(name);
    const { topicId, partition, rows, sum, offsetFirst, offsetLast } = digest;
    this.#totals.set(name, {
      topicId,
      partition,
      rows: rows + (known?.rows ?? 0n),
      sum: BigInt.asUintN(64, sum + (known?.sum ?? 0n)),
      offsetFirst: least(known?.offsetFirst ?? offsetFirst, offsetFirst),
      offsetLast: greatest(known?.offsetLast ?? offsetLast, offsetLast),
    });
  }

  addRows(rows: readonly LayerRow[]): void {
    for (const { topicId, partition, offset, hash } of rows) {
      const sum = hash;
      this.addBucket({
        topicId,
        partition,
        rows: 1n,
        sum,
        offsetFirst: offset,
        offsetLast: offset,
      });
    }
  }

  addAll(other: PartitionTotals): void {
    for (const total of other.partitions) this.addBucket(total);
  }

  /** In the order of partitions. */
  get partitions(): readonly PartitionTotal[] {
    return [...this.#totals.values()].sort((a, b) => a.partition - b.partition);
  }

  get rows(): bigint {
    return this.partitions.reduce((sum, total) => sum + total.rows, 0n);
  }

  get sum(): bigint {
    return BigInt.asUintN(
      64,
      this.partitions.reduce((sum, total) => sum + total.sum, 0n),
    );
  }
}
