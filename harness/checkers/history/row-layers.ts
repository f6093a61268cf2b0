/**
 * The layers that hold rows, seen alike: bronze, dead letters, and each table of the lake.
 *
 * A trade belongs into bronze and into the lake, everything else into the dead letters. A run whose
 * lake was never made has no layer there.
 */
import type { History } from './history.ts';
import { lakeRows } from './lake-rows.ts';
import { perHistory } from './per-history.ts';
import { homeOf, type RowFact } from './row-fact.ts';
import { type HeldRows, rowFacts } from './row-facts.ts';

export interface Layer {
  readonly name: 'bronze' | 'dead-letters' | 'lake';
  /** By `RowFact.index`. */
  readonly held: HeldRows;
  /** Whether the layer should have the record. */
  expects(fact: RowFact): boolean;
}

const isTrade = (fact: RowFact) => fact.isExpected && homeOf(fact) === 'bronze';
const isDeadLetter = (fact: RowFact) => fact.isExpected && homeOf(fact) === 'dead-letters';

export const layersOf = perHistory((history: History): readonly Layer[] => {
  const { bronze, deadLetters } = rowFacts(history);
  return [
    { name: 'bronze', held: bronze, expects: isTrade },
    { name: 'dead-letters', held: deadLetters, expects: isDeadLetter },
    ...lakeRows(history).map(({ held }) => ({ name: 'lake' as const, held, expects: isTrade })),
  ];
});
