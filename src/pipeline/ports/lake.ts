/**
 * The lake: Iceberg tables whose pointer lives in the catalog's database, beside the ledger.
 *
 * A batch is frozen before anything is written: which ranges, how many rows, which digest. An
 * engine writes files for exactly these, proves them against the ledger's digest, and swings the
 * pointer; the database turns the batch `committed` inside the swing's own transaction. So no
 * engine reports success by itself: the ledger is asked.
 */
import type { Digest } from '../model/digest.ts';
import type { OffsetRange } from '../model/range.ts';

export interface LakeTable {
  readonly catalog: string;
  readonly namespace: string;
  readonly name: string;
}

export interface BatchRange extends OffsetRange {
  readonly digest: Digest;
}

export interface Batch {
  readonly table: LakeTable;
  readonly batchId: string;
  readonly epoch: bigint;
  readonly kind: 'append' | 'maintenance';
  /** The metadata location that the swing must start from. */
  readonly base: string;
  readonly ranges: readonly BatchRange[];
}

/**
 * Writes a batch and swings the pointer. The promise only says that the attempt ended; the ledger
 * says how.
 */
export interface LakeEngine {
  ensureTable(table: LakeTable): Promise<void>;
  append(batch: Batch, signal?: AbortSignal): Promise<void>;
  /**
   * Expires snapshots and merges manifests when it is worth it; `false` when there is nothing to
   * do.
   */
  maintenanceDue(table: LakeTable): Promise<boolean>;
  maintain(batch: Batch, signal?: AbortSignal): Promise<void>;
}

/** The catalog: one pointer a table, swung by compare-and-swap in the ledger's database. */
export interface Catalog {
  /** Current metadata location, or null when the table does not exist. */
  pointer(table: LakeTable): Promise<string | null>;
  /** Registers a new table; an existing one is left as it is. */
  create(table: LakeTable, metadataLocation: string): Promise<void>;
  /**
   * One transaction. Fails with `conflict`, `fenced`, or `unknown-outcome` when the commit's answer
   * did not come.
   */
  swing(batch: Batch, metadataLocation: string): Promise<void>;
}

/**
 * One Parquet file to write: the rows of `ranges` whose trade day and exchange are given, ordered
 * by partition and offset.
 */
export interface ExportFile {
  readonly ranges: readonly OffsetRange[];
  readonly exchange: string;
  /** `YYYY-MM-DD`, UTC day of the trade time. */
  readonly day: string;
  /** Absolute path of a file that does not exist. */
  readonly path: string;
}

/**
 * How rows leave the hot store for the lake, and how the files that were written are read again.
 */
export interface LakeExporter {
  /** Which (exchange, day) the ranges hold, with their row counts. */
  partitions(
    ranges: readonly OffsetRange[],
  ): Promise<ReadonlyArray<{ exchange: string; day: string; rows: bigint }>>;
  write(file: ExportFile): Promise<void>;
  /** Digest and distinct offsets per Kafka partition over written files: what is really in them. */
  digests(
    paths: readonly string[],
  ): Promise<
    ReadonlyArray<{ topicId: string; partition: number; digest: Digest; offsetsDistinct: bigint }>
  >;
}
