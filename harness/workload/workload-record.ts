/**
 * One record of a workload, before it has a place in the log.
 *
 * Recordings and the generator both yield it and the producer takes it. The value is the record's
 * exact bytes as they will stand in the log; everything else is there so that nobody downstream has
 * to parse the value again. `tradeId` and `eventTimeMs` are null where the value is malformed on
 * purpose and carries none.
 */

export interface WorkloadRecord {
  /** The symbol's bytes. All records of one symbol carry the same key. */
  readonly key: Buffer;
  /** Null is a tombstone, which is one of the malformed shapes. */
  readonly value: Buffer | null;
  readonly symbol: string;
  readonly tradeId: bigint | null;
  /** `E` of the event, milliseconds since 1970, UTC. */
  readonly eventTimeMs: number | null;
}

export type WorkloadRecords = Iterable<WorkloadRecord> | AsyncIterable<WorkloadRecord>;
