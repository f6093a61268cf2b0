/**
 * Tells single accidents from one event that hit a whole closed range.
 *
 * Records of a layer (lost ones, or doubled ones) are laid over the ranges that the ledger has
 * closed at the end. What lies in no range stays by itself.
 */
import { muted } from './finding.ts';
import type { History, OffsetSpan } from './history.ts';
import { foldLines, reading } from './ledger-lines.ts';
import { perHistory } from './per-history.ts';
import { contains, type RowFact } from './row-fact.ts';
import { rowFacts } from './row-facts.ts';
import type { Layer } from './row-layers.ts';
import { PerPartition } from './row-partitions.ts';

export interface LayerRange {
  readonly span: OffsetSpan;
  /** Records that the layer should have of it, by offset. */
  readonly records: readonly RowFact[];
}

/** The closed range that holds a record, where there is one. */
export function rangeOf(history: History, layer: Layer, fact: RowFact): LayerRange | undefined {
  const spans = closedRanges(history).of(fact);
  const span = spans.find((one) => contains(one, fact.offset));
  if (span === undefined) return undefined;
  const all = [...rowFacts(history).partition(span).byOffset.values()];
  const records = all
    .filter((one) => one.home === layer.home && contains(span, one.offset))
    .sort((a, b) => a.offset - b.offset);
  return { span, records };
}

type Spans = PerPartition<OffsetSpan[]>;

const closedRanges = perHistory(
  (history: History): Spans =>
    foldLines<Spans>(
      history,
      {
        reads: reading('range'),
        fresh: () => new PerPartition(() => []),
        database: (closed, event) => {
          switch (event.type) {
            case 'range':
              if (event.state === 'done') closed.of(event.span).push(event.span);
          }
        },
      },
      muted,
    ),
);
