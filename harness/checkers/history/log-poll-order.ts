/**
 * From one poll to the next, a reader goes on where it stopped: nothing is left out between two
 * polls and nothing is given again.
 *
 * What one poll covers is its span. A reader is one reader of one life of a process, in one
 * partition. Left out is what was in the log at the time of the poll, and is or will be committed.
 */
import type { Finding } from '../../experiment/journal-events.ts';
import type { HistoryChecker } from './checker.ts';
import { logFacts, type Poll } from './log-facts.ts';
import { logFinding, placeName } from './log-finding.ts';
import { readableWithin } from './log-readable.ts';

export const logPollOrder: HistoryChecker = {
  name: 'log-poll-order',
  guarantee: 'log',
  title: 'A reader goes on where it stopped',
  codes: ['poll-skip', 'poll-nonmonotonic'],
  check(history) {
    const facts = logFacts(history);
    const findings: Finding[] = [];
    for (const poll of facts.polls) {
      const { previous, span, event } = poll;
      const stopped = previous?.span.offsetLast ?? span.offsetFirst - 1;
      if (span.offsetFirst <= stopped) findings.push(goneBack(poll, stopped));
      const [first, last] = [stopped + 1, span.offsetFirst - 1];
      for (const { record } of readableWithin(facts.partition(span), first, last, event.seq)) {
        const message = `${name(poll)} went from ${stopped} to ${span.offsetFirst} past ${placeName(record)}`;
        findings.push(logFinding('poll-skip', record, message, { key: record.key }));
      }
    }
    return { findings, looked: facts.polls.length };
  },
};

function goneBack(poll: Poll, stopped: number): Finding {
  const at = { ...poll.span, offset: poll.span.offsetFirst };
  const message = `${name(poll)} was given ${placeName(at)} after it had been given up to ${stopped}`;
  return logFinding('poll-nonmonotonic', at, message);
}

const name = ({ event }: Poll) => `${event.process} reader ${event.reader} (event ${event.seq})`;
