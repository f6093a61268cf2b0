/**
 * G5: a topic stays the topic that the ledger knows under its name.
 *
 * A topic that was deleted and made again has another id, and its offsets begin anew: whatever the
 * ledger closed of the old one says nothing about it. One that nobody had begun to read is of no
 * interest. What was recorded of the old topic stays true; the services have to stop.
 */
import type { HistoryChecker } from './checker.ts';
import { Findings } from './finding.ts';
import { foldLines, reading } from './ledger-lines.ts';

export const ledgerTopics: HistoryChecker = {
  name: 'ledger-topics',
  guarantee: 'G5',
  title: 'A topic keeps the id that the ledger knows',
  codes: ['topic-recreated'],
  applies: ({ configuration }) => configuration.hasLedger,
  check(history) {
    const findings = new Findings();
    /** Name -> id, at the broker. */
    const topics = new Map<string, string>();
    let looked = 0;
    foldLines(
      history,
      {
        reads: reading('topic', 'head', 'range'),
        /** Ids of which the ledger has a head or a range. */
        fresh: () => new Set<string>(),
        database(known, event) {
          switch (event.type) {
            case 'head':
              known.add(event.topicId);
              break;
            case 'range':
              known.add(event.span.topicId);
          }
        },
        elsewhere(known, event, emit) {
          if (event.type !== 'topic') return;
          looked += 1;
          const { topic, topicId } = event;
          const before = topics.get(topic) ?? topicId;
          topics.set(topic, topicId);
          if (before === topicId || !known.has(before)) return;
          emit({
            code: 'topic-recreated',
            layer: 'ledger',
            message: `topic ${topic} is another one than the ledger knows`,
            identity: null,
            subject: topicId,
            expected: { topicId: before },
            actual: [{ topicId }],
          });
        },
      },
      findings.add,
    );
    return { findings: findings.list, looked };
  },
};
