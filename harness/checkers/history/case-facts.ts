/**
 * Short names for the facts of a small history: what a case says instead of whole objects.
 *
 * One topic, `t1`; keys, contents and source ids follow from partition and offset, so that two
 * facts about the same record agree without being told. Everything here is data; the healthy
 * history is put together in `case-builder.ts`.
 */
import type {
  HistoryFact,
  HotLayer,
  LakeSnapshot,
  LoggedRecord,
  OffsetSpan,
  Row,
} from './history.ts';

export const topicId = 't1';
export const lakeTable = 'lake.cold.trades';
export const ingester = 'ingest-1';
export const offloader = 'offload-1';

export const keyOf = (partition: number, offset: number) => `k${partition}-${offset}`;

/** `at(1, 3)` is the identity that a case expects, `t1/1:3`. */
export const at = (partition: number, offset: number) => `${topicId}/${partition}:${offset}`;

export const row = (partition: number, offset: number, content?: string): Row => ({
  topicId,
  partition,
  offset,
  content: content ?? `content ${partition}-${offset}`,
});

/** Rows of one partition. */
export const rows = (partition: number, ...offsets: number[]): readonly Row[] =>
  offsets.map((offset) => row(partition, offset));

export const record = (
  partition: number,
  offset: number,
  more: Partial<LoggedRecord> = {},
): LoggedRecord => {
  const isTrade = more.isTrade ?? true;
  return {
    ...row(partition, offset),
    key: keyOf(partition, offset),
    isTrade,
    source: isTrade ? `binance|BTCUSDT|${partition * 1000 + offset}` : null,
    ...more,
  };
};

export const span = (partition: number, offsetFirst: number, offsetLast: number): OffsetSpan => ({
  topicId,
  partition,
  offsetFirst,
  offsetLast,
});

export const append = (logged: LoggedRecord, transaction: string | null = null): HistoryFact => ({
  type: 'append',
  record: logged,
  transaction,
});

/** A trade of the log, outside of transactions. */
export const appendTrade = (partition: number, offset: number): HistoryFact =>
  append(record(partition, offset));

export const added = (layer: HotLayer, written: readonly Row[], epoch = 1): HistoryFact => ({
  type: 'rows-added',
  layer,
  process: ingester,
  epoch,
  rows: written,
});

export const removed = (layer: HotLayer, gone: readonly Row[], why = 'lost part'): HistoryFact => ({
  type: 'rows-removed',
  layer,
  rows: gone,
  why,
});

export const lease = (name: string, epoch: number, holder: string | null): HistoryFact => ({
  type: 'lease',
  lease: name,
  epoch,
  holder,
});

export const intent = (of: OffsetSpan, records: number, epoch = 1): HistoryFact => ({
  type: 'range',
  state: 'intent',
  span: of,
  rows: records,
  bronzeRows: null,
  deadRows: null,
  bronzeDigest: null,
  deadDigest: null,
  epoch,
  process: ingester,
});

export const done = (of: OffsetSpan, bronzeRows: number, deadRows = 0, epoch = 1): HistoryFact => ({
  type: 'range',
  state: 'done',
  span: of,
  rows: bronzeRows + deadRows,
  bronzeRows,
  deadRows,
  bronzeDigest: `b${of.partition}-${of.offsetFirst}-${of.offsetLast}`,
  deadDigest: `d${of.partition}-${of.offsetFirst}-${of.offsetLast}`,
  epoch,
  process: ingester,
});

export const head = (layer: string, partition: number, offsetNext: number): HistoryFact => ({
  type: 'head',
  layer,
  topicId,
  partition,
  offsetNext,
});

export type BatchSpan = OffsetSpan & { readonly rows: number };

export const batch = (
  state: 'open' | 'committed' | 'void',
  name: string,
  spans: readonly BatchSpan[],
  epoch = 1,
  kind: 'append' | 'maintenance' = 'append',
): HistoryFact => ({ type: 'batch', state, table: lakeTable, batch: name, kind, epoch, spans });

export const file = (path: string, held: readonly Row[]): HistoryFact => ({
  type: 'file-written',
  file: { path, rows: held },
});

export const swing = (
  from: string | null,
  to: string,
  snapshot: LakeSnapshot | null,
  epoch: number | null = 1,
  expired: readonly number[] = [],
): HistoryFact => ({
  type: 'swing',
  process: offloader,
  table: lakeTable,
  epoch,
  from,
  to,
  snapshot,
  expired,
});

export const deleted = (path: string): HistoryFact => ({ type: 'file-deleted', path });

/** The log loses records: all of the span, or those that are named. */
export const logRemoved = (
  of: OffsetSpan,
  offsets: readonly number[] | null = null,
  why: 'retention' | 'compaction' = 'retention',
): HistoryFact => ({ type: 'removed', span: of, offsets, why });

export const decided = (transaction: string, outcome: 'committed' | 'aborted'): HistoryFact => ({
  type: 'transaction',
  transaction,
  outcome,
});

export const drained: HistoryFact = {
  type: 'drained',
  boundMs: 60_000,
  tookMs: 100,
  behind: [],
};

export const restored = (backupSeq: number): HistoryFact => ({ type: 'restored', backupSeq });

/** An append whose parent is the snapshot before; `more` says what is otherwise. */
export const snapshot = (
  id: number,
  files: readonly string[],
  rowsClaimed: number,
  more: Partial<LakeSnapshot> = {},
): LakeSnapshot => ({
  snapshotId: id,
  parentId: id === 1 ? null : id - 1,
  sequenceNumber: id,
  operation: 'append',
  batch: `batch-${id}`,
  files,
  rowsClaimed,
  ...more,
});
