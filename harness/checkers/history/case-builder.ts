/**
 * A sound little history that every checker passes, and the means to do something to it.
 *
 * Two partitions, two ranges each, two batches and two snapshots; a dead letter (partition 0,
 * offset 2), an aborted record (partition 1, offset 1) and the marker behind it (offset 2, which is
 * no record). A case takes it and drops, changes or adds a fact. An edit that finds nothing to edit
 * fails, so that no case is silently the healthy history.
 */
import * as facts from './case-facts.ts';
import { ingester, keyOf, lakeTable, offloader, row, rows, span, topicId } from './case-facts.ts';
import type { History, HistoryConfiguration, HistoryEvent, HistoryFact } from './history.ts';

type Pick = (fact: HistoryFact) => boolean;

/** Facts in their order, with edits that give a new plan each. */
export class Plan {
  readonly facts: readonly HistoryFact[];

  constructor(all: readonly HistoryFact[]) {
    this.facts = all;
  }

  /** Puts facts before the first that is picked. */
  before(pick: Pick, ...more: HistoryFact[]): Plan {
    return this.#splice(this.#find(pick), 0, more);
  }

  /** Puts facts after the first that is picked. */
  after(pick: Pick, ...more: HistoryFact[]): Plan {
    return this.#splice(this.#find(pick) + 1, 0, more);
  }

  /** Takes out the first that is picked, and puts facts in its place. */
  instead(pick: Pick, ...more: HistoryFact[]): Plan {
    return this.#splice(this.#find(pick), 1, more);
  }

  /** Takes out every fact that is picked. */
  without(pick: Pick): Plan {
    this.#find(pick);
    return new Plan(this.facts.filter((fact) => !pick(fact)));
  }

  /** Ends before the first that is picked. */
  until(pick: Pick): Plan {
    return new Plan(this.facts.slice(0, this.#find(pick)));
  }

  /** Puts facts at the end. */
  atEnd(...more: HistoryFact[]): Plan {
    return new Plan([...this.facts, ...more]);
  }

  /** `seq` of the first that is picked: what a backup names. */
  seqOf(pick: Pick): number {
    return this.#find(pick) + 1;
  }

  history(configuration: Partial<HistoryConfiguration> = {}): History {
    return {
      configuration: {
        name: 'case',
        allowed: [],
        faultsArmed: 0,
        hasLedger: true,
        expectDrained: true,
        ...configuration,
      },
      events: this.facts.map((fact, i): HistoryEvent => ({ ...fact, seq: i + 1, atMs: i * 10 })),
    };
  }

  #find(pick: Pick): number {
    const index = this.facts.findIndex(pick);
    if (index < 0) throw new Error(`nothing to edit: ${pick}`);
    return index;
  }

  #splice(index: number, take: number, more: readonly HistoryFact[]): Plan {
    return new Plan([...this.facts.slice(0, index), ...more, ...this.facts.slice(index + take)]);
  }
}

/** Picks by type and by some of the fact's own fields, `is('swing', { to: 'm2' })`. */
export function is<T extends HistoryFact['type']>(
  type: T,
  fields: Partial<Extract<HistoryFact, { type: T }>> = {},
): Pick {
  const wanted = Object.entries(fields);
  return (fact) =>
    fact.type === type && wanted.every(([name, value]) => same(Reflect.get(fact, name), value));
}

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

export const isAppend =
  (partition: number, offset: number): Pick =>
  (fact) =>
    fact.type === 'append' && fact.record.partition === partition && fact.record.offset === offset;

/** The statement that added a row. */
export const isAdded =
  (partition: number, offset: number): Pick =>
  (fact) =>
    fact.type === 'rows-added' &&
    fact.rows.some((r) => r.partition === partition && r.offset === offset);

export const isRange =
  (state: 'intent' | 'done', partition: number, first: number): Pick =>
  (fact) =>
    fact.type === 'range' &&
    fact.state === state &&
    fact.span.partition === partition &&
    fact.span.offsetFirst === first;

export const isHead = (layer: string, partition: number, offsetNext: number): Pick =>
  is('head', { layer, partition, offsetNext });

export const isBatch = (state: 'open' | 'committed' | 'void', name: string): Pick =>
  is('batch', { state, batch: name });

export const isFile =
  (path: string): Pick =>
  (fact) =>
    fact.type === 'file-written' && fact.file.path === path;

export const batchSpans = {
  first: [
    { ...span(0, 0, 2), rows: 2 },
    { ...span(1, 0, 3), rows: 2 },
  ],
  second: [
    { ...span(0, 3, 5), rows: 3 },
    { ...span(1, 4, 4), rows: 1 },
  ],
} as const;

/** Files `f1` and `f2`, snapshots 1 and 2, batches `batch-1` and `batch-2`, versions `m0` on. */
export function healthy(): Plan {
  return new Plan([
    ...beginning(),
    ...production(),
    ...ranges('first'),
    facts.head(lakeTable, 0, 0),
    facts.head(lakeTable, 1, 0),
    ...offload('first'),
    ...ranges('second'),
    ...offload('second'),
    { type: 'phase', phase: 'heal' },
    { type: 'phase', phase: 'liveness' },
    facts.drained,
    { type: 'phase', phase: 'end' },
  ]);
}

