/**
 * A layer in memory, for tests of the comparison: rows in, digests and rows out, as a real reader
 * gives them.
 */
import { type BucketDigest, bucketOffsets, type LayerReader, type LayerRow } from '../layer.ts';
import { PartitionTotals } from './partition-totals.ts';

export const topicId = '7d0b0c1e-8f6a-4d1f-9a55-3f1f6f2f1c01';

/**
 * A trade row; the hash follows from offset, partition and price, so that another price is another
 * content.
 */
export function tradeRow(offset: number | bigint, price = '100.00000000', partition = 0): LayerRow {
  const content = [...`${partition}/${offset}/${price}`];
  const hash = content.reduce((h, c) => (h ^ BigInt(c.charCodeAt(0))) * 0x100000001b3n, 7n);
  return {
    kind: 'trade',
    topicId,
    partition,
    offset: BigInt(offset),
    hash: BigInt.asUintN(64, hash),
    fields: { price, side: 'BUY' },
  };
}

/** Rows with offsets from `first` to `last`. */
export function tradeRows(first: number, last: number, partition = 0): readonly LayerRow[] {
  return Array.from({ length: last - first + 1 }, (_, i) =>
    tradeRow(first + i, undefined, partition),
  );
}

export function memoryLayer(name: string, rows: readonly LayerRow[]): LayerReader {
  return {
    name,
    title: name,
    reader: 'memory',
    digest: async (kind) => digestsOf(rows.filter((row) => row.kind === kind)),
    rows: async (kind, topic, partition, first, last) =>
      rows
        .filter((row) => row.kind === kind && row.topicId === topic && row.partition === partition)
        .filter((row) => first <= row.offset && row.offset <= last)
        .sort((a, b) => (a.offset < b.offset ? -1 : a.offset > b.offset ? 1 : 0)),
  };
}

function digestsOf(rows: readonly LayerRow[]): readonly BucketDigest[] {
  const buckets = Map.groupBy(
    rows,
    (row) => `${row.topicId}/${row.partition}/${row.offset / bucketOffsets}`,
  );
  return [...buckets.values()].map((group) => {
    const totals = new PartitionTotals();
    totals.addRows(group);
    return { ...totals.partitions[0]!, bucket: group[0]!.offset / bucketOffsets };
  });
}
