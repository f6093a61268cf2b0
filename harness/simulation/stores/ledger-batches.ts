/**
 * Batches of the lake in the simulated ledger: frozen, opened again, given up, looked at.
 *
 * The statements are those of the real adapter's `batches.ts`, the rules those of the trigger on
 * `tidemark.batch` (migrations/0002 and 0003). A batch becomes committed in `ledger-catalog.ts`
 * only.
 */
import { TidemarkError } from '../../../src/pipeline/errors.ts';
import { emptyDigest } from '../../../src/pipeline/model/digest.ts';
import type { Batch, BatchRange, LakeTable } from '../../../src/pipeline/ports/lake.ts';
import type { Lease } from '../../../src/pipeline/ports/ledger.ts';
import { bronze, headFrom, headsOf } from './ledger-heads.ts';
import { requireEpoch } from './ledger-leases.ts';
import type {
  BatchRow,
  HeadRow,
  LedgerContext,
  PartitionRanges,
  RangeRow,
  TableBatches,
} from './ledger-state.ts';

export const tableName = (table: LakeTable) => `${table.catalog}.${table.namespace}.${table.name}`;

const conflict = (text: string) => new TidemarkError('conflict', `tidemark: ${text}`);

export function batchesOf({ state }: LedgerContext, name: string): TableBatches {
  const known = state.batches.get(name);
  if (known !== undefined) return known;
  const made: TableBatches = { byId: new Map(), open: [] };
  state.batches.set(name, made);
  return made;
}

export function observeBatch({ observe }: LedgerContext, table: string, row: BatchRow): void {
  observe({
    type: 'batch',
    state: row.state,
    table,
    batch: row.batchId,
    kind: row.kind,
    epoch: Number(row.epoch),
    spans: row.ranges.map((range) => ({
      topicId: range.topicId,
      partition: range.partition,
      offsetFirst: Number(range.offsetFirst),
      offsetLast: Number(range.offsetLast),
      rows: Number(range.digest.rows),
    })),
  });
}

function asBatch(table: LakeTable, { batchId, epoch, kind, base, ranges }: BatchRow): Batch {
  return { table, batchId, epoch, kind, base, ranges };
}

export function openBatch({ state }: LedgerContext, table: LakeTable): Batch | null {
  const row = state.batches.get(tableName(table))?.open[0];
  return row === undefined ? null : asBatch(table, row);
}

export function batchState({ state }: LedgerContext, batch: Batch): BatchRow['state'] {
  const row = state.batches.get(tableName(batch.table))?.byId.get(batch.batchId);
  if (row === undefined) throw conflict(`the ledger does not know batch ${batch.batchId}`);
  return row.state;
}

function requireOpening(context: LedgerContext, { name, epoch }: Lease): void {
  const { guards } = context;
  if (guards.batchEpoch) requireEpoch(context, name, epoch);
  if (guards.oneBatch && batchesOf(context, name).open.length > 0) {
    throw conflict(`${name} has an open batch (23505)`);
  }
}

function open(
  context: LedgerContext,
  { name, epoch }: Lease,
  kind: BatchRow['kind'],
  base: string,
  ranges: readonly BatchRange[],
): BatchRow {
  context.batchesOpened += 1;
  const batchId = `batch-${context.batchesOpened}`;
  const row: BatchRow = { batchId, kind, epoch, base, state: 'open', ranges };
  const batches = batchesOf(context, name);
  batches.byId.set(batchId, row);
  batches.open.push(row);
  observeBatch(context, name, row);
  return row;
}

/** Closed ranges from the head on, oldest first. */
function pendingOf({ guards }: LedgerContext, ranges: PartitionRanges, head: HeadRow): RangeRow[] {
  const { rows } = ranges;
  if (!guards.headCas) {
    return rows
      .filter((row) => row.state === 'done' && row.offsetFirst >= head.offsetNext)
      .sort((a, b) => (a.offsetFirst < b.offsetFirst ? -1 : 1));
  }
  let from = rows.length;
  while (from > 0 && rows[from - 1]!.offsetFirst >= head.offsetNext) from -= 1;
  return rows.slice(from).filter((row) => row.state === 'done');
}

interface Pending {
  readonly head: HeadRow;
  readonly rows: readonly RangeRow[];
  taken: number;
}

const inOrder = (a: Pending, b: Pending) =>
  a.head.topicId === b.head.topicId
    ? a.head.partition - b.head.partition
    : a.head.topicId < b.head.topicId
      ? -1
      : 1;

