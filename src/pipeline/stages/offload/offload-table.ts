/**
 * One table's way into the lake: everything that is closed in bronze and not yet in the table,
 * batch after batch.
 *
 * A batch is frozen in the ledger before a byte is written. The engine's success is not believed,
 * the ledger is asked: the swing of the pointer has turned the batch `committed` inside its own
 * transaction, or it has not. After any error the epoch is raised first (the fence: what was sent
 * under the old one can no longer take effect), then the ledger is read, and only an open batch is
 * tried again, with the same frozen ranges.
 */
import { errorCode, TidemarkError } from '../../errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Batch, Catalog, LakeEngine, LakeTable } from '../../ports/lake.ts';
import type { Lease, LeaseLedger, OffloadLedger } from '../../ports/ledger.ts';
import type { Logger } from '../../ports/logger.ts';
import { backoffMs, type RetryBudget } from '../retry-budget.ts';

export const commitAttemptsMax = 8;

export interface OffloadDeps {
  readonly ledger: OffloadLedger & LeaseLedger;
  readonly catalog: Catalog;
  readonly engine: LakeEngine;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly batchRowsMax: number;
}

/** The lease changes its epoch whenever a doubt had to be fenced off. */
export interface LeaseCell {
  current: Lease;
}

export interface OffloadResult {
  readonly batches: number;
  readonly rows: bigint;
}

/** Commits batches until nothing closed is left, or the signal aborts between two batches. */
export async function offloadTable(
  deps: OffloadDeps,
  table: LakeTable,
  lease: LeaseCell,
  signal: AbortSignal,
): Promise<OffloadResult> {
  let batches = 0;
  let rows = 0n;
  await settleOpenBatch(deps, table, lease, signal);
  while (!signal.aborted) {
    const base = await pointer(deps, table);
    const batch = await deps.ledger.freeze(lease.current, table, base, deps.batchRowsMax);
    if (batch === null) break;
    await commit(deps, batch, lease, signal);
    batches += 1;
    rows += batch.ranges.reduce((sum, range) => sum + range.digest.rows, 0n);
  }
  if (!signal.aborted && batches > 0) await maintain(deps, table, lease, signal);
  return { batches, rows };
}

/**
 * A batch that a former owner left open is undecided no more: its epoch is gone, so it can be tried
 * again or given up.
 */
async function settleOpenBatch(
  deps: OffloadDeps,
  table: LakeTable,
  lease: LeaseCell,
  signal: AbortSignal,
): Promise<void> {
  const batch = await deps.ledger.openBatch(table);
  if (batch === null) return;
  deps.logger.info('batch.found-open', {
    batch: batch.batchId,
    kind: batch.kind,
    epoch: batch.epoch,
  });
  if (batch.kind === 'maintenance') {
    await deps.ledger.voidBatch(lease.current, batch);
    return;
  }
  const again = await deps.ledger.reopen(lease.current, batch, await pointer(deps, table));
  await commit(deps, again, lease, signal);
}

/**
 * Until the ledger says `committed`. Fails when the files do not match the ledger, or after
 * `commitAttemptsMax`.
 */
async function commit(
  deps: OffloadDeps,
  frozen: Batch,
  lease: LeaseCell,
  signal: AbortSignal,
): Promise<void> {
  const budget: RetryBudget = { failures: 0, sinceMs: null };
  const startMs = deps.clock.monotonicMs();
  let batch = frozen;
  for (let attempt = 1; attempt <= commitAttemptsMax; attempt += 1) {
    const error = await attemptAppend(deps, batch, signal);
    const state = await lookAfter(deps, batch, lease, error);
    if (state === 'committed') {
      logCommitted(deps, batch, attempt, startMs, error);
      return;
    }
    budget.failures += 1;
    deps.logger.warn('batch.try-again', { batch: batch.batchId, attempt, reason: String(error) });
    await deps.clock.sleep(backoffMs(budget), signal);
    batch = await deps.ledger.reopen(lease.current, batch, await pointer(deps, batch.table));
  }
  throw new TidemarkError(
    'refused',
    `batch ${frozen.batchId} was not committed in ${commitAttemptsMax} attempts; it stays open with its ranges`,
  );
}

async function attemptAppend(
  deps: OffloadDeps,
  batch: Batch,
  signal: AbortSignal,
): Promise<unknown> {
  try {
    await deps.engine.append(batch, signal);
    return null;
  } catch (error) {
    if (errorCode(error) === 'digest-mismatch' || signal.aborted) throw error;
    return error ?? new Error('the engine failed without saying why');
  }
}

/** Fence, then look. Without an error the look alone is enough: nothing of ours is on its way. */
async function lookAfter(
  deps: OffloadDeps,
  batch: Batch,
  lease: LeaseCell,
  error: unknown,
): Promise<'open' | 'committed' | 'void'> {
  if (error !== null) {
    deps.logger.warn('batch.doubt', {
      batch: batch.batchId,
      code: errorCode(error),
      reason: String(error),
    });
    lease.current = await withPatience(deps, () => deps.ledger.fence(lease.current));
  }
  return withPatience(deps, () => deps.ledger.batchState(batch));
}

const looksMax = 60;

/**
 * The look itself may meet a broken connection. A fence whose answer was lost has raised the epoch
 * without our knowledge; the next try then finds the lease lost, and the next cycle acquires it
 * anew.
 */
async function withPatience<T>(deps: OffloadDeps, look: () => Promise<T>): Promise<T> {
  const budget: RetryBudget = { failures: 0, sinceMs: null };
  for (;;) {
    try {
      return await look();
    } catch (error) {
      const code = errorCode(error);
      budget.failures += 1;
      if (
        (code !== 'unknown-outcome' && code !== 'dependency-missing') ||
        budget.failures >= looksMax
      ) {
        throw error;
      }
      await deps.clock.sleep(backoffMs(budget));
    }
  }
}

async function maintain(
  deps: OffloadDeps,
  table: LakeTable,
  lease: LeaseCell,
  signal: AbortSignal,
): Promise<void> {
  if (!(await deps.engine.maintenanceDue(table))) return;
  const base = await pointer(deps, table);
  const batch = await deps.ledger.freezeMaintenance(lease.current, table, base);
  let error: unknown = null;
  try {
    await deps.engine.maintain(batch, signal);
  } catch (thrown) {
    error = thrown;
  }
  const state = await lookAfter(deps, batch, lease, error);
  if (state === 'open') {
    // An engine that says that it is done without having swung may still swing: only a batch whose
    // epoch is gone can be given up.
    if (error === null) {
      lease.current = await withPatience(deps, () => deps.ledger.fence(lease.current));
    }
    await deps.ledger.voidBatch(lease.current, batch);
  }
  deps.logger.info('maintenance.done', { batch: batch.batchId, state });
}

async function pointer(deps: OffloadDeps, table: LakeTable): Promise<string> {
  const location = await deps.catalog.pointer(table);
  if (location === null) {
    throw new TidemarkError(
      'table-invalid',
      `lake table ${table.namespace}.${table.name} is not in catalog ${table.catalog}; ` +
        'was it dropped while a lease on it is held?',
    );
  }
  return location;
}

function logCommitted(
  deps: OffloadDeps,
  batch: Batch,
  attempt: number,
  startMs: number,
  error: unknown,
) {
  deps.logger.info('batch.committed', {
    batch: batch.batchId,
    epoch: batch.epoch,
    rows: batch.ranges.reduce((sum, range) => sum + range.digest.rows, 0n),
    attempt,
    answered: error === null,
    durationMs: Math.round(deps.clock.monotonicMs() - startMs),
  });
}
