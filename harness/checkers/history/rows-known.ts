/**
 * G2: a layer holds nothing that it should not have: every row is a committed record of the log, in
 * the layer where it belongs, and it came when a range or a batch had announced it.
 *
 * A row that comes before its transaction is decided was never to be seen, even if the transaction
 * commits later.
 */
import type { HistoryChecker } from './checker.ts';
import { Findings, nameOf } from './finding.ts';
import { rowSuspects } from './row-suspects.ts';

export const rowsKnown: HistoryChecker = {
  name: 'rows-known',
  guarantee: 'G2',
  title: 'Every row is a committed record of the log, and was announced',
  codes: ['phantom'],
  check(history) {
    const findings = new Findings();
    let looked = 0;
    for (const { layer, seen, unexplained } of rowSuspects(history)) {
      looked += seen;
      for (const { fact, held } of unexplained) {
        findings.add({
          code: 'phantom',
          layer: layer.name,
          message: `${layer.name} held ${nameOf(fact)}:${fact.offset}: ${held.unexplained}`,
          identity: fact,
          actual: [{ copies: held.copiesMax }],
        });
      }
    }
    return { findings: findings.list, looked };
  },
};
