/**
 * G5: a head stands where its layer's closed ranges, or committed batches, end, and never goes back
 * but by a restore.
 *
 * Below that end it went back (`head-regression`). Beyond it, it claims offsets that no range
 * covers (`range-gap`) or no batch brought (`silent-no-commit`). The lake's head is never beyond
 * that of bronze (`ahead-of-table`). Head and closing are one transaction, but two events, so the
 * one is compared with the other when the next of its kind comes, and when the line ends. The foil
 * has one watermark a table, which may not go back either.
 */
import type { HistoryChecker } from './checker.ts';
import { type Emit, Findings, nameOf } from './finding.ts';
import type { HistoryEvent, OffsetSpan } from './history.ts';
import { foldLines, reading } from './ledger-lines.ts';
import { type PartitionKey, PerPartition } from './row-partitions.ts';

interface Head {
  readonly layer: string;
  readonly topicId: string;
  readonly partition: number;
  /** Null before it was ever told. */
  next: number | null;
  /** Where closed ranges or committed batches end; null before there is one. */
  end: number | null;
}

class Heads {
  readonly watermarks = new Map<string, number>();
  readonly #layers = new Map<string, PerPartition<Head>>();

  of(layer: string, key: PartitionKey): Head {
    const heads = this.#layers.get(layer) ?? this.#newLayer(layer);
    return heads.of(key);
  }

  all(): readonly Head[] {
    return [...this.#layers.values()].flatMap((heads) => heads.values());
  }

  #newLayer(layer: string): PerPartition<Head> {
    const made = new PerPartition<Head>(({ topicId, partition }) => ({
      ...{ layer, topicId, partition, next: null, end: null },
    }));
    this.#layers.set(layer, made);
    return made;
  }
}

const bronze = 'bronze';
const nowhere = Number.NEGATIVE_INFINITY;

export const ledgerHeads: HistoryChecker = {
  name: 'ledger-heads',
  guarantee: 'G5',
  title: 'Heads stand where what they close ends, and never go back',
  codes: ['head-regression', 'range-gap', 'silent-no-commit', 'ahead-of-table'],
  applies: ({ configuration, events }) =>
    configuration.hasLedger || events.some(({ type }) => type === 'watermark'),
  check(history) {
    const findings = new Findings();
    let looked = 0;
    foldLines(
      history,
      {
        reads: reading('range', 'batch', 'head', 'watermark'),
        fresh: () => new Heads(),
        database,
        elsewhere(_heads, { type }) {
          if (type === 'head' || type === 'watermark') looked += 1;
        },
        ended(heads, emit) {
          for (const head of heads.all()) {
            behind(head, emit);
            ahead(head, emit);
          }
        },
      },
      findings.add,
    );
    return { findings: findings.list, looked };
  },
};

function database(heads: Heads, event: HistoryEvent, emit: Emit): void {
  switch (event.type) {
    case 'range':
      if (event.state === 'done') close(heads.of(bronze, event.span), event.span, emit);
      break;
    case 'batch':
      if (event.state !== 'committed') break;
      for (const span of event.spans) close(heads.of(event.table, span), span, emit);
      break;
    case 'head':
      move(heads, event, emit);
      break;
    case 'watermark':
      sink(heads.watermarks, event.table, event.at, emit);
  }
}

function close(head: Head, { offsetLast }: OffsetSpan, emit: Emit): void {
  behind(head, emit);
  head.end = Math.max(head.end ?? nowhere, offsetLast + 1);
}

function move(heads: Heads, event: Extract<HistoryEvent, { type: 'head' }>, emit: Emit): void {
  const head = heads.of(event.layer, event);
  ahead(head, emit);
  const before = head.next ?? event.offsetNext;
  if (event.offsetNext < before) tell('head-regression', head, event.offsetNext, before, emit);
  // The first that is told of a head is where its layer begins.
  head.end ??= event.offsetNext;
  head.next = event.offsetNext;
  const limit = heads.of(bronze, event).next ?? event.offsetNext;
  if (event.offsetNext > limit) tell('ahead-of-table', head, limit, limit, emit);
}

/** A head that does not follow what was closed before; also one that is not there at all. */
function behind(head: Head, emit: Emit): void {
  const end = head.end ?? nowhere;
  if ((head.next ?? nowhere) < end) tell('head-regression', head, head.next ?? end - 1, end, emit);
}

function ahead(head: Head, emit: Emit): void {
  const end = head.end ?? nowhere;
  const code = head.layer === bronze ? 'range-gap' : 'silent-no-commit';
  if ((head.next ?? end) > end) tell(code, head, end, end, emit);
}

function tell(code: string, head: Head, offset: number, expected: number, emit: Emit): void {
  const { layer, topicId, partition, next } = head;
  emit({
    code,
    layer: 'ledger',
    message: `the head of ${layer} ${nameOf(head)} and what it closes do not end at one offset`,
    identity: { topicId, partition, offset },
    subject: layer,
    expected: { offsetNext: expected },
    actual: [{ offsetNext: next }],
  });
}

function sink(watermarks: Map<string, number>, table: string, at: number, emit: Emit): void {
  const before = watermarks.get(table) ?? at;
  watermarks.set(table, at);
  if (at >= before) return;
  emit({
    code: 'head-regression',
    layer: 'ledger',
    message: `the watermark of ${table} went back`,
    identity: null,
    subject: `${table} ${at}`,
    expected: { at: before },
    actual: [{ at }],
  });
}
