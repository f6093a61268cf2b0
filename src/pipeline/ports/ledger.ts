/**
 * The ledger: who may write what, which range is open, which are closed.
 *
 * Every call that changes something names the epoch of the caller's lease, and the database itself
 * refuses a lower one with `fenced`. Heads only move forward, by compare-and-swap, in the
 * transaction that closes a range or swings a pointer.
 */
import type { Digest } from '../model/digest.ts';
import type { OffsetRange, PartitionKey } from '../model/range.ts';
import type { Batch, LakeTable } from './lake.ts';
import type { TopicInfo } from './log-source.ts';

export interface Lease {
  /** `ingest:<topic id>:<partition>` or `<catalog>.<namespace>.<table>`. */
  readonly name: string;
  readonly epoch: bigint;
  readonly holder: string;
}

/** A range that is about to be written: the only one that may be written next. */
export interface IntentRange extends OffsetRange {
  readonly rows: number;
  readonly offsetSum: bigint;
}

/** What the hot store was seen to hold of a range. */
export interface ClosedRange extends OffsetRange {
  readonly bronze: Digest;
  readonly deadLetters: Digest;
}

export interface Membership {
  /** Live members, this one included. */
  readonly members: number;
  /** How many of them come before this one in the order of their names. */
  readonly rank: number;
}

export interface LeaseLedger {
  /** The lease with a new epoch, or null while somebody else holds it. */
  acquire(name: string, holder: string, ttlMs: number): Promise<Lease | null>;
  /** False when the lease was lost. */
  renew(lease: Lease, ttlMs: number): Promise<boolean>;
  release(lease: Lease): Promise<void>;
  /**
   * Raises the epoch of a lease we hold; afterwards nothing sent under the old one can take effect.
   */
  fence(lease: Lease): Promise<Lease>;
  /** Announces a live member of a service; tells its place among all that are live. */
  heartbeat(service: string, holder: string, ttlMs: number): Promise<Membership>;
  leave(service: string, holder: string): Promise<void>;
}

export interface IngestLedger {
  /**
   * Records the topic; fails with `topic-recreated` when the name was known under another topic id.
   */
  registerTopic(topic: TopicInfo): Promise<void>;
  /** First offset not yet closed; `offsetStart` is recorded when the partition is new. */
  head(key: PartitionKey, offsetStart: bigint): Promise<bigint>;
  intent(key: PartitionKey): Promise<IntentRange | null>;
  /** Closes the open range and opens the next one, either or both, in one transaction. */
  advance(
    lease: Lease,
    key: PartitionKey,
    step: { close?: ClosedRange; open?: IntentRange },
  ): Promise<void>;
}

export interface OffloadLedger {
  /** The open batch of the table, if there is one. */
  openBatch(table: LakeTable): Promise<Batch | null>;
  /**
   * Freezes all ranges that are closed in bronze and not yet in the table, oldest first, or null
   * when there are none.
   */
  freeze(lease: Lease, table: LakeTable, base: string, rowsMax: number): Promise<Batch | null>;
  /** Opens a maintenance batch. */
  freezeMaintenance(lease: Lease, table: LakeTable, base: string): Promise<Batch>;
  /** Opens an undecided batch again under a newer epoch and base, with the same ranges. */
  reopen(lease: Lease, batch: Batch, base: string): Promise<Batch>;
  /** Gives up an undecided maintenance batch. */
  voidBatch(lease: Lease, batch: Batch): Promise<void>;
  batchState(batch: Batch): Promise<'open' | 'committed' | 'void'>;
}

export interface Ledger extends LeaseLedger, IngestLedger, OffloadLedger {
  /**
   * Applies migrations that are missing; fails with `migration-mismatch` when an applied one was
   * changed.
   */
  migrate(): Promise<void>;
  /** Fails with `table-invalid` when a guard trigger is missing or disabled. */
  checkGuards(): Promise<void>;
  close(): Promise<void>;
}