/** The same log, rows and versions, told by services without a ledger. */
export function withoutLedger(): Plan {
  const ledger = new Set(['lease', 'range', 'head', 'batch']);
  return new Plan(
    healthy()
      .without(({ type }) => ledger.has(type))
      .facts.map((fact) => (fact.type === 'swing' ? { ...fact, epoch: null } : fact)),
  );
}

function beginning(): readonly HistoryFact[] {
  return [
    { type: 'phase', phase: 'safety' },
    { type: 'topic', topic: 'trades', topicId },
    { type: 'process', process: 'producer-1', state: 'started' },
    { type: 'process', process: ingester, state: 'started' },
    { type: 'process', process: offloader, state: 'started' },
    facts.lease(`ingest:${topicId}:0`, 1, ingester),
    facts.lease(`ingest:${topicId}:1`, 1, ingester),
    facts.swing(null, 'm0', null, null),
    facts.lease(lakeTable, 1, offloader),
    facts.head('bronze', 0, 0),
    facts.head('bronze', 1, 0),
  ];
}

/** What producers sent: two plain sends, one transaction that aborts, and one that commits. */
function production(): readonly HistoryFact[] {
  const send = (number: number, partition: number, offsets: readonly number[], tx?: string) => ({
    begin: {
      type: 'send' as const,
      process: 'producer-1',
      send: number,
      partition,
      keys: offsets.map((offset) => keyOf(partition, offset)),
      transaction: tx ?? null,
    },
    end: { type: 'send-end' as const, send: number, outcome: 'acknowledged' as const, offsets },
  });
  const plain = send(1, 0, [0, 1, 2, 3, 4, 5]);
  const first = send(2, 1, [0]);
  const aborted = send(3, 1, [1], 'tx-1');
  const committed = send(4, 1, [3, 4], 'tx-2');
  return [
    plain.begin,
    ...[0, 1].map((offset) => facts.appendTrade(0, offset)),
    facts.append(facts.record(0, 2, { isTrade: false })),
    ...[3, 4, 5].map((offset) => facts.appendTrade(0, offset)),
    plain.end,
    first.begin,
    facts.appendTrade(1, 0),
    first.end,
    aborted.begin,
    facts.append(facts.record(1, 1), 'tx-1'),
    aborted.end,
    { type: 'transaction', transaction: 'tx-1', outcome: 'aborted' },
    committed.begin,
    facts.append(facts.record(1, 3), 'tx-2'),
    facts.append(facts.record(1, 4), 'tx-2'),
    committed.end,
    { type: 'transaction', transaction: 'tx-2', outcome: 'committed' },
  ];
}

const poll = (partition: number, first: number, last: number, offsets: readonly number[]) => ({
  type: 'poll' as const,
  process: ingester,
  reader: partition,
  span: span(partition, first, last),
  records: offsets.map((offset) => ({ offset, key: keyOf(partition, offset) })),
});

function ranges(which: 'first' | 'second'): readonly HistoryFact[] {
  if (which === 'first') {
    return [
      poll(0, 0, 2, [0, 1, 2]),
      facts.intent(span(0, 0, 2), 3),
      facts.added('bronze', rows(0, 0, 1)),
      facts.added('dead-letters', [row(0, 2)]),
      facts.done(span(0, 0, 2), 2, 1),
      facts.head('bronze', 0, 3),
      poll(1, 0, 3, [0, 3]),
      facts.intent(span(1, 0, 3), 2),
      facts.added('bronze', rows(1, 0, 3)),
      facts.done(span(1, 0, 3), 2),
      facts.head('bronze', 1, 4),
    ];
  }
  return [
    poll(0, 3, 5, [3, 4, 5]),
    facts.intent(span(0, 3, 5), 3),
    facts.added('bronze', rows(0, 3, 4, 5)),
    facts.done(span(0, 3, 5), 3),
    facts.head('bronze', 0, 6),
    poll(1, 4, 4, [4]),
    facts.intent(span(1, 4, 4), 1),
    facts.added('bronze', rows(1, 4)),
    facts.done(span(1, 4, 4), 1),
    facts.head('bronze', 1, 5),
  ];
}

function offload(which: 'first' | 'second'): readonly HistoryFact[] {
  const spans = batchSpans[which];
  if (which === 'first') {
    return [
      facts.batch('open', 'batch-1', spans),
      facts.file('f1', [...rows(0, 0, 1), ...rows(1, 0, 3)]),
      facts.batch('committed', 'batch-1', spans),
      facts.head(lakeTable, 0, 3),
      facts.head(lakeTable, 1, 4),
      facts.swing('m0', 'm1', facts.snapshot(1, ['f1'], 4)),
    ];
  }
  return [
    facts.batch('open', 'batch-2', spans),
    facts.file('f2', [...rows(0, 3, 4, 5), ...rows(1, 4)]),
    facts.batch('committed', 'batch-2', spans),
    facts.head(lakeTable, 0, 6),
    facts.head(lakeTable, 1, 5),
    facts.swing('m1', 'm2', facts.snapshot(2, ['f1', 'f2'], 8)),
  ];
}
