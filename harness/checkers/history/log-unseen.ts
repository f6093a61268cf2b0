/**
 * A record that was acknowledged, committed and kept has been polled by somebody once all is
 * drained.
 *
 * Only what was acknowledged and committed before the end of a full drain is held to it; when the
 * drain did not finish, that is the finding, and not every record that lay in its way.
 */
import type { Finding } from '../../experiment/journal-events.ts';
import type { HistoryChecker } from './checker.ts';
import type { History } from './history.ts';
import { logFacts } from './log-facts.ts';
import { entryFields, logFinding, placeName } from './log-finding.ts';
import { committedSeq, isThere } from './log-places.ts';
import { drainedSeq } from './run-facts.ts';

export const logUnseen: HistoryChecker = {
  name: 'log-unseen',
  guarantee: 'log',
  title: 'Every acknowledged and committed record is polled',
  codes: ['unseen'],
  applies: ({ configuration }: History) => configuration.expectDrained,
  check(history) {
    const facts = logFacts(history);
    const seq = drainedSeq(history);
    const findings: Finding[] = [];
    let looked = 0;
    for (const { entries, acknowledgedSeq } of facts.keys.values()) {
      for (const entry of entries) {
        const dueSeq = Math.max(acknowledgedSeq, committedSeq(entry));
        const isPolled = entry.place.polled.length > 0;
        // What retention took counts when it was polled before.
        if (dueSeq > seq || !(isPolled || isThere(entry))) continue;
        looked += 1;
        const { record } = entry;
        if (isPolled) continue;
        const message = `${record.key} at ${placeName(record)} was never polled`;
        findings.push(logFinding('unseen', record, message, entryFields(entry)));
      }
    }
    return { findings, looked };
  },
};
