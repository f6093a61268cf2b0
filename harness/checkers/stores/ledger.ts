/**
 * The ledger as plain data: what the checks of this folder's neighbours look at.
 *
 * It mirrors the tables of the schema `tidemark` and the catalog's pointer, read in one snapshot.
 * Digests are unsigned 64-bit sums; times are milliseconds since 1970, UTC.
 */

export interface Digest {
  readonly rows: bigint;
  readonly sum: bigint;
}

export interface LedgerRange {
  readonly topicId: string;
  readonly partition: number;
  readonly offsetFirst: bigint;
  readonly offsetLast: bigint;
  readonly state: 'intent' | 'done';
  readonly epoch: bigint;
  readonly owner: string;
  readonly rows: bigint;
  /** Null while the range is an intent. */
  readonly bronze: Digest | null;
  readonly deadLetters: Digest | null;
  readonly intentAt: number;
  readonly doneAt: number | null;
}

export interface LedgerHead {
  /** `bronze` or `<catalog>.<namespace>.<table>`. */
  readonly layer: string;
  readonly topicId: string;
  readonly partition: number;
  readonly offsetStart: bigint;
  readonly offsetNext: bigint;
}

export interface LedgerBatchRange {
  readonly topicId: string;
  readonly partition: number;
  readonly offsetFirst: bigint;
  readonly offsetLast: bigint;
  readonly digest: Digest;
}

export interface LedgerBatch {
  readonly batch: string;
  readonly epoch: bigint;
  readonly kind: string;
  readonly base: string;
  readonly state: 'open' | 'committed' | 'void';
  readonly newLocation: string | null;
  /** When it was committed; null while open. */
  readonly at: number | null;
  readonly ranges: readonly LedgerBatchRange[];
}

export interface LedgerState {
  readonly topicId: string;
  /** Ordered by partition and first offset. */
  readonly ranges: readonly LedgerRange[];
  readonly heads: readonly LedgerHead[];
  /** Lease of the lake table, `<catalog>.<namespace>.<table>`. */
  readonly lakeLease: string;
  /** Batches of the lake table in the order of their commit; open ones last. */
  readonly batches: readonly LedgerBatch[];
  /** The catalog's current metadata location, or null when the table does not exist. */
  readonly pointer: string | null;
}

export function rangeName(range: {
  topicId: string;
  partition: number;
  offsetFirst: bigint;
  offsetLast: bigint;
}): string {
  return `${range.topicId}/${range.partition}:${range.offsetFirst}-${range.offsetLast}`;
}
