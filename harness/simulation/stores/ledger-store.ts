/**
 * The simulated database of ledger and catalog: a plain state machine without promises and I/O.
 *
 * It keeps the rules of the real one (leases, ranges, heads, batches, swings: the files beside this
 * one), writes every effect into the history at the moment it takes effect, and can be backed up,
 * restored and crashed. A call is one transaction: it throws before it changes anything. Delays,
 * lost answers and clients that die are not its business but that of `Remote`.
 */
import type { PartitionKey } from '../../../src/pipeline/model/range.ts';
import type { Batch, LakeTable } from '../../../src/pipeline/ports/lake.ts';
import type { IntentRange, Lease, Membership } from '../../../src/pipeline/ports/ledger.ts';
import type { TopicInfo } from '../../../src/pipeline/ports/log-source.ts';
import type { Observe } from '../remote.ts';
import * as batches from './ledger-batches.ts';
import * as catalog from './ledger-catalog.ts';
import { allGuards, type Guards } from './ledger-guards.ts';
import {
  bronze,
  headFrom,
  headsOf,
  moveHead,
  partitionName,
  requireForward,
} from './ledger-heads.ts';
import * as leases from './ledger-leases.ts';
import * as ranges from './ledger-ranges.ts';
import type { LedgerContext, LedgerState, VersionDescription } from './ledger-state.ts';
import { copyState, emptyState } from './ledger-state.ts';

export interface LedgerStoreOptions {
  readonly nowMs: () => number;
  readonly observe: Observe;
  readonly describeVersion: (location: string) => VersionDescription;
  readonly guards?: Partial<Guards>;
  /** `seq` of the latest event of the history, for `restored`. */
  readonly historySeq?: () => number;
}

export interface Backup {
  /** The latest event of the history that the backup knows of. */
  readonly seq: number;
  readonly atMs: number;
  readonly state: LedgerState;
}

/**
 * How long a transaction may be lost after its answer when commits are not durable: three times
 * `wal_writer_delay`, as the manual of Postgres says of `synchronous_commit = off`.
 */
export const commitDelayMsMax = 600;

export class LedgerStore {
  readonly #context: LedgerContext;
  readonly #historySeq: () => number;
  /** States before each transaction that a crash may take back, if commits are not durable. */
  #undo: Backup[] = [];