/**
 * In rounds, one range a partition and round, until `rowsMax` is reached; the first round always
 * counts. This is `selectClosed` of the real adapter.
 */
function selectClosed(context: LedgerContext, layer: string, rowsMax: number): BatchRange[] {
  const pending: Pending[] = [];
  const heads = context.state.heads.get(layer);
  for (const [name, first] of headsOf(context, bronze)) {
    // Where the layer has no head yet, it begins where bronze did.
    const head = heads?.get(name) ?? { ...first, offsetNext: first.offsetStart };
    const ranges = context.state.ranges.get(name);
    const rows = ranges === undefined ? [] : pendingOf(context, ranges, head);
    if (rows.length > 0) pending.push({ head, rows, taken: 0 });
  }
  pending.sort(inOrder);
  let upto = 0n;
  for (let round = 0; round === 0 || upto <= BigInt(rowsMax); round += 1) {
    const left = pending.filter((one) => one.rows.length > round);
    if (left.length === 0) break;
    for (const one of left) {
      upto += one.rows[round]!.bronze!.rows;
      if (round === 0 || upto <= BigInt(rowsMax)) one.taken += 1;
    }
  }
  return pending.map(merged);
}

/** What is taken of a partition, as one range: contiguous, because ranges are. */
function merged({ head, rows, taken }: Pending): BatchRange {
  let { rows: count, sum } = emptyDigest;
  for (let index = 0; index < taken; index += 1) {
    count += rows[index]!.bronze!.rows;
    sum = BigInt.asUintN(64, sum + rows[index]!.bronze!.sum);
  }
  return {
    topicId: head.topicId,
    partition: head.partition,
    offsetFirst: rows[0]!.offsetFirst,
    offsetLast: rows[taken - 1]!.offsetLast,
    digest: { rows: count, sum },
  };
}

export function freeze(
  context: LedgerContext,
  lease: Lease,
  table: LakeTable,
  base: string,
  rowsMax: number,
): Batch | null {
  const ranges = selectClosed(context, lease.name, rowsMax);
  if (ranges.length > 0) requireOpening(context, lease);
  for (const head of headsOf(context, bronze).values()) {
    headFrom(context, lease.name, head, head.offsetStart);
  }
  if (ranges.length === 0) return null;
  return asBatch(table, open(context, lease, 'append', base, ranges));
}

export function freezeMaintenance(
  context: LedgerContext,
  lease: Lease,
  table: LakeTable,
  base: string,
): Batch {
  requireOpening(context, lease);
  return asBatch(table, open(context, lease, 'maintenance', base, []));
}

/** The undecided batch. */
function undecided({ state, guards }: LedgerContext, lease: Lease, batch: Batch): BatchRow {
  const row = state.batches.get(lease.name)?.byId.get(batch.batchId);
  if (row === undefined || (row.state !== 'open' && guards.decidedBatch)) {
    throw conflict(`batch ${batch.batchId} is no longer open`);
  }
  return row;
}

export function reopen(context: LedgerContext, lease: Lease, batch: Batch, base: string): Batch {
  const row = undecided(context, lease, batch);
  const { guards } = context;
  if (guards.batchEpoch) requireEpoch(context, lease.name, lease.epoch);
  if (row.state !== 'open') batchesOf(context, lease.name).open.push(row);
  row.state = 'open';
  row.epoch = lease.epoch;
  row.base = base;
  if (!guards.frozenBatch && row.kind === 'append') {
    row.ranges = selectClosed(context, lease.name, Number.MAX_SAFE_INTEGER);
  }
  observeBatch(context, lease.name, row);
  const ranges = guards.frozenBatch ? batch.ranges : row.ranges;
  return { ...batch, epoch: lease.epoch, base, ranges };
}

export function voidBatch(context: LedgerContext, lease: Lease, batch: Batch): void {
  const row = undecided(context, lease, batch);
  const { guards } = context;
  if (guards.batchEpoch) requireEpoch(context, lease.name, lease.epoch);
  if (guards.voidFenced && lease.epoch <= row.epoch) {
    throw conflict(`batch ${batch.batchId} may still swing in epoch ${row.epoch}: fence first`);
  }
  decide(context, lease.name, row, 'void', lease.epoch);
}

export function decide(
  context: LedgerContext,
  name: string,
  row: BatchRow,
  state: 'committed' | 'void',
  epoch: bigint,
): void {
  row.state = state;
  row.epoch = epoch;
  const batches = batchesOf(context, name);
  batches.open = batches.open.filter((other) => other !== row);
  observeBatch(context, name, row);
}
