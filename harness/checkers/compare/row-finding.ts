/** Puts one difference between two layers into the words and the witness of a Finding. */
import type { Finding } from '../../experiment/journal-events.ts';
import { differingFields, type RowDifference } from './compare-rows.ts';
import type { OffsetSpan } from './offset-spans.ts';
import type { TalliedCode } from './range-tally.ts';

export type RowFindingCode = TalliedCode | 'phantom' | 'altered';

/** `span` is the closed ledger range that the record belongs to, where one is known. */
export function rowFinding(
  layer: string,
  code: RowFindingCode,
  row: RowDifference,
  span: OffsetSpan | null,
): Omit<Finding, 'code'> {
  const sample = row.expected ?? row.actual[0]!;
  const where = `${sample.topicId}/${sample.partition}:${row.offset}`;
  const range = span === null ? '' : ` (closed range ${span.offsetFirst}-${span.offsetLast})`;
  return {
    layer,
    message: `${sample.kind} ${where} ${sentence(code, row)}${range}`,
    identity: {
      topicId: sample.topicId,
      partition: sample.partition,
      offset: row.offset.toString(),
    },
    expected: row.expected?.fields ?? null,
    actual: row.actual.map((copy) => copy.fields),
  };
}

function sentence(code: RowFindingCode, row: RowDifference): string {
  switch (code) {
    case 'missing':
      return 'is in the log and not here';
    case 'torn-batch':
      return 'is in the log and not here, with one end of its range';
    case 'duplicate':
      return `is here ${row.actual.length} times`;
    case 'late-duplicate':
      return `is here ${row.actual.length} times, with all of its range`;
    case 'phantom':
      return 'is here and should not be: the log or the ledger does not know it';
    case 'altered':
      return `has another ${alteredFields(row)} than the log`;
  }
}

function alteredFields(row: RowDifference): string {
  const { expected } = row;
  if (expected === null) return 'content';
  const names = new Set(row.actual.flatMap((copy) => differingFields(expected, copy)));
  return names.size === 0 ? 'content' : [...names].join(', ');
}
