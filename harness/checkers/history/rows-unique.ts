/**
 * G2: no layer ever shows a record twice, not even for a while.
 *
 * In the lake a version counts as its readers see it, so a file that is named twice doubles its
 * rows. When all records of a closed range, two or more, were doubled, somebody wrote the range
 * again: that is a late duplicate.
 */
import type { HistoryChecker } from './checker.ts';
import { Findings, nameOf } from './finding.ts';
import { rangeOf } from './row-ranges.ts';
import { rowSuspects } from './row-suspects.ts';

const rewrittenRowsMin = 2;

export const rowsUnique: HistoryChecker = {
  name: 'rows-unique',
  guarantee: 'G2',
  title: 'Each record is in each layer once',
  codes: ['duplicate', 'late-duplicate'],
  check(history) {
    const findings = new Findings();
    let looked = 0;
    for (const { layer, seen, doubled } of rowSuspects(history)) {
      looked += seen;
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
