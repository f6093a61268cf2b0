/**
 * The second identity of a trade, given by its source: `exchange|symbol|trade id`.
 *
 * What the source did is judged on the records that readers of committed records get to see, or
 * would have seen before they were removed: not on aborted ones, not on what an unclean election
 * cut off, and not on copies that the log made by itself.
 */
import type { History } from './history.ts';
import { extraCopies } from './log-duplicate-write.ts';
import { logFacts } from './log-facts.ts';
import { isCommitted, isCut, type LogEntry } from './log-places.ts';
import { perHistory } from './per-history.ts';

export interface SourceTrade {
  readonly entry: LogEntry;
  /** The whole identity. */
  readonly source: string;
  /** Null for ids that are no whole numbers, whose order nobody knows. */
  readonly tradeId: number | null;
}

/** The trades of each market of each topic, partition by partition, by offset. */
export const sourceMarkets = perHistory(
  (history: History): ReadonlyArray<readonly SourceTrade[]> => {
    const facts = logFacts(history);
    const copies = new Set(extraCopies(facts).map(({ entry }) => entry));
    const topics = new Map<string, Map<string, SourceTrade[]>>();
    for (const partition of facts.partitions) {
      const markets = topics.get(partition.topicId) ?? new Map<string, SourceTrade[]>();
      topics.set(partition.topicId, markets);
      for (const { entries } of partition.all()) {
        for (const entry of entries) {
          const { source } = entry.record;
          if (source === null || !isCommitted(entry) || isCut(entry) || copies.has(entry)) continue;
          addTrade(markets, entry);
        }
      }
    }
    return [...topics.values()].flatMap((markets) => [...markets.values()]);
  },
);

/** Longer ones would not be exact as numbers. */
const wholeNumber = /^\d{1,15}$/;

function addTrade(markets: Map<string, SourceTrade[]>, entry: LogEntry): void {
  const source = entry.record.source ?? '';
  const cut = source.lastIndexOf('|');
  const market = source.slice(0, cut);
  const id = source.slice(cut + 1);
  const trades = markets.get(market) ?? [];
  markets.set(market, trades);
  trades.push({ entry, source, tradeId: wholeNumber.test(id) ? Number(id) : null });
}
