/** Findings of the ledger checks: all speak about layer `ledger`. */
import type { AnomalyCode } from './anomaly-codes.ts';
import type { CodedFinding } from './finding-log.ts';

type Facts = Readonly<Record<string, string>>;

export function ledgerFinding(
  code: AnomalyCode,
  message: string,
  at: { topicId: string; partition: number; offset: bigint } | null,
  expected: Facts | null,
  actual: Facts,
): CodedFinding {
  const identity = at === null ? null : { ...at, offset: at.offset.toString() };
  return { code, layer: 'ledger', message, identity, expected, actual: [actual] };
}
