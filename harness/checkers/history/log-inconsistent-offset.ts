/**
 * A record stands at one offset, and everybody is told the same about an offset.
 *
 * Broken when a key was acknowledged at an offset and stands at others only, when a reader was
 * given a key at an offset where the log never had it, when two keys were given at one offset, and
 * when two records are at one offset at once. One finding an offset, with all that was said about
 * it. An acknowledged key that is nowhere in the log is a `lost-write`.
 */
import type { Finding } from '../../experiment/journal-events.ts';
import type { HistoryChecker } from './checker.ts';
import { type LogFacts, logFacts } from './log-facts.ts';
import { entryFields, logFinding, placeName } from './log-finding.ts';
import { isThere, type Place } from './log-places.ts';

export const logInconsistentOffset: HistoryChecker = {
  name: 'log-inconsistent-offset',
  guarantee: 'log',
  title: 'An offset belongs to one record',
  codes: ['inconsistent-offset'],
  check(history) {
    const facts = logFacts(history);
    const findings: Finding[] = [];
    let looked = 0;
    for (const partition of facts.partitions) {
      for (const place of partition.all()) {
        looked += 1;
        const what = contradiction(place, facts);
        if (what !== null) findings.push(finding(place, what));
      }
    }
    return { findings, looked };
  },
};

function contradiction(place: Place, facts: LogFacts): string | null {
  const { entries, acknowledged, polled } = place;
  const has = (key: string) => entries.some(({ record }) => record.key === key);
  for (const key of acknowledged) {
    const elsewhere = (facts.keys.get(key)?.entries ?? []).length > 0;
    if (elsewhere && !has(key)) return `${key} was acknowledged here and stands elsewhere`;
  }
  for (const { key } of polled) {
    if (!has(key)) return `a reader was given ${key}, which was never here`;
    if (key !== polled[0]?.key) return `readers were given ${polled[0]?.key} and ${key}`;
  }
  return entries.filter(isThere).length > 1 ? 'two records are here at once' : null;
}

function finding(place: Place, what: string): Finding {
  const { entries, acknowledged, polled } = place;
  const message = `${placeName(place)}: ${what}`;
  return logFinding('inconsistent-offset', place, message, null, [
    ...entries.map((entry) => ({ who: 'log', ...entryFields(entry) })),
    ...acknowledged.map((key) => ({ who: 'acknowledgement', key })),
    ...polled.map(({ process, reader, key }) => ({ who: `${process} reader ${reader}`, key })),
  ]);
}
