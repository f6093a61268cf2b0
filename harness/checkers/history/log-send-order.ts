/**
 * What a process sends stands in the log in the order in which it was sent, within a partition.
 *
 * Held against a send are those that had been answered before it began, and those that were under
 * way beside it, as long as every send of the process was acknowledged: a client that gave one up
 * may begin anew, and then an old one can come late. Sends in and outside of transactions go their
 * own ways. One finding a send, at its first offset that is not behind.
 */
import type { Finding } from '../../experiment/journal-events.ts';
import type { HistoryChecker } from './checker.ts';
import { logFacts } from './log-facts.ts';
import { logFinding, placeName } from './log-finding.ts';
import type { Send } from './log-places.ts';

export const logSendOrder: HistoryChecker = {
  name: 'log-send-order',
  guarantee: 'log',
  title: 'The sends of a process stand in their order',
  codes: ['send-nonmonotonic'],
  check(history) {
    const findings: Finding[] = [];
    const lines = new Map<string, number>();
    let looked = 0;
    for (const send of logFacts(history).sends) {
      if (send.outcome !== 'acknowledged') continue;
      looked += 1;
      const line = lineOf(send);
      const beside = lines.get(line) ?? Number.NEGATIVE_INFINITY;
      const floor = Math.max(send.floor, beside);
      const offset = send.offsets.find((one) => one <= floor);
      if (offset !== undefined) findings.push(finding(send, offset, floor));
      lines.set(line, Math.max(beside, ...send.offsets));
    }
    return { findings, looked };
  },
};

function lineOf({ event, topicId, generation, transaction }: Send): string {
  const kind = `${event.process}\n${Boolean(transaction)}\n${generation}`;
  return `${kind}\n${topicId}\n${event.partition}`;
}

function finding({ event, topicId }: Send, offset: number, floor: number): Finding {
  const at = { topicId, partition: event.partition, offset };
  const message = `send ${event.send} of ${event.process} is at ${placeName(at)}, an earlier one at ${floor}`;
  return logFinding('send-nonmonotonic', at, message);
}
