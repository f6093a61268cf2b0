/**
 * G2: no layer ever shows a record twice, not even for a while.
 *
 * In the lake a version counts as its readers see it, so a file that is named twice doubles its
 * rows. When all records of a closed range, two or more, were doubled, somebody wrote the range
 * again: that is a late duplicate.
 */
import type { HistoryChecker } from './checker.ts';
import { Findings, nameOf } from './finding.ts';
import type { RowFact } from './row-fact.ts';
import { rowFacts } from './row-facts.ts';
import { layersOf } from './row-layers.ts';
import { rangeOf } from './row-ranges.ts';

const rewrittenRowsMin = 2;

export const rowsUnique: HistoryChecker = {
  name: 'rows-unique',
  guarantee: 'G2',
  title: 'Each record is in each layer once',
  codes: ['duplicate', 'late-duplicate'],
  check(history) {
    const { facts } = rowFacts(history);
    const findings = new Findings();
    let looked = 0;
    for (const layer of layersOf(history)) {
      const doubled = new Map<RowFact, number>();
      for (const fact of facts) {
        const copies = layer.held[fact.index]?.copiesMax ?? 0;
        if (copies > 0) looked += 1;
        if (copies > 1) doubled.set(fact, copies);
      }
      for (const [fact, copies] of doubled) {
        const records = rangeOf(history, layer, fact)?.records ?? [];
        const isRewritten =
          records.length >= rewrittenRowsMin && records.every((one) => doubled.has(one));
        findings.add({
          code: isRewritten ? 'late-duplicate' : 'duplicate',
          layer: layer.name,
          message: `${layer.name} held ${nameOf(fact)}:${fact.offset} ${copies} times`,
          identity: fact,
          actual: [{ copies }],
        });
      }
    }
    return { findings: findings.list, looked };
  },
};
