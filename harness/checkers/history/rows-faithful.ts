/**
 * G3: every row says what the log says of its record, field by field.
 *
 * The log's content comes from an independent decode of the bytes. A row that was wrong for a while
 * was wrong, and so is one whose record the log replaced by another after a loss.
 */
import type { HistoryChecker } from './checker.ts';
import { Findings, nameOf } from './finding.ts';
import { rowSuspects } from './row-suspects.ts';

export const rowsFaithful: HistoryChecker = {
  name: 'rows-faithful',
  guarantee: 'G3',
  title: 'Every row has the content of its record',
  codes: ['altered'],
  check(history) {
    const findings = new Findings();
    let looked = 0;
    for (const { layer, seen, altered } of rowSuspects(history)) {
      looked += seen;
      for (const { fact, held } of altered) {
        findings.add({
          code: 'altered',
          layer: layer.name,
          message: `${layer.name} held ${nameOf(fact)}:${fact.offset} with another content`,
          identity: fact,
          expected: { content: fact.record?.content ?? null },
          actual: [{ content: held.altered?.content ?? null }],
        });
      }
    }
    return { findings: findings.list, looked };
  },
};
