/**
 * A schedule: everything that decides how one simulated run goes, as plain data.
 *
 * Workload, choices and faults are flat arrays, so that a failing run can be made smaller by
 * dropping elements and lowering numbers, all three at once, and printed, kept and run again byte
 * for byte. Nothing else is random in a run: a decision that the simulation has to make (how long a
 * request takes) is the next number of `choices`, and 0 once they are used up. A fault is tied to a
 * step of the protocol, never to a time.
 */

/** What the producer does next, `afterMs` after it finished the item before. */
export type WorkloadItem =
  | {
      readonly do: 'send';
      readonly afterMs: number;
      readonly partition: number;
      /** Records that are trades; `malformed` more are not. */
      readonly trades: number;
      readonly malformed: number;
    }
  | {
      readonly do: 'transaction';
      readonly afterMs: number;
      /** Trades written to each partition of the topic before the end. */
      readonly trades: number;
      readonly end: 'commit' | 'abort';
    };

/** Records that an item writes, the malformed ones among them. */
export function recordsOf(item: WorkloadItem, partitions: number): number {
  return item.do === 'send' ? item.trades + item.malformed : item.trades * partitions;
}

/** The place of a fault: the k-th time that a process takes a step, and where in it. */
export interface FaultPoint {
  /** `ingest-1`, `offload-2`, `producer`, ... */
  readonly process: string;
  /** `<service>.<operation>`, for example `ledger.close`. */
  readonly step: string;
  /** 1 = the first time. */
  readonly occurrence: number;
  /**
   * `before`: the request has not taken effect. `applied-unanswered`: it has, and the client does
   * not know. `answered`: the client got the answer and has done nothing since.
   */
  readonly point: 'before' | 'applied-unanswered' | 'answered';
}

export type Action =
  /** The process ends as by SIGKILL and is started again. */
  | { readonly do: 'crash'; readonly restartMs: number }
  /** The process is asked to end (SIGTERM), and started again once it did. */
  | { readonly do: 'stop'; readonly restartMs: number }
  /** The process stands still as by SIGSTOP, and goes on without knowing it: a zombie. */
  | { readonly do: 'pause'; readonly ms: number }
  /** The request (before) or the answer (applied-unanswered) is lost. */
  | { readonly do: 'lose'; readonly afterMs: number }
  /** The request or the answer stays in the network for so long. */
  | { readonly do: 'delay'; readonly ms: number }
  /** The request arrives once more. */
  | { readonly do: 'duplicate'; readonly afterMs: number }
  /** The statement runs for so long at the service. */
  | { readonly do: 'slow'; readonly ms: number }
  /** The process and the service cannot reach each other. */
  | { readonly do: 'partition'; readonly service: ServiceName; readonly ms: number }
  /** The service is restarted: what ran there is gone, and nobody answers for so long. */
  | { readonly do: 'down'; readonly service: ServiceName; readonly ms: number }
  /** The clock of the process, or of the database, jumps. */
  | { readonly do: 'clock'; readonly of: 'process' | 'ledger'; readonly ms: number }
  /** Something that the named service does, or suffers, at this moment. */
  | { readonly do: 'environment'; readonly what: EnvironmentFault; readonly n: number };

export const serviceNames = ['broker', 'store', 'ledger', 'warehouse'] as const;
export type ServiceName = (typeof serviceNames)[number];

/** Each with the number that it takes as `n`. */
export const environmentFaults = {
  'store-drops-as-duplicate': 'the next insert is taken for a known one; n unused',
  'store-loses-part': 'the part that was just written is gone; n = 1: its token is forgotten too',
  'store-tears-insert': 'of the next insert only the first n rows are written',
  'store-forgets-tokens': 'the deduplication window passes over all tokens; n unused',
  'broker-leader-change': 'every partition gets another leader, unavailable for n ms',
  'broker-compacts': 'up to n closed records of partition 0 are compacted away',
  'broker-deletes-records': 'records that every layer has are deleted by retention; n unused',
  'broker-deletes-unread': 'retention takes up to n records that no layer has; not to be survived',
  'broker-forgets-group': 'the committed group offsets are deleted; n unused',
  'ledger-backup': 'a backup of the database is taken; n unused',
  'ledger-restore': 'the database is restored from the last backup; n unused',
  'outsider-swings': 'a stock writer without epoch tries to move the pointer back; n unused',
  'operator-starts-offload': 'somebody starts one more offloader; the foil: n runs, at least one',
  'operator-resets-watermark': 'somebody sets the progress of the offload to its start; n unused',
} as const;
export type EnvironmentFault = keyof typeof environmentFaults;

export interface Fault {
  readonly at: FaultPoint;
  readonly action: Action;
}

/** What stays the same within a run. */
export interface Settings {
  readonly system: 'pipeline' | 'foil';
  readonly partitions: number;
  readonly ingesters: number;
  readonly offloaders: number;
  readonly rangeRowsMax: number;
  readonly batchRowsMax: number;
  readonly deduplicationWindow: number;
  readonly snapshotsKeptMin: number;
  readonly offloadEveryMs: number;
  /** Bound of the liveness phase. */
  readonly drainMsMax: number;
  /**
   * True: the heal waits until everything has arrived without its help, so that all of the recovery
   * lies before it. Otherwise it comes as soon as every fault has struck and is over.
   */
  readonly healAfterDrain?: boolean;
}

export interface Schedule {
  readonly version: 1;
  readonly settings: Settings;
  readonly workload: readonly WorkloadItem[];
  readonly choices: readonly number[];
  readonly faults: readonly Fault[];
}
