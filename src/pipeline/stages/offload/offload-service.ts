/**
 * The offload service: a cycle for the table, once or every so often, under the table's lease.
 *
 * The lease keeps two offloaders from doing the same work twice; that they cannot commit the same
 * work twice is the trigger's doing. While a cycle runs the lease is renewed beside it. A cycle
 * that meets an outage ends with a log line and the next one begins by looking at what is open.
 */
import { errorCode } from '../../errors.ts';
import type { LakeTable } from '../../ports/lake.ts';
import type { Lease } from '../../ports/ledger.ts';
import type { RetryBudget } from '../retry-budget.ts';
import { backoffMs, spend } from '../retry-budget.ts';
import {
  type LeaseCell,
  type OffloadDeps,
  type OffloadResult,
  offloadTable,
} from './offload-table.ts';

export interface OffloadServiceDeps extends OffloadDeps {
  readonly holder: string;
  readonly leaseMs: number;
  readonly outageMsMax: number;
}

export function lakeLeaseName(table: LakeTable): string {
  return `${table.catalog}.${table.namespace}.${table.name}`;
}

/**
 * The table must be there. `everyMs` null: one cycle, tried again after an outage. Otherwise until
 * the signal aborts.
 */
export async function runOffload(
  deps: OffloadServiceDeps,
  table: LakeTable,
  everyMs: number | null,
  signal: AbortSignal,
): Promise<void> {
  const budget: RetryBudget = { failures: 0, sinceMs: null };
  while (!signal.aborted) {
    const startMs = deps.clock.monotonicMs();
    try {
      const result = await cycle(deps, table, signal);
      budget.failures = 0;
      budget.sinceMs = null;
      logCycle(deps, result, startMs);
      if (everyMs === null) return;
      await deps.clock.sleep(Math.max(0, everyMs - (deps.clock.monotonicMs() - startMs)), signal);
    } catch (error) {
      const stopped = signal.aborted && errorCode(error) === 'interrupted';
      if (!stopped && !mayPass(error)) throw error;
      if (signal.aborted) {
        deps.logger.warn('cycle.interrupted', { reason: String(error) });
        return;
      }
      spend(budget, deps.clock, deps.outageMsMax, error);
      deps.logger.warn('cycle.failed', { code: errorCode(error), reason: String(error) });
      await deps.clock.sleep(backoffMs(budget), signal);
    }
  }
}

/**
 * Outages and lost leases pass; a digest that does not match or a table of another shape needs a
 * person.
 */
function mayPass(error: unknown): boolean {
  return ['unknown-outcome', 'dependency-missing', 'conflict', 'fenced'].includes(errorCode(error));
}

/** Null while another offloader holds the table. */
async function cycle(
  deps: OffloadServiceDeps,
  table: LakeTable,
  signal: AbortSignal,
): Promise<OffloadResult | null> {
  const acquired = await deps.ledger.acquire(lakeLeaseName(table), deps.holder, deps.leaseMs);
  if (acquired === null) return null;
  const lease: LeaseCell = { current: acquired };
  const ended = new AbortController();
  const renewing = keepRenewed(deps, lease, ended.signal);
  try {
    return await offloadTable(deps, table, lease, signal);
  } finally {
    // A reason of its own: the default one is an error with a stack, made anew for each cycle.
    ended.abort('the cycle ended');
    await renewing;
    await releaseQuietly(deps, lease.current);
  }
}

async function keepRenewed(deps: OffloadServiceDeps, lease: LeaseCell, ended: AbortSignal) {
  while (!ended.aborted) {
    await deps.clock.sleep(deps.leaseMs / 3, ended);
    if (ended.aborted) return;
    try {
      await deps.ledger.renew(lease.current, deps.leaseMs);
    } catch (error) {
      deps.logger.warn('lease.not-renewed', { lease: lease.current.name, reason: String(error) });
    }
  }
}

/** An unreleased lease expires by itself; the cycle's own outcome matters more than this answer. */
async function releaseQuietly(deps: OffloadServiceDeps, lease: Lease): Promise<void> {
  try {
    await deps.ledger.release(lease);
  } catch (error) {
    deps.logger.warn('lease.not-released', { lease: lease.name, reason: String(error) });
  }
}

function logCycle(deps: OffloadServiceDeps, result: OffloadResult | null, startMs: number): void {
  const durationMs = Math.round(deps.clock.monotonicMs() - startMs);
  if (result === null)
    deps.logger.info('cycle.skipped', { reason: 'another offloader holds the table' });
  else if (result.batches > 0) {
    deps.logger.info('cycle.done', { batches: result.batches, rows: result.rows, durationMs });
  }
}
