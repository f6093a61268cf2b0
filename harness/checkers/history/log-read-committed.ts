/**
 * Readers are given committed records only.
 *
 * `aborted-read`: a record whose transaction ended in an abort, whenever it was read, or whose
 * every send was refused. `precommitted-read`: a record that was given out before its transaction
 * was decided, and that was not aborted later. One finding an offset and code.
 */
import type { Finding } from '../../experiment/journal-events.ts';
import type { HistoryChecker } from './checker.ts';
import { logFacts } from './log-facts.ts';
import { entryFields, logFinding, placeName } from './log-finding.ts';
import type { Place, PolledRecord } from './log-places.ts';

export const logReadCommitted: HistoryChecker = {
  name: 'log-read-committed',
  guarantee: 'log',
  title: 'Readers are given committed records only',
  codes: ['aborted-read', 'precommitted-read'],
  check(history) {
    const facts = logFacts(history);
    const findings: Finding[] = [];
    const seen = new Set<string>();
    let looked = 0;
    for (const partition of facts.partitions) {
      for (const place of partition.all()) {
        looked += place.polled.length;
        seen.clear();
        for (const polled of place.polled) {
          const code = codeOf(place, polled);
          if (code === null || seen.has(code)) continue;
          seen.add(code);
          findings.push(finding(code, place, polled));
        }
      }
    }
    return { findings, looked };
  },
};

function codeOf({ entries }: Place, { key, seq }: PolledRecord): string | null {
  const entry = entries.findLast(({ record }) => record.key === key);
  const sends = entry?.key.sends ?? [];
  const refused = sends.length > 0 && sends.every(({ outcome }) => outcome === 'failed');
  if (refused || entry?.transaction?.outcome === 'aborted') return 'aborted-read';
  return (entry?.transaction?.decidedSeq ?? seq) > seq ? 'precommitted-read' : null;
}

function finding(code: string, place: Place, { key, process, reader, seq }: PolledRecord) {
  const message = `${process} reader ${reader} was given ${key} at ${placeName(place)} (event ${seq})`;
  return logFinding(code, place, message, null, place.entries.map(entryFields));
}
