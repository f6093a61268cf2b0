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
  /** `exchange|symbol`. */
  readonly market: string;
  /** Null for ids that are no whole numbers, whose order nobody knows. */
  readonly tradeId: number | null;
}

/** Partition by partition, by offset. */
export const sourceTrades = perHistory((history: History): readonly SourceTrade[] => {
  const facts = logFacts(history);
  const copies = new Set(extraCopies(facts).map(({ entry }) => entry));
  const trades: SourceTrade[] = [];
  for (const partition of facts.partitions) {
    for (const { entries } of partition.all()) {
      for (const entry of entries) {
        const { source } = entry.record;
        if (source === null || !isCommitted(entry) || isCut(entry) || copies.has(entry)) continue;
        trades.push(tradeOf(entry));
      }
    }
  }
  return trades;
});

/** Longer ones would not be exact as numbers. */
const wholeNumber = /^\d{1,15}$/;

function tradeOf(entry: LogEntry): SourceTrade {
  const source = entry.record.source ?? '';
  const cut = source.lastIndexOf('|');
  const id = source.slice(cut + 1);
  const tradeId = wholeNumber.test(id) ? Number(id) : null;
  return { entry, source, market: source.slice(0, cut), tradeId };
}

/** Trades by topic and market, in their order. */
export function byMarket(trades: readonly SourceTrade[]): ReadonlyMap<string, SourceTrade[]> {
  const groups = new Map<string, SourceTrade[]>();
  for (const trade of trades) {
    const name = `${trade.entry.record.topicId} ${trade.market}`;
    const group = groups.get(name) ?? [];
    groups.set(name, group);
    group.push(trade);
  }
  return groups;
}
