/**
 * A record that was sent once is once in the log, whatever the producer's client repeated.
 *
 * A key that its producer sent again on purpose may stand as often as it was sent; that is a
 * matter of the source. Copies that an unclean election cut off do not count.
 */
import type { Finding } from '../../experiment/journal-events.ts';
import type { HistoryChecker } from './checker.ts';
import { type LogFacts, logFacts } from './log-facts.ts';
import { entryFields, logFinding, placeName } from './log-finding.ts';
import { isCut, type LogEntry } from './log-places.ts';

export interface ExtraCopy {
  readonly entry: LogEntry;
  readonly copies: readonly LogEntry[];
}

/** Copies beyond what was sent, in the order of the log; a key that nobody sent may stand once. */
export function extraCopies({ keys }: LogFacts): readonly ExtraCopy[] {
  const found: ExtraCopy[] = [];
  for (const { sends, entries } of keys.values()) {
    let left = Math.max(sends.length, 1);
    for (const entry of entries) {
      if (isCut(entry)) continue;
      if (left === 0) found.push({ entry, copies: entries });
      else left -= 1;
    }
  }
  return found;
}

export const logDuplicateWrite: HistoryChecker = {
  name: 'log-duplicate-write',
  guarantee: 'log',
  title: 'A record sent once is once in the log',
  codes: ['duplicate-write'],
  check(history) {
    const facts = logFacts(history);
    const findings = extraCopies(facts).map(({ entry, copies }): Finding => {
      const { record } = entry;
      const message = `${record.key} is at ${placeName(record)} once more than it was sent`;
      return logFinding('duplicate-write', record, message, null, copies.map(entryFields));
    });
    return { findings, looked: facts.entries.length };
  },
};
