/**
 * What a table must hold of a partition when its greatest offset is known: the sum of all ledger
 * ranges up to that offset.
 *
 * Two answers are allowed: what the ledger recorded, and what bronze holds now. When one of the two
 * is wrong, other checks name it; a snapshot is blamed only if it agrees with neither.
 */
import { type PartitionName, partitionName, spansByPartition } from '../compare/offset-spans.ts';
import type { Digest, LedgerRange } from '../stores/ledger.ts';

/**
 * The digests that a prefix ending at `offsetLast` may have; none when no closed range holds that
 * offset.
 */
export type PrefixDigests = (
  key: { topicId: string; partition: number },
  offsetLast: bigint,
) => readonly Digest[];

/**
 * `bronzeOf` gives what bronze holds of a range; `starts` where the table begins, per partition
 * (default: the first range).
 */
export function createPrefixDigests(
  ranges: readonly LedgerRange[],
  bronzeOf: (range: LedgerRange) => Digest | null,
  starts: ReadonlyMap<PartitionName, bigint> = new Map(),
): PrefixDigests {
  const closed = ranges.filter(
    (r) => r.state === 'done' && r.offsetFirst >= (starts.get(partitionName(r)) ?? 0n),
  );
  const sums = new Map(
    [...spansByPartition(closed)].map(([name, list]) => [
      name,
      {
        ends: list.map((r) => r.offsetLast),
        ledger: cumulative(list.map((r) => r.bronze)),
        bronze: cumulative(list.map(bronzeOf)),
      },
    ]),
  );
  return (key, offsetLast) => {
    const partition = sums.get(partitionName(key));
    if (partition === undefined) return [];
    const index = firstAtLeast(partition.ends, offsetLast);
    if (index === partition.ends.length) return [];
    return [partition.ledger[index]!, partition.bronze[index]!];
  };
}

function cumulative(digests: readonly (Digest | null)[]): readonly Digest[] {
  let total: Digest = { rows: 0n, sum: 0n };
  return digests.map((digest) => {
    total = {
      rows: total.rows + (digest?.rows ?? 0n),
      sum: BigInt.asUintN(64, total.sum + (digest?.sum ?? 0n)),
    };
    return total;
  });
}

/**
 * Index of the first of the rising `ends` that is not below `offset`; their number when there is
 * none.
 */
function firstAtLeast(ends: readonly bigint[], offset: bigint): number {
  let low = 0;
  let high = ends.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ends[middle]! < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}
