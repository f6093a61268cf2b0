/**
 * A record that the broker acknowledged is in the log at the end of the run.
 *
 * What retention, compaction or the deletion of the topic took was in the log and went as it
 * should; what an unclean election cut off is lost. Records of an aborted transaction are nobody's
 * loss. Whether a record stands where its producer was told is another checker's question.
 */
import type { Finding } from '../../experiment/journal-events.ts';
import type { HistoryChecker } from './checker.ts';
import { logFacts } from './log-facts.ts';
import { entryFields, logFinding, placeName } from './log-finding.ts';
import { isCut } from './log-places.ts';

export const logLostWrite: HistoryChecker = {
  name: 'log-lost-write',
  guarantee: 'log',
  title: 'An acknowledged record stays in the log',
  codes: ['lost-write'],
  check(history) {
    const facts = logFacts(history);
    const findings: Finding[] = [];
    let looked = 0;
    for (const { event, outcome, transaction, offsets, topicId } of facts.sends) {
      if (outcome !== 'acknowledged' || transaction?.outcome === 'aborted') continue;
      event.keys.forEach((key, i) => {
        looked += 1;
        const entries = facts.keys.get(key)?.entries ?? [];
        if (entries.some((entry) => !isCut(entry))) return;
        const at = { topicId, partition: event.partition, offset: offsets[i] ?? -1 };
        const message = `${key} was acknowledged at ${placeName(at)} and is not in the log`;
        const expected = { key, process: event.process, send: `${event.send}` };
        findings.push(logFinding('lost-write', at, message, expected, entries.map(entryFields)));
      });
    }
    return { findings, looked };
  },
};
