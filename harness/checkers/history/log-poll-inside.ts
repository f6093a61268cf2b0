/**
 * What one poll gives out is in order and whole: every record of the span that was to be seen, once
 * and by rising offsets.
 *
 * Holes are no skips: aborted records, markers, and what was removed before the poll.
 */
import type { Finding } from '../../experiment/journal-events.ts';
import type { HistoryChecker } from './checker.ts';
import { type LogFacts, logFacts, type Poll } from './log-facts.ts';
import { logFinding, placeName } from './log-finding.ts';
import { readableWithin } from './log-readable.ts';

export const logPollInside: HistoryChecker = {
  name: 'log-poll-inside',
  guarantee: 'log',
  title: 'A poll gives the records of its span, in order',
  codes: ['internal-poll-skip', 'internal-poll-nonmonotonic'],
  check(history) {
    const facts = logFacts(history);
    const findings: Finding[] = [];
    for (const poll of facts.polls) {
      goneBack(poll, findings);
      leftOut(poll, facts, findings);
    }
    return { findings, looked: facts.polls.length };
  },
};

function goneBack({ event, span }: Poll, findings: Finding[]): void {
  const { records, process, reader, seq } = event;
  records.forEach(({ offset }, i) => {
    const before = records[i - 1]?.offset ?? Number.NEGATIVE_INFINITY;
    if (offset > before) return;
    const at = { ...span, offset };
    const message = `${process} reader ${reader} was given ${placeName(at)} after ${before} (event ${seq})`;
    findings.push(logFinding('internal-poll-nonmonotonic', at, message));
  });
}

function leftOut({ event, span }: Poll, facts: LogFacts, findings: Finding[]): void {
  const { process, reader, seq } = event;
  const given = new Set<number>();
  for (const { offset } of event.records) given.add(offset);
  const { offsetFirst, offsetLast } = span;
  for (const { record } of readableWithin(facts.partition(span), offsetFirst, offsetLast, seq)) {
    if (given.has(record.offset)) continue;
    const message = `${process} reader ${reader} was not given ${placeName(record)} (event ${seq})`;
    findings.push(logFinding('internal-poll-skip', record, message, { key: record.key }));
  }
}
