/**
 * The layers that hold rows, seen alike: bronze, dead letters, and each table of the lake.
 *
 * A trade belongs into bronze and into the lake, everything else into the dead letters. A run whose
 * lake was never made has no layer there.
 */
import type { History, HotLayer } from './history.ts';
import { lakeRows } from './lake-rows.ts';
import { perHistory } from './per-history.ts';
import type { HeldRows } from './row-fact.ts';
import { rowFacts } from './row-facts.ts';

export interface Layer {
  readonly name: 'bronze' | 'dead-letters' | 'lake';
  /** It should have the records with this `home`. */
  readonly home: HotLayer;
  readonly held: HeldRows;
}

export const layersOf = perHistory((history: History): readonly Layer[] => {
  const { bronze, deadLetters } = rowFacts(history);
  return [
    { name: 'bronze', home: 'bronze', held: bronze },
    { name: 'dead-letters', home: 'dead-letters', held: deadLetters },
    ...lakeRows(history).map(({ held }): Layer => ({ name: 'lake', home: 'bronze', held })),
  ];
});
