/**
 * One look at every record in every layer: what was there, and which records need a second look.
 *
 * In a sound history all lists are empty. The checkers of rows read the lists and say what each
 * entry means.
 */
import type { History } from './history.ts';
import { perHistory } from './per-history.ts';
import type { Held, RowFact } from './row-fact.ts';
import { rowFacts } from './row-facts.ts';
import { type Layer, layersOf } from './row-layers.ts';

export interface Suspect {
  readonly fact: RowFact;
  readonly held: Held;
}

export interface LayerSuspects {
  readonly layer: Layer;
  /** Records that the layer should have. */
  readonly expected: number;
  /** Records that it had at some time. */
  readonly seen: number;
  readonly missing: ReadonlySet<RowFact>;
  /** With the greatest number of copies. */
  readonly doubled: ReadonlyMap<RowFact, number>;
  readonly unexplained: readonly Suspect[];
  readonly altered: readonly Suspect[];
}

export const rowSuspects = perHistory((history: History): readonly LayerSuspects[] =>
  layersOf(history).map((layer) => suspectsOf(layer, history)),
);

function suspectsOf(layer: Layer, history: History): LayerSuspects {
  const { facts, isDrained } = rowFacts(history);
  const missing = new Set<RowFact>();
  const doubled = new Map<RowFact, number>();
  const unexplained: Suspect[] = [];
  const altered: Suspect[] = [];
  let [expected, seen] = [0, 0];
  for (const fact of facts) {
    const held = layer.held[fact.index];
    if (fact.home === layer.home) {
      expected += 1;
      const isLate = isDrained && fact.isStable && (held?.copies ?? 0) === 0;
      if (isLate || held?.wasLost === true) missing.add(fact);
    }
    if (held === undefined) continue;
    if (held.copiesMax > 0) seen += 1;
    if (held.copiesMax > 1) doubled.set(fact, held.copiesMax);
    if (held.unexplained !== null) unexplained.push({ fact, held });
    if (held.altered !== null) altered.push({ fact, held });
  }
  return { layer, expected, seen, missing, doubled, unexplained, altered };
}
