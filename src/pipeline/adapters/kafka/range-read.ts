/**
 * Reads an old range again: the same records, the same holes, one block of exactly that range.
 *
 * Recovery compares such a block with what the store holds, so it must not depend on how the range
 * was cut the first time; limits don't apply. A range that the log no longer holds whole fails: at
 * its start the broker refuses the offset, at its end the log stays shorter than the range.
 */
import type { OffsetRange } from '../../model/range.ts';
import type { RecordBlock } from '../../model/record-block.ts';
import { BlockAssembler } from './block-assembler.ts';
import type { Cluster } from './cluster.ts';
import type { KafkaSettings } from './options.ts';
import type { PartitionFetcher } from './partition-fetcher.ts';
import { throwOutOfRange } from './topic-check.ts';

const noLimits = { rowsMax: Number.MAX_SAFE_INTEGER, bytesMax: Number.MAX_SAFE_INTEGER };

export async function readRange(
  cluster: Cluster,
  settings: KafkaSettings,
  fetcher: PartitionFetcher,
  range: OffsetRange,
  signal?: AbortSignal,
): Promise<RecordBlock> {
  const { clock } = settings;
  const offsetEnd = range.offsetLast + 1n;
  const assembler = new BlockAssembler(range, range.offsetFirst, offsetEnd);
  let progressAtMs = clock.monotonicMs();
  while (assembler.position < offsetEnd) {
    const fetched = await fetcher.fetch(assembler.position, signal);
    if (fetched.batches.length === 0) {
      // A leader that was just elected may hide the end of the log for a moment.
      const waitedMs = clock.monotonicMs() - progressAtMs;
      if (fetched.lastStableOffset < offsetEnd && waitedMs > settings.retryBoundMs) {
        return throwOutOfRange(cluster, fetcher.topic, fetcher.partition, range.offsetLast);
      }
      continue;
    }
    progressAtMs = clock.monotonicMs();
    assembler.feed(fetched);
    assembler.fill(noLimits);
  }
  return assembler.take()!;
}
