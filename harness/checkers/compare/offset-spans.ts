/**
 * Spans of offsets, kept per partition and in order, so that a walk over offsets finds its span at
 * once.
 */

export interface OffsetSpan {
  readonly topicId: string;
  readonly partition: number;
  readonly offsetFirst: bigint;
  readonly offsetLast: bigint;
}

export type PartitionName = `${string}/${number}`;

export function partitionName(key: { topicId: string; partition: number }): PartitionName {
  return `${key.topicId}/${key.partition}`;
}

export function spansByPartition<S extends OffsetSpan>(
  spans: readonly S[],
): ReadonlyMap<PartitionName, readonly S[]> {
  const groups = Map.groupBy(spans, partitionName);
  for (const group of groups.values()) {
    group.sort((a, b) => (a.offsetFirst < b.offsetFirst ? -1 : 1));
  }
  return groups;
}

/** The span that holds `offset`, among ordered spans that do not overlap; by halving. */
export function spanAt<S extends OffsetSpan>(spans: readonly S[], offset: bigint): S | null {
  let low = 0;
  let high = spans.length - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const span = spans[middle]!;
    if (offset < span.offsetFirst) high = middle - 1;
    else if (offset > span.offsetLast) low = middle + 1;
    else return span;
  }
  return null;
}
