/**
 * The source's trade ids of a symbol rise within a partition (information).
 *
 * One finding a trade that stands behind a greater id. The same id again is a `source-duplicate`,
 * wherever it stands. Across partitions there is no order.
 */
import type { Finding } from '../../experiment/journal-events.ts';
import type { HistoryChecker } from './checker.ts';
import { logFacts } from './log-facts.ts';
import { logFinding, placeName } from './log-finding.ts';
import { type SourceTrade, sourceMarkets } from './source-ids.ts';

export const sourceOrder: HistoryChecker = {
  name: 'source-order',
  guarantee: 'G11',
  title: 'The source sends the trades of a symbol in order',
  codes: ['source-out-of-order'],
  check(history) {
    const findings: Finding[] = [];
    for (const trades of sourceMarkets(history)) {
      const seen = new Set<string>();
      const greatest = new Map<number, number>();
      for (const { entry, source, tradeId } of trades) {
        const again = seen.has(source);
        seen.add(source);
        if (tradeId === null || again) continue;
        const { partition } = entry.record;
        const before = greatest.get(partition) ?? tradeId;
        if (tradeId < before) findings.push(finding(entry, source, before));
        greatest.set(partition, Math.max(before, tradeId));
      }
    }
    return { findings, looked: logFacts(history).entries.length };
  },
};

function finding(entry: SourceTrade['entry'], source: string, before: number): Finding {
  const message = `${source} at ${placeName(entry.record)} stands behind trade ${before}`;
  return { ...logFinding('source-out-of-order', entry.record, message), layer: 'source' };
}
