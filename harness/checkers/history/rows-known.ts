/**
 * G2: a layer holds nothing that it should not have: every row is a committed record of the log, in
 * the layer where it belongs, and it came when a range or a batch had announced it.
 *
 * A row that comes before its transaction is decided was never to be seen, even if the transaction
 * commits later.
 */
import type { HistoryChecker } from './checker.ts';
import { Findings, nameOf } from './finding.ts';
import { rowFacts } from './row-facts.ts';
import { layersOf } from './row-layers.ts';

export const rowsKnown: HistoryChecker = {
  name: 'rows-known',
  guarantee: 'G2',
  title: 'Every row is a committed record of the log, and was announced',
  codes: ['phantom'],
  check(history) {
    const { facts } = rowFacts(history);
    const findings = new Findings();
    let looked = 0;
    for (const { name, held } of layersOf(history)) {
      for (const fact of facts) {
        const row = held[fact.index];
        const unexplained = row?.unexplained ?? null;
        if ((row?.copiesMax ?? 0) > 0) looked += 1;
        if (unexplained === null) continue;
        findings.add({
          code: 'phantom',
          layer: name,
          message: `${name} held ${nameOf(fact)}:${fact.offset}: ${unexplained}`,
          identity: fact,
          actual: [{ copies: row?.copiesMax ?? null }],
        });
      }
    }
    return { findings: findings.list, looked };
  },
};
