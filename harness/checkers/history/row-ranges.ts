/**
 * Tells single accidents from one event that hit a whole closed range.
 *
 * A set of records of a layer (lost ones, or doubled ones) is laid over the ranges that the ledger
 * has closed at the end. What lies in no range stays by itself.
 */

import { muted } from './finding.ts';
import type { History, OffsetSpan } from './history.ts';
import { foldLines } from './ledger-lines.ts';
import type { RowFact } from './row-fact.ts';
import { contains } from './row-fact.ts';
import { rowFacts } from './row-facts.ts';
import type { Layer } from './row-layers.ts';

export interface HitRange {
  readonly span: OffsetSpan;
  /** Records that the layer should have of it, by offset. */
  readonly records: readonly RowFact[];
}

/** The closed range that holds each of the records, where there is one. */
export function rangesHit(
  history: History,
  layer: Layer,
  hit: ReadonlySet<RowFact>,
): ReadonlyMap<RowFact, HitRange> {
  const found = new Map<RowFact, HitRange>();
  if (hit.size === 0) return found;
  for (const span of closedRanges(history)) {
    const records = [...rowFacts(history).partition(span).byOffset.values()]
      .filter((fact) => layer.expects(fact) && contains(span, fact.offset))
      .sort((a, b) => a.offset - b.offset);
    for (const fact of records) if (hit.has(fact)) found.set(fact, { span, records });
  }
  return found;
}

function closedRanges(history: History): readonly OffsetSpan[] {
  return foldLines<OffsetSpan[]>(
    history,
    {
      fresh: () => [],
      database: (closed, event) => {
        if (event.type === 'range' && event.state === 'done') closed.push(event.span);
      },
    },
    muted,
  );
}
