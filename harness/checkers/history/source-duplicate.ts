/**
 * The source sent the same trade again, at another offset (information).
 *
 * Nobody behind the log can undo it, so it is counted apart from duplicates that were made here. A
 * copy that the log made of one send is a `duplicate-write` and not counted. A topic begins anew.
 */
import type { Finding } from '../../experiment/journal-events.ts';
import type { HistoryChecker } from './checker.ts';
import { logFacts } from './log-facts.ts';
import { entryFields, logFinding, placeName } from './log-finding.ts';
import type { LogEntry } from './log-places.ts';
import { sourceMarkets } from './source-ids.ts';

export const sourceDuplicate: HistoryChecker = {
  name: 'source-duplicate',
  guarantee: 'G11',
  title: 'The source sends a trade once',
  codes: ['source-duplicate'],
  check(history) {
    const findings: Finding[] = [];
    for (const trades of sourceMarkets(history)) {
      const seen = new Map<string, LogEntry[]>();
      for (const { source, entry } of trades) {
        const copies = seen.get(source) ?? [];
        seen.set(source, copies);
        copies.push(entry);
        if (copies.length > 1) findings.push(finding(source, entry, copies));
      }
    }
    return { findings, looked: logFacts(history).entries.length };
  },
};

function finding(source: string, entry: LogEntry, copies: readonly LogEntry[]): Finding {
  const message = `${source} is at ${placeName(entry.record)} once more`;
  const made = logFinding('source-duplicate', entry.record, message, null, copies.map(entryFields));
  return { ...made, layer: 'source' };
}
