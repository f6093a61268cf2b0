/**
 * What a run writes down while it happens: one JSON object a line in `journal.jsonl`.
 *
 * Everything that is reported later (verdict, terminal, HTML) is rendered from these events, so a
 * run that was killed can still be read up to its last line. Offsets and 64-bit numbers are
 * strings. `at` is milliseconds since 1970, UTC.
 */

export interface JournalStamp {
  readonly seq: number;
  readonly at: number;
}

export type JournalEvent =
  | {
      readonly type: 'run';
      readonly scenario: string;
      readonly argv: readonly string[];
      readonly seed: number;
      readonly input: string;
      readonly records: number;
      /** True when layers may lag behind each other: compared up to the ledger's heads only. */
      readonly upToHeads?: boolean;
      readonly versions: Readonly<Record<string, string>>;
      readonly machine: {
        readonly cores: number;
        readonly memoryBytes: number;
        readonly platform: string;
      };
    }
  | {
      readonly type: 'phase';
      readonly name: string;
      readonly state: 'started' | 'finished';
      readonly durationMs?: number;
    }
  | {
      readonly type: 'process';
      readonly name: string;
      readonly pid: number | null;
      readonly event: 'started' | 'ready' | 'killed' | 'exited' | 'stopped';
      readonly detail?: string;
    }
  | {
      readonly type: 'fault';
      readonly name: string;
      readonly event: 'armed' | 'bit' | 'observed' | 'not-observed' | 'healed';
      readonly step?: string;
      readonly detail?: string;
    }
  | {
      readonly type: 'progress';
      readonly produced: number;
      readonly acknowledged: number;
      readonly bronze: number;
      readonly deadLetters: number;
      readonly lake: number;
    }
  | {
      readonly type: 'range';
      readonly topicId: string;
      readonly partition: number;
      readonly offsetFirst: string;
      readonly offsetLast: string;
      readonly rows: number;
      readonly deadRows: number;
      readonly epoch: string;
      readonly owner: string;
      readonly intentAt: number;
      readonly doneAt: number | null;
    }
  | {
      readonly type: 'snapshot';
      readonly table: string;
      readonly snapshotId: string;
      readonly sequenceNumber: string;
      readonly committedAt: number;
      readonly operation: string;
      readonly addedRows: string;
      readonly totalRows: string;
    }
  | { readonly type: 'layer'; readonly layer: LayerResult }
  | { readonly type: 'check'; readonly check: CheckResult }
  | { readonly type: 'finding'; readonly finding: Finding }
  | { readonly type: 'verdict'; readonly verdict: Verdict; readonly durationMs: number };

export type Verdict = 'pass' | 'violated' | 'inconclusive';

/** One layer of the proof, side by side with the others. */
export interface LayerResult {
  /** `producer` | `log` | `bronze` | `dead-letters` | `bronze+dead-letters` | `lake` ... */
  readonly name: string;
  readonly title: string;
  readonly rows: string;
  /**
   * hex16 sum of the row hashes (docs/reference/digest.md); null where the layer carries identities
   * only.
   */
  readonly digest: string | null;
  /** Which reader produced it, e.g. `kafkajs read_committed`. */
  readonly reader: string;
  readonly durationMs: number;
  readonly partitions: ReadonlyArray<{
    readonly partition: number;
    readonly rows: string;
    readonly offsetFirst: string | null;
    readonly offsetLast: string | null;
    readonly digest: string | null;
  }>;
}

/** One guarantee, decided. A check that had nothing to look at is inconclusive. */
export interface CheckResult {
  /** `G1` ... `G12` of ARCHITECTURE.md. */
  readonly guarantee: string;
  readonly title: string;
  readonly verdict: Verdict;
  /** What was looked at, in numbers, or why nothing could be. */
  readonly evidence: string;
}

/** One anomaly with its witness. */
export interface Finding {
  /** A name of docs/reference/anomalies.md. */
  readonly code: string;
  readonly layer: string;
  readonly message: string;
  readonly identity: {
    readonly topicId: string;
    readonly partition: number;
    readonly offset: string;
  } | null;
  /** What the log (or the ledger) says, field by field. */
  readonly expected: Readonly<Record<string, string>> | null;
  /** What the layer holds; for a duplicate one entry a copy. */
  readonly actual: ReadonlyArray<Readonly<Record<string, string>>>;
}

export type JournalLine = JournalStamp & JournalEvent;

/** `verdict.json`, schema in reports/schema/verdict.schema.json. */
export interface VerdictDocument {
  readonly schemaVersion: 1;
  readonly scenario: string;
  readonly verdict: Verdict;
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly durationMs: number;
  readonly seed: number;
  readonly input: string;
  readonly layers: readonly LayerResult[];
  readonly faults: ReadonlyArray<{
    readonly name: string;
    readonly step: string;
    readonly observed: boolean;
    readonly detail: string;
  }>;
  readonly checks: readonly CheckResult[];
  /** At most 1,000; `findingsTotal` has the true count. */
  readonly findings: readonly Finding[];
  readonly findingsTotal: number;
  /** The command that runs the same thing again. */
  readonly replay: string;
}
