/**
 * What the simulated database holds: the tables of the ledger and of the catalog as plain maps.
 *
 * Rows are mutable and belong to the store; what is handed out is made anew or never changes. A
 * copy shares what never changes (the ranges of a batch), so a backup costs little. The rules are
 * in the files beside this one.
 */
import type { Digest } from '../../../src/pipeline/model/digest.ts';
import type { BatchRange } from '../../../src/pipeline/ports/lake.ts';
import type { LakeSnapshot } from '../../checkers/history/history.ts';
import type { Observe } from '../remote.ts';
import type { Guards } from './ledger-guards.ts';

export interface LeaseRow {
  epoch: bigint;
  holder: string | null;
  expiresAtMs: number;
}

export interface TopicRow {
  readonly name: string;
  readonly partitions: number;
  current: boolean;
}

export interface HeadRow {
  readonly topicId: string;
  readonly partition: number;
  readonly offsetStart: bigint;
  offsetNext: bigint;
}

export interface RangeRow {
  readonly offsetFirst: bigint;
  offsetLast: bigint;
  state: 'intent' | 'done';
  epoch: bigint;
  owner: string;
  rows: number;
  offsetSum: bigint;
  bronze: Digest | null;
  deadLetters: Digest | null;
}

/** Ranges of one partition in the order in which they were opened. */
export interface PartitionRanges {
  readonly rows: RangeRow[];
  /** Those that are intents: one, unless the guard is off. */
  open: RangeRow[];
}

export interface BatchRow {
  readonly batchId: string;
  readonly kind: 'append' | 'maintenance';
  epoch: bigint;
  base: string;
  state: 'open' | 'committed' | 'void';
  ranges: readonly BatchRange[];
}

export interface TableBatches {
  readonly byId: Map<string, BatchRow>;
  open: BatchRow[];
}

export interface LedgerState {
  readonly leases: Map<string, LeaseRow>;
  /** Service -> holder -> when it expires. */
  readonly members: Map<string, Map<string, number>>;
  readonly topics: Map<string, TopicRow>;
  /** Layer -> lease name of the partition -> head. */
  readonly heads: Map<string, Map<string, HeadRow>>;
  /** By the lease name of the partition. */
  readonly ranges: Map<string, PartitionRanges>;
  /** By the lease name of the table, as are the pointers. */
  readonly batches: Map<string, TableBatches>;
  readonly pointers: Map<string, string>;
  /** Every location that a guarded swing went to. */
  readonly swungTo: Set<string>;
}

export interface VersionDescription {
  readonly snapshot: LakeSnapshot | null;
  readonly expired: readonly number[];
}

/** What the rules work on. `state` is another object after a restore. */
export interface LedgerContext {
  state: LedgerState;
  readonly nowMs: () => number;
  readonly observe: Observe;
  readonly describeVersion: (location: string) => VersionDescription;
  readonly guards: Guards;
  /** Numbers that never come back, not even after a restore: they stand for randomness. */
  epochsGiven: number;
  batchesOpened: number;
}

export function emptyState(): LedgerState {
  return {
    leases: new Map(),
    members: new Map(),
    topics: new Map(),
    heads: new Map(),
    ranges: new Map(),
    batches: new Map(),
    pointers: new Map(),
    swungTo: new Set(),
  };
}

function copyMap<V>(map: ReadonlyMap<string, V>, copy: (value: V) => V): Map<string, V> {
  const copied = new Map<string, V>();
  for (const [key, value] of map) copied.set(key, copy(value));
  return copied;
}

const copyRow = <T extends object>(row: T): T => ({ ...row });

function copyRanges({ rows }: PartitionRanges): PartitionRanges {
  const copied = rows.map(copyRow);
  return { rows: copied, open: copied.filter((row) => row.state === 'intent') };
}

function copyBatches({ byId }: TableBatches): TableBatches {
  const copied = copyMap(byId, copyRow);
  return { byId: copied, open: [...copied.values()].filter((row) => row.state === 'open') };
}

export function copyState(state: LedgerState): LedgerState {
  return {
    leases: copyMap(state.leases, copyRow),
    members: copyMap(state.members, (holders) => new Map(holders)),
    topics: copyMap(state.topics, copyRow),
    heads: copyMap(state.heads, (layer) => copyMap(layer, copyRow)),
    ranges: copyMap(state.ranges, copyRanges),
    batches: copyMap(state.batches, copyBatches),
    pointers: new Map(state.pointers),
    swungTo: new Set(state.swungTo),
  };
}
