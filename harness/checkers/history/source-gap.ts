/**
 * The source skipped trade ids of a symbol, between the least and the greatest (information).
 *
 * One finding a hole, at the record with the next id. Ids that are no whole numbers say nothing
 * about gaps. A record that is no trade has no id, so the id of a malformed one counts as skipped.
 */
import type { Finding } from '../../experiment/journal-events.ts';
import type { HistoryChecker } from './checker.ts';
import { logFacts } from './log-facts.ts';
import { logFinding } from './log-finding.ts';
import { type SourceTrade, sourceMarkets } from './source-ids.ts';

export const sourceGap: HistoryChecker = {
  name: 'source-gap',
  guarantee: 'G11',
  title: 'The source sends every trade id of a symbol',
  codes: ['source-gap'],
  check(history) {
    const findings: Finding[] = [];
    for (const trades of sourceMarkets(history)) {
      const numbered = trades.filter(isNumbered).sort((a, b) => a.tradeId - b.tradeId);
      numbered.forEach((trade, i) => {
        const before = numbered[i - 1]?.tradeId ?? trade.tradeId;
        if (trade.tradeId > before + 1) findings.push(finding(trade, before));
      });
    }
    return { findings, looked: logFacts(history).entries.length };
  },
};

type Numbered = SourceTrade & { readonly tradeId: number };

function isNumbered(trade: SourceTrade): trade is Numbered {
  return trade.tradeId !== null;
}

function finding({ entry, source }: Numbered, before: number): Finding {
  const message = `${source} comes after trade ${before}`;
  const made = logFinding('source-gap', entry.record, message, { before: `${before}` });
  return { ...made, layer: 'source' };
}
