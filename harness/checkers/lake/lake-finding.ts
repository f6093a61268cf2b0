/**
 * Findings of the lake checks: all speak about layer `lake`, most about a file or a snapshot
 * instead of one record.
 */
import type { AnomalyCode } from '../compare/anomaly-codes.ts';
import type { CodedFinding } from '../compare/finding-log.ts';

type Facts = Readonly<Record<string, string>>;

export function lakeFinding(
  code: AnomalyCode,
  message: string,
  expected: Facts | null,
  actual: Facts,
  identity: CodedFinding['identity'] = null,
): CodedFinding {
  return { code, layer: 'lake', message, identity, expected, actual: [actual] };
}
