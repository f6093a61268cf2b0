/**
 * The foil's reconciliation: two counts a day, and a percentage.
 *
 * It is `iceberg_maintenance.py audit`, verdict for verdict. Nothing in it knows which rows are
 * there, so a lost and a doubled row are no difference; too many rows in the lake are a warning at
 * most; one lost row in a hundred is in order, and so is an empty hot store.
 */

export const auditWindowMs = 86_400_000;
export const auditWarningPercent = 1;
export const auditMissingPercent = 5;

export interface AuditRow {
  /** Milliseconds since 1970. */
  readonly atMs: number;
  readonly hotRows: number;
  readonly coldRows: number;
  /** `hotRows - coldRows`. */
  readonly delta: number;
  readonly percent: number;
  readonly status: 'ok' | 'warning' | 'missing_data';
}

export function audit(atMs: number, hotRows: number, coldRows: number): AuditRow {
  const delta = hotRows - coldRows;
  const percent = hotRows === 0 ? 0 : (Math.abs(delta) / hotRows) * 100;
  return { atMs, hotRows, coldRows, delta, percent, status: statusOf(hotRows, delta, percent) };
}

function statusOf(hotRows: number, delta: number, percent: number): AuditRow['status'] {
  if (hotRows === 0 || percent <= auditWarningPercent) return 'ok';
  return delta > 0 && percent > auditMissingPercent ? 'missing_data' : 'warning';
}