  constructor(options: LedgerStoreOptions) {
    const { nowMs, observe, describeVersion } = options;
    const guards = { ...allGuards, ...options.guards };
    this.#context = {
      ...{ nowMs, observe, describeVersion, guards },
      state: emptyState(),
      epochsGiven: 0,
      batchesOpened: 0,
    };
    this.#historySeq = options.historySeq ?? (() => 0);
  }

  acquire(name: string, holder: string, ttlMs: number): Lease | null {
    return leases.acquire(this.#changing(), name, holder, ttlMs);
  }

  renew(lease: Lease, ttlMs: number): boolean {
    return leases.renew(this.#changing(), lease, ttlMs);
  }

  release(lease: Lease): void {
    leases.release(this.#changing(), lease);
  }

  fence(lease: Lease): Lease {
    return leases.fence(this.#changing(), lease);
  }

  heartbeat(service: string, holder: string, ttlMs: number): Membership {
    return leases.heartbeat(this.#changing(), service, holder, ttlMs);
  }

  leave(service: string, holder: string): void {
    leases.leave(this.#changing(), service, holder);
  }

  registerTopic(topic: TopicInfo): void {
    leases.registerTopic(this.#changing(), topic);
  }

  /** What the message of `topic-recreated` tells an operator to do. */
  retireTopic(topicId: string): void {
    const topic = this.#changing().state.topics.get(topicId);
    if (topic !== undefined) topic.current = false;
  }

  head(key: PartitionKey, offsetStart: bigint): bigint {
    return headFrom(this.#changing(), bronze, key, offsetStart).offsetNext;
  }

  intent(key: PartitionKey): IntentRange | null {
    return ranges.intent(this.#context, key);
  }

  advance(process: string, lease: Lease, key: PartitionKey, step: ranges.Step): void {
    ranges.advance(this.#changing(), process, lease, key, step);
  }

  openBatch(table: LakeTable): Batch | null {
    return batches.openBatch(this.#context, table);
  }

  freeze(lease: Lease, table: LakeTable, base: string, rowsMax: number): Batch | null {
    return batches.freeze(this.#changing(), lease, table, base, rowsMax);
  }

  freezeMaintenance(lease: Lease, table: LakeTable, base: string): Batch {
    return batches.freezeMaintenance(this.#changing(), lease, table, base);
  }

  reopen(lease: Lease, batch: Batch, base: string): Batch {
    return batches.reopen(this.#changing(), lease, batch, base);
  }

  voidBatch(lease: Lease, batch: Batch): void {
    batches.voidBatch(this.#changing(), lease, batch);
  }

  batchState(batch: Batch): 'open' | 'committed' | 'void' {
    return batches.batchState(this.#context, batch);
  }

  pointer(table: LakeTable): string | null {
    return catalog.pointer(this.#context, table);
  }

  create(process: string, table: LakeTable, location: string): void {
    catalog.create(this.#changing(), process, table, location, true);
  }

  swing(process: string, batch: Batch, to: string): void {
    const { table, base: from, epoch, batchId } = batch;
    catalog.swing(this.#changing(), { process, table, from, to, epoch, batchId });
  }

  /**
   * A stock writer's swing: it knows no batch, and an epoch only when its session was given one.
   * False when it lost the race.
   */
  foreignSwing(
    process: string,
    table: LakeTable,
    from: string,
    to: string,
    epoch: number | null,
  ): boolean {
    const named = epoch === null ? null : BigInt(epoch);
    const request = { process, table, from, to, epoch: named, batchId: null };
    return catalog.swing(this.#changing(), request);
  }

  /** A stock writer's CREATE TABLE. */
  foreignCreate(process: string, table: LakeTable, location: string): void {
    catalog.create(this.#changing(), process, table, location, false);
  }

  /** A stock writer's DROP TABLE. */
  foreignDrop(table: LakeTable): void {
    catalog.drop(this.#changing(), table);
  }

  /** An operator's UPDATE of a head. */
  setHead(layer: string, key: PartitionKey, offsetNext: bigint): void {
    const context = this.#changing();
    const row = headsOf(context, layer).get(partitionName(key));
    if (row === undefined) return;
    requireForward(context, row, offsetNext);
    moveHead(context, layer, row, offsetNext);
  }

  /** Where a layer's head stands, without making one; null when there is none. */
  offsetNext(layer: string, key: PartitionKey): bigint | null {
    return this.#context.state.heads.get(layer)?.get(partitionName(key))?.offsetNext ?? null;
  }

  backup(): Backup {
    const { state, nowMs } = this.#context;
    return { seq: this.#historySeq(), atMs: nowMs(), state: copyState(state) };
  }

  /**
   * The backup stays as it is and can be restored again. `withCatalog` false: the pointers stay, as
   * if the catalog lived in another database (a planted bug).
   */
  restore(backup: Backup, withCatalog = true): void {
    const { pointers, swungTo } = this.#context.state;
    const state = copyState(backup.state);
    this.#context.state = withCatalog ? state : { ...state, pointers, swungTo };
    this.#undo = [];
    this.#context.observe({ type: 'restored', backupSeq: backup.seq });
  }

  /** A restart of the database: what was acknowledged is there, unless commits are not durable. */
  crash(): void {
    const sinceMs = this.#context.nowMs() - commitDelayMsMax;
    const lost = this.#undo.find(({ atMs }) => atMs >= sinceMs);
    if (lost !== undefined) this.restore(lost);
  }

  #changing(): LedgerContext {
    if (!this.#context.guards.durableCommit) {
      const sinceMs = this.#context.nowMs() - commitDelayMsMax;
      this.#undo = this.#undo.filter(({ atMs }) => atMs >= sinceMs);
      this.#undo.push(this.backup());
    }
    return this.#context;
  }
}
