/**
 * G1: what a layer claims is there, from the moment at which it claims it, and after a drain
 * everything is.
 *
 * A layer claims the records below its head: in bronze and the dead letters what ranges have
 * closed, in the lake what batches have brought. A record that was gone for a while was missing,
 * even if it came back. Where a closed range lost its beginning or its end, two records or more,
 * and kept the rest, it was torn.
 */
import type { HistoryChecker } from './checker.ts';
import { Findings, nameOf } from './finding.ts';
import type { RowFact } from './row-fact.ts';
import type { Layer } from './row-layers.ts';
import { type LayerRange, rangeOf } from './row-ranges.ts';
import { rowSuspects } from './row-suspects.ts';

/** A run that is cut has at least this many records; one lost record is an accident of its own. */
const tornRowsMin = 2;

export const rowsComplete: HistoryChecker = {
  name: 'rows-complete',
  guarantee: 'G1',
  title: 'Every committed record is in every layer that claims it',
  codes: ['missing', 'torn-batch'],
  check(history) {
    const findings = new Findings();
    let looked = 0;
    for (const { layer, expected, missing } of rowSuspects(history)) {
      looked += expected;
      for (const fact of missing) {
        const torn = tornRange(rangeOf(history, layer, fact), missing);
        findings.add(absence(layer, fact, torn));
      }
    }
    return { findings: findings.list, looked };
  },
};

/** The range, when the missing ones are its beginning or its end and the rest is there. */
function tornRange(
  range: LayerRange | undefined,
  missing: ReadonlySet<RowFact>,
): LayerRange | undefined {
  const records = range?.records ?? [];
  const lost = records.filter((fact) => missing.has(fact)).length;
  const atBeginning = records.slice(0, lost).every((fact) => missing.has(fact));
  const atEnd = records.slice(records.length - lost).every((fact) => missing.has(fact));
  const isTorn = lost >= tornRowsMin && lost < records.length && (atBeginning || atEnd);
  return isTorn ? range : undefined;
}

function absence(layer: Layer, fact: RowFact, torn: LayerRange | undefined) {
  return {
    code: torn === undefined ? 'missing' : 'torn-batch',
    layer: layer.name,
    message: `${layer.name} lacks ${nameOf(fact)}:${fact.offset}`,
    identity: fact,
    expected: {
      key: fact.record?.key ?? null,
      content: fact.record?.content ?? null,
      tornFrom: torn?.span.offsetFirst ?? null,
      tornTo: torn?.span.offsetLast ?? null,
    },
  };
}
