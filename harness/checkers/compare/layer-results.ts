/** What a report says about a layer, from the totals that a comparison covered. */
import type { LayerResult } from '../../experiment/journal-events.ts';
import type { PartitionTotals } from './partition-totals.ts';

export interface LayerDescription {
  readonly name: string;
  readonly title: string;
  readonly reader: string;
  readonly durationMs: number;
}

const hex16 = (sum: bigint) => sum.toString(16).padStart(16, '0');

/** `hasDigest` is false for a layer that carries identities only. */
export function layerResult(
  description: LayerDescription,
  totals: PartitionTotals,
  hasDigest = true,
): LayerResult {
  const { name, title, reader, durationMs } = description;
  return {
    name,
    title,
    rows: totals.rows.toString(),
    digest: hasDigest ? hex16(totals.sum) : null,
    reader,
    durationMs,
    partitions: totals.partitions.map((total) => ({
      partition: total.partition,
      rows: total.rows.toString(),
      offsetFirst: total.offsetFirst.toString(),
      offsetLast: total.offsetLast.toString(),
      digest: hasDigest ? hex16(total.sum) : null,
    })),
  };
}
