/**
 * What a run recorded: the events that the checkers judge, in the order in which they took effect.
 *
 * A history is plain JSON, so that it can be written to a file and judged again by somebody who did
 * not see the run. The services write it (what the log appended, what the store holds, where the
 * pointer stands), the clients add what they were told (acknowledgements, polls), and the run adds
 * its faults and phases. Nothing in it comes from the pipeline's own opinion of itself. Offsets,
 * epochs and sequence numbers are JSON numbers here: simulated runs are small.
 */

/** A record of the log, by what makes it itself. */
export interface Identity {
  readonly topicId: string;
  readonly partition: number;
  readonly offset: number;
}

/** A row of any layer: the identity of the record it came from and all its fields as one text. */
export interface Row extends Identity {
  /** Canonical text of every field of the row; two rows are equal when their contents are. */
  readonly content: string;
}

/** A record as the log holds it. */
export interface LoggedRecord extends Row {
  /** Unique for each record that a producer made; a record sent twice carries its key twice. */
  readonly key: string;
  /** False when an independent decode of the bytes says that it is no trade. */
  readonly isTrade: boolean;
  /** `exchange|symbol|trade id`: the second identity, given by the source; null when no trade. */
  readonly source: string | null;
}

export interface OffsetSpan {
  readonly topicId: string;
  readonly partition: number;
  readonly offsetFirst: number;
  readonly offsetLast: number;
}

export type HotLayer = 'bronze' | 'dead-letters';

/** A data file of the lake with the rows it holds. */
export interface LakeFile {
  readonly path: string;
  readonly rows: readonly Row[];
}

/** A version of a lake table: what the pointer leads to after a swing. */
export interface LakeSnapshot {
  readonly snapshotId: number;
  readonly parentId: number | null;
  readonly sequenceNumber: number;
  readonly operation: 'append' | 'overwrite' | 'replace';
  /** `tidemark.batch-id` of the summary; null for writers that have none. */
  readonly batch: string | null;
  /** Paths of all live data files, in order; a file named twice counts twice. */
  readonly files: readonly string[];
  /** What the summary claims; a checker compares it with the files. */
  readonly rowsClaimed: number;
}

export type LogEvent =
  | { readonly type: 'topic'; readonly topic: string; readonly topicId: string }
  /** A client sends records; the answer is a `send-end` of the same number. */
  | {
      readonly type: 'send';
      readonly process: string;
      readonly send: number;
      readonly partition: number;
      readonly keys: readonly string[];
      readonly transaction: string | null;
    }
  | {
      readonly type: 'send-end';
      readonly send: number;
      readonly outcome: 'acknowledged' | 'failed' | 'unknown';
      /** Offsets of the keys in their order, when they were acknowledged. */
      readonly offsets: readonly number[];
    }
  /** A producer's transaction was decided at the coordinator. */
  | {
      readonly type: 'transaction';
      readonly transaction: string;
      readonly outcome: 'committed' | 'aborted';
    }
  /** The broker appended a record. */
  | {
      readonly type: 'append';
      readonly record: LoggedRecord;
      readonly transaction: string | null;
    }
  /** The broker removed records. */
  | {
      readonly type: 'removed';
      readonly span: OffsetSpan;
      /** Null: all offsets of the span. */
      readonly offsets: readonly number[] | null;
      readonly why: 'retention' | 'compaction' | 'unclean-leader' | 'topic-deleted';
    }
  /** A reader was given the records of a span; `reader` numbers readers within a process. */
  | {
      readonly type: 'poll';
      readonly process: string;
      readonly reader: number;
      readonly span: OffsetSpan;
      readonly records: ReadonlyArray<{ readonly offset: number; readonly key: string }>;
    };

export type StoreEvent =
  | {
      readonly type: 'rows-added';
      readonly layer: HotLayer;
      readonly process: string;
      /** Epoch that the statement named; null for writers that have none. */
      readonly epoch: number | null;
      readonly rows: readonly Row[];
    }
  | {
      readonly type: 'rows-removed';
      readonly layer: HotLayer;
      readonly rows: readonly Row[];
      readonly why: string;
    };

