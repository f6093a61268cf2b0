/**
 * Ranges of offsets in one partition of one topic.
 *
 * A range is what the ledger speaks about: the records with `offsetFirst <= offset <= offsetLast`,
 * both ends included. Not every offset in it needs to hold a record (transaction markers and
 * compaction leave holes), so a range never tells how many records it has; `rows` stands beside it.
 * Offsets are 64-bit, hence bigint.
 */

export interface PartitionKey {
  /**
   * Kafka's topic id as a canonical UUID: a topic made again under the same name has another one.
   */
  readonly topicId: string;
  readonly partition: number;
}

export interface OffsetRange extends PartitionKey {
  readonly offsetFirst: bigint;
  readonly offsetLast: bigint;
}

/** Offsets that the range spans, holes included. */
export function rangeSpan(range: OffsetRange): bigint {
  return range.offsetLast - range.offsetFirst + 1n;
}

/** `topic-id/partition:first-last`, the name of a range in logs, tokens and messages. */
export function rangeName(range: OffsetRange): string {
  return `${range.topicId}/${range.partition}:${range.offsetFirst}-${range.offsetLast}`;
}
