/**
 * G3: every row says what the log says of its record, field by field.
 *
 * The log's content comes from an independent decode of the bytes. A row that was wrong for a while
 * was wrong, and so is one whose record the log replaced by another after a loss.
 */
import type { HistoryChecker } from './checker.ts';
import { Findings, nameOf } from './finding.ts';
import { rowFacts } from './row-facts.ts';
import { layersOf } from './row-layers.ts';

export const rowsFaithful: HistoryChecker = {
  name: 'rows-faithful',
  guarantee: 'G3',
  title: 'Every row has the content of its record',
  codes: ['altered'],
  check(history) {
    const { facts } = rowFacts(history);
    const findings = new Findings();
    let looked = 0;
    for (const { name, held } of layersOf(history)) {
      for (const fact of facts) {
        const row = held[fact.index];
        const altered = row?.altered ?? null;
        if ((row?.copiesMax ?? 0) > 0) looked += 1;
        if (altered === null) continue;
        findings.add({
          code: 'altered',
          layer: name,
          message: `${name} held ${nameOf(fact)}:${fact.offset} with another content`,
          identity: fact,
          expected: { content: fact.record?.content ?? null },
          actual: [{ content: altered?.content ?? null }],
        });
      }
    }
    return { findings: findings.list, looked };
  },
};
