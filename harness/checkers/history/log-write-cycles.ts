/**
 * Write cycles (`G0`): committed transactions that stand both before and behind each other.
 *
 * A transaction precedes another when one of its records stands right before a record of the other
 * in a partition, transactions only. Kafka isolates no writes: two producers that write the same
 * partitions at once may well do this, so the code is information unless a run forbids it. Cycles
 * through reads (`G1c`) cannot be told: no history says which transaction a poll belonged to.
 */
import type { Finding } from '../../experiment/journal-events.ts';
import type { HistoryChecker } from './checker.ts';
import { type LogFacts, logFacts } from './log-facts.ts';
import { isCommitted, isCut, type LogEntry } from './log-places.ts';

/** Who stands right behind whom: by transaction, the next ones with the records that show it. */
type Edges = Map<string, Map<string, readonly [before: LogEntry | null, behind: LogEntry]>>;

export const logWriteCycles: HistoryChecker = {
  name: 'log-write-cycles',
  guarantee: 'log',
  title: 'Transactions have one order in all partitions',
  codes: ['G0'],
  check(history) {
    const facts = logFacts(history);
    const edges = edgesOf(facts);
    const turning = [...edges.keys()].filter((name) => reaches(edges, name, name));
    const findings = turning.slice(0, 1).map(() => finding(turning, edges));
    return { findings, looked: facts.entries.length };
  },
};

function edgesOf({ partitions }: LogFacts): Edges {
  const edges: Edges = new Map();
  for (const partition of partitions) {
    let last: LogEntry | null = null;
    for (const { entries } of partition.all()) {
      for (const entry of entries) {
        if (entry.transaction === null || !isCommitted(entry) || isCut(entry)) continue;
        if (last?.transaction !== entry.transaction) link(edges, last, entry);
        last = entry;
      }
    }
  }
  return edges;
}

/** The first record of a partition stands behind nobody, which is nobody's name. */
function link(edges: Edges, before: LogEntry | null, behind: LogEntry): void {
  const from = before?.transaction?.name ?? '';
  const next = edges.get(from) ?? new Map<string, readonly [LogEntry | null, LogEntry]>();
  edges.set(from, next);
  next.set(behind.transaction?.name ?? '', [before, behind]);
}

/** Everything that is reached is looked at in its turn; a set grows while it is read. */
function reaches(edges: Edges, from: string, to: string): boolean {
  const reached = new Set<string>(edges.get(from)?.keys());
  for (const name of reached) {
    for (const next of edges.get(name)?.keys() ?? []) reached.add(next);
  }
  return reached.has(to);
}

function finding(turning: readonly string[], edges: Edges): Finding {
  const actual = turning.flatMap((from) =>
    [...(edges.get(from) ?? [])].map(([to, [before, behind]]) => ({
      ...{ from, to, partition: `${behind.record.partition}` },
      ...{ before: `${before?.record.offset}`, behind: `${behind.record.offset}` },
    })),
  );
  const message = `${turning.join(', ')} stand before and behind each other`;
  return { code: 'G0', layer: 'log', message, identity: null, expected: null, actual };
}
