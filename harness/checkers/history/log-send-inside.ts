/**
 * The records of one send stand together and in their order.
 *
 * `internal-send-nonmonotonic`: an offset that is not above the one of the key before.
 * `internal-send-skip`: a record of somebody else between two keys of one send. Offsets without a
 * record between them are no anomaly.
 */
import type { Finding } from '../../experiment/journal-events.ts';
import type { HistoryChecker } from './checker.ts';
import { type LogFacts, logFacts } from './log-facts.ts';
import { entryFields, logFinding, placeName } from './log-finding.ts';
import { isCut, type Send } from './log-places.ts';

export const logSendInside: HistoryChecker = {
  name: 'log-send-inside',
  guarantee: 'log',
  title: 'The records of one send stand together and in order',
  codes: ['internal-send-skip', 'internal-send-nonmonotonic'],
  check(history) {
    const facts = logFacts(history);
    const findings: Finding[] = [];
    let looked = 0;
    for (const send of facts.sends) {
      if (send.outcome !== 'acknowledged') continue;
      looked += 1;
      send.offsets.forEach((offset, i) => {
        const before = send.offsets[i - 1];
        if (before === undefined) return;
        if (offset <= before) findings.push(goneBack(send, before, offset));
        else between(send, before, offset, facts, findings);
      });
    }
    return { findings, looked };
  },
};

function goneBack({ event, topicId }: Send, before: number, offset: number): Finding {
  const at = { topicId, partition: event.partition, offset };
  const message = `send ${event.send} of ${event.process}: ${placeName(at)} comes after ${before}`;
  return logFinding('internal-send-nonmonotonic', at, message);
}

function between(
  { event, topicId }: Send,
  before: number,
  offset: number,
  facts: LogFacts,
  findings: Finding[],
): void {
  const places = facts.partition({ topicId, partition: event.partition });
  for (const place of places.within(before + 1, offset - 1)) {
    for (const entry of place.entries) {
      if (isCut(entry) || event.keys.includes(entry.record.key)) continue;
      const message = `send ${event.send} of ${event.process}: ${placeName(place)} stands between`;
      findings.push(logFinding('internal-send-skip', place, message, null, [entryFields(entry)]));
    }
  }
}
