/**
 * The nightly run of the foil's audit: `0 2 * * *`, the last 24 hours, one line in the audit's log.
 *
 * It counts the rows of the hot store and of the lake whose exchange time lies in the window, each
 * side by a query of its own. An audit that cannot reach a side is not made; the next night has
 * the next one.
 */
import { TidemarkError } from '../../src/pipeline/errors.ts';
import type { Clock } from '../../src/pipeline/ports/clock.ts';
import type { Remote } from '../simulation/remote.ts';
import { type AuditRow, audit, auditWindowMs } from './audit.ts';
import { type BronzeTable, exchangeTimeMs } from './bronze-table.ts';
import type { ColdTable } from './cold-table.ts';

const dayMs = 86_400_000;
/** Two o'clock in the morning, UTC. */
export const auditTimeOfDayMs = 7_200_000;

export interface AuditRunParts {
  readonly clock: Clock;
  readonly remote: Remote;
  readonly bronze: BronzeTable;
  readonly cold: ColdTable;
  readonly onAudit: (row: AuditRow) => void;
}

export async function runAudits(parts: AuditRunParts, signal: AbortSignal): Promise<void> {
  const { clock } = parts;
  while (!signal.aborted) {
    const sinceAuditMs = (clock.nowMs() - auditTimeOfDayMs) % dayMs;
    await clock.sleep(dayMs - sinceAuditMs, signal);
    if (signal.aborted) return;
    try {
      await auditOnce(parts);
    } catch (error) {
      if (!(error instanceof TidemarkError)) throw error;
    }
  }
}

async function auditOnce({ clock, remote, bronze, cold, onAudit }: AuditRunParts): Promise<void> {
  const atMs = clock.nowMs();
  const fromMs = atMs - auditWindowMs;
  const hotRows = await remote.call('store.count', () => bronze.between(fromMs, atMs).length);
  const coldRows = await remote.call(
    'warehouse.count',
    () => cold.rows().filter(({ row }) => isWithin(exchangeTimeMs(row), fromMs, atMs)).length,
  );
  await remote.call('ledger.audit-write', () => onAudit(audit(atMs, hotRows, coldRows)));
}

const isWithin = (timeMs: number, fromMs: number, toMs: number) =>
  timeMs > fromMs && timeMs <= toMs;
