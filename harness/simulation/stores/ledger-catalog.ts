/**
 * The catalog's pointers beside the simulated ledger, and what the triggers on them do.
 *
 * Whoever moves a guarded pointer, the pipeline or a stock writer, goes through `swing`: it asks in
 * the order of `before_swing` and `after_swing` (migrations/0002 and 0003), and then heads, batch
 * and pointer move together. A table without a lease is not guarded, as in the real database.
 */
import { TidemarkError } from '../../../src/pipeline/errors.ts';
import type { LakeTable } from '../../../src/pipeline/ports/lake.ts';
import { batchesOf, decide, tableName } from './ledger-batches.ts';
import { headsOf, moveHead, requireForward } from './ledger-heads.ts';
import type { BatchRow, HeadRow, LedgerContext } from './ledger-state.ts';

const conflict = (text: string) => new TidemarkError('conflict', `tidemark: ${text}`);

export interface Swing {
  readonly process: string;
  readonly table: LakeTable;
  readonly from: string;
  readonly to: string;
  /** What the session says of itself; null for a stock writer that says nothing. */
  readonly epoch: bigint | null;
  /** The batch that the writer means to commit; null when it can't tell. */
  readonly batchId: string | null;
}

export function pointer({ state }: LedgerContext, table: LakeTable): string | null {
  return state.pointers.get(tableName(table)) ?? null;
}

/** Registers a table; `meantIt` is what a session says that wants to change a leased name. */
export function create(
  context: LedgerContext,
  process: string,
  table: LakeTable,
  location: string,
  meantIt: boolean,
): void {
  const name = tableName(table);
  if (!meantIt) requireUnleased(context, name, 'INSERT');
  if (context.state.pointers.has(name)) {
    if (meantIt) return;
    throw conflict(`${name} is there already (23505)`);
  }
  context.state.pointers.set(name, location);
  observeSwing(context, process, name, null, location, null);
}

/** A stock writer's DROP. */
export function drop(context: LedgerContext, table: LakeTable): void {
  const name = tableName(table);
  if (!context.state.pointers.has(name)) return;
  requireUnleased(context, name, 'DELETE');
  context.state.pointers.delete(name);
}

function requireUnleased({ state, guards }: LedgerContext, name: string, what: string): void {
  if (!state.leases.has(name) || !guards.leasedName) return;
  throw new TidemarkError(
    'refused',
    `tidemark: ${what} of leased table ${name} is refused (TM005)`,
  );
}

/** False when nothing matched a session without an epoch: a stock writer calls it a lost race. */
export function swing(context: LedgerContext, request: Swing): boolean {
  const { guards, state } = context;
  const name = tableName(request.table);
  const current = state.pointers.get(name);
  if (current === undefined || (current !== request.from && guards.pointerCas)) {
    if (request.epoch !== null && guards.swingMatched) throw conflict('swing matched no row');
    return false;
  }
  const lease = state.leases.get(name);
  if (lease !== undefined) guarded(context, name, request, current, lease.epoch);
  else if (request.epoch !== null && guards.epochNeedsLease) {
    throw new TidemarkError(
      'fenced',
      `tidemark: fenced, epoch ${request.epoch} is of no lease of ${name}, there is none`,
    );
  }
  state.pointers.set(name, request.to);
  observeSwing(context, request.process, name, current, request.to, request.epoch);
  return true;
}

function guarded(
  context: LedgerContext,
  name: string,
  request: Swing,
  current: string,
  leaseEpoch: bigint,
): void {
  const { guards, state } = context;
  if (guards.swingEpoch && request.epoch !== leaseEpoch) {
    throw new TidemarkError(
      'fenced',
      `tidemark: fenced, epoch ${request.epoch ?? '(none)'} is not the lease epoch ${leaseEpoch} of ${name}`,
    );
  }
  const batch = batchOf(context, name, request, leaseEpoch);
  if (batch !== null && guards.baseUnmoved && batch.base !== current) {
    throw conflict(`base of ${name} moved since batch ${batch.batchId}`);
  }
  const moves = batch === null || !guards.headsInSwing ? [] : movesOf(context, name, batch);
  if (state.swungTo.has(request.to)) throw conflict(`${request.to} was swung to already (23505)`);
  state.swungTo.add(request.to);
  for (const [head, next] of moves) moveHead(context, name, head, next);
  if (batch !== null && guards.batchInSwing) {
    decide(context, name, batch, 'committed', batch.epoch);
  }
}

/** The open batch that the swing commits; null only where the guard is off. */
function batchOf(
  context: LedgerContext,
  name: string,
  request: Swing,
  leaseEpoch: bigint,
): BatchRow | null {
  const { guards } = context;
  const { open } = batchesOf(context, name);
  const batch = open.find((row) => !guards.swingEpoch || row.epoch === leaseEpoch) ?? null;
  if (batch === null) {
    if (guards.swingIntent) throw conflict(`no open intent for ${name} in epoch ${leaseEpoch}`);
    return null;
  }
  const isOther = request.batchId !== null && request.batchId !== batch.batchId;
  if (isOther && guards.swingBatch) {
    throw conflict(`the open batch of ${name} is ${batch.batchId}, not ${request.batchId}`);
  }
  return batch;
}

function movesOf(
  context: LedgerContext,
  name: string,
  batch: BatchRow,
): ReadonlyArray<readonly [HeadRow, bigint]> {
  const heads = headsOf(context, name);
  const moves: Array<readonly [HeadRow, bigint]> = [];
  for (const range of batch.ranges) {
    const head = heads.get(`ingest:${range.topicId}:${range.partition}`);
    if (head !== undefined && head.offsetNext === range.offsetFirst) {
      requireForward(context, head, range.offsetLast + 1n);
      moves.push([head, range.offsetLast + 1n]);
    } else if (context.guards.headsMatch) {
      throw conflict(`a head of ${name} is not where batch ${batch.batchId} begins`);
    }
  }
  return moves;
}

function observeSwing(
  { observe, describeVersion }: LedgerContext,
  process: string,
  table: string,
  from: string | null,
  to: string,
  epoch: bigint | null,
): void {
  const { snapshot, expired } = describeVersion(to);
  const named = epoch === null ? null : Number(epoch);
  observe({ type: 'swing', process, table, epoch: named, from, to, snapshot, expired });
}