export type LedgerEvent =
  | {
      readonly type: 'lease';
      readonly lease: string;
      readonly epoch: number;
      readonly holder: string | null;
    }
  | {
      readonly type: 'range';
      readonly state: 'intent' | 'done';
      readonly span: OffsetSpan;
      /** Records that the broker returned. */
      readonly rows: number;
      /** Rows recorded at closing; null while the range is an intent. */
      readonly bronzeRows: number | null;
      readonly deadRows: number | null;
      /** hex16 digests recorded at closing. */
      readonly bronzeDigest: string | null;
      readonly deadDigest: string | null;
      readonly epoch: number;
      readonly process: string;
    }
  | {
      readonly type: 'head';
      /** `bronze` or the lease name of a lake table. */
      readonly layer: string;
      readonly topicId: string;
      readonly partition: number;
      readonly offsetNext: number;
    }
  | {
      readonly type: 'batch';
      readonly state: 'open' | 'committed' | 'void';
      readonly table: string;
      readonly batch: string;
      readonly kind: 'append' | 'maintenance';
      readonly epoch: number;
      readonly spans: ReadonlyArray<OffsetSpan & { readonly rows: number }>;
    }
  /** The foil's ledger: one watermark a table. */
  | { readonly type: 'watermark'; readonly table: string; readonly at: number }
  /** The database went back to an older state; what follows belongs to a new line. */
  | { readonly type: 'restored'; readonly backupSeq: number };

export type LakeEvent =
  | { readonly type: 'file-written'; readonly file: LakeFile }
  | { readonly type: 'file-deleted'; readonly path: string }
  | {
      readonly type: 'swing';
      readonly process: string;
      readonly table: string;
      /** Epoch of the session; null for a writer without one. */
      readonly epoch: number | null;
      readonly from: string | null;
      readonly to: string;
      /** The current snapshot of the version; null for an empty table. */
      readonly snapshot: LakeSnapshot | null;
      /** Snapshots that this version no longer has. */
      readonly expired: readonly number[];
    };

/** Derived tables: the foil has candles, the pipeline will. */
export type DerivedEvent = {
  readonly type: 'candle';
  readonly layer: 'gold' | 'cold-gold';
  readonly symbol: string;
  /** Start of the window and its length, in milliseconds. */
  readonly windowStart: number;
  readonly windowMs: number;
  readonly open: string;
  readonly high: string;
  readonly low: string;
  readonly close: string;
  readonly volume: string;
  readonly trades: number;
};

export type RunEvent =
  | { readonly type: 'process'; readonly process: string; readonly state: ProcessState }
  | { readonly type: 'fault'; readonly fault: number; readonly state: 'bit' | 'healed' }
  | { readonly type: 'phase'; readonly phase: 'safety' | 'heal' | 'liveness' | 'end' }
  /** End of the liveness phase: what was still behind, per layer; empty when all is drained. */
  | {
      readonly type: 'drained';
      readonly boundMs: number;
      readonly tookMs: number;
      readonly behind: readonly string[];
    }
  /** A service ended with an error that needs a person. */
  | {
      readonly type: 'service-failed';
      readonly process: string;
      readonly code: string;
      readonly message: string;
    };

export type ProcessState = 'started' | 'crashed' | 'paused' | 'woken' | 'stopped';

export type HistoryFact = LogEvent | StoreEvent | LedgerEvent | LakeEvent | DerivedEvent | RunEvent;

/** A fact with its place in the run: `seq` counts up by one, `atMs` is (virtual) time. */
export type HistoryEvent = HistoryFact & { readonly seq: number; readonly atMs: number };

/** What a run promised, so that a checker knows what to hold it to. */
export interface HistoryConfiguration {
  readonly name: string;
  /** Anomaly codes that this design does not promise to avoid. */
  readonly allowed: readonly string[];
  /** Faults that were armed. */
  readonly faultsArmed: number;
  /** True when the run has a lake and a ledger of ranges (the foil has no ranges). */
  readonly hasLedger: boolean;
  /** True when the drain was asked for: everything acknowledged has to be everywhere. */
  readonly expectDrained: boolean;
  /** Information codes (`source-gap`, ...) that this run promises to avoid all the same. */
  readonly forbidden?: readonly string[];
  /** Codes of errors with which a service may end for good. */
  readonly expectedFailures?: readonly string[];
  /** Candles that the run promises; without it only those are judged that are there. */
  readonly candles?: ReadonlyArray<Pick<DerivedEvent, 'layer' | 'windowMs'>>;
}

export interface History {
  readonly configuration: HistoryConfiguration;
  readonly events: readonly HistoryEvent[];
}
