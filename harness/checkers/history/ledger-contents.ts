/**
 * G5: a closed range holds what the ledger recorded when it was closed, then and ever after.
 *
 * Rows of bronze and of the dead letters are counted at the moment of closing and again whenever
 * rows of the range come or go. Another number than the recorded one is a `digest-mismatch`; none
 * at all where there should be some is a `silent-no-commit`. A range that was opened for other
 * numbers than it was closed with, or closed without numbers or digests, does not fit either.
 */
import type { HistoryChecker } from './checker.ts';
import { type Emit, Findings, nameOf } from './finding.ts';
import type { HistoryEvent, HotLayer, Row } from './history.ts';
import { foldLines } from './ledger-lines.ts';
import { contains } from './row-fact.ts';
import { PerPartition } from './row-partitions.ts';

type RangeEvent = Extract<HistoryEvent, { type: 'range' }>;

interface LedgerPartition {
  readonly intents: Map<number, RangeEvent>;
  readonly closed: RangeEvent[];
}

interface Copies {
  bronze: number;
  'dead-letters': number;
}

/** What the hot store holds of a partition, by offset; it is not taken back by a restore. */
type Store = PerPartition<Map<number, Copies>>;
type Ledger = PerPartition<LedgerPartition>;

export const ledgerContents: HistoryChecker = {
  name: 'ledger-contents',
  guarantee: 'G5',
  title: 'Closed ranges hold what the ledger recorded of them',
  codes: ['digest-mismatch', 'silent-no-commit'],
  applies: ({ configuration }) => configuration.hasLedger,
  check(history) {
    const findings = new Findings();
    const store: Store = new PerPartition(() => new Map());
    let looked = 0;
    foldLines<Ledger>(
      history,
      {
        fresh: () => new PerPartition(() => ({ intents: new Map(), closed: [] })),
        database(ledger, event, emit) {
          switch (event.type) {
            case 'range':
              if (event.state === 'done') close(ledger, store, event, emit);
              else ledger.of(event.span).intents.set(event.span.offsetFirst, event);
          }
        },
        elsewhere(ledger, event, emit) {
          switch (event.type) {
            case 'range':
              if (event.state === 'done') looked += 1;
              break;
            case 'rows-added':
              change(ledger, store, event.layer, event.rows, 1, emit);
              break;
            case 'rows-removed':
              change(ledger, store, event.layer, event.rows, -1, emit);
          }
        },
      },
      findings.add,
    );
    return { findings: findings.list, looked };
  },
};

function close(ledger: Ledger, store: Store, event: RangeEvent, emit: Emit): void {
  const { intents, closed } = ledger.of(event.span);
  const opened = intents.get(event.span.offsetFirst)?.rows ?? event.rows;
  const { bronzeRows, deadRows, bronzeDigest, deadDigest } = event;
  const isWhole = bronzeDigest !== null && deadDigest !== null;
  const recorded = (bronzeRows ?? Number.NaN) + (deadRows ?? Number.NaN);
  if (!isWhole || recorded !== opened || event.rows !== opened) {
    tell('digest-mismatch', event, { records: opened }, emit);
  }
  closed.push(event);
  compare(event, store, emit);
}

/** All rows of a statement come or go at once. */
function change(
  ledger: Ledger,
  store: Store,
  layer: HotLayer,
  rows: readonly Row[],
  times: number,
  emit: Emit,
): void {
  const changed = new Set<RangeEvent>();
  for (const row of rows) {
    const held = store.of(row);
    const copies = held.get(row.offset) ?? { bronze: 0, 'dead-letters': 0 };
    copies[layer] += times;
    held.set(row.offset, copies);
    for (const range of ledger.of(row).closed) {
      if (contains(range.span, row.offset)) changed.add(range);
    }
  }
  for (const range of changed) compare(range, store, emit);
}

function compare(range: RangeEvent, store: Store, emit: Emit): void {
  let [bronze, dead] = [0, 0];
  for (const [offset, copies] of store.of(range.span)) {
    if (!contains(range.span, offset)) continue;
    bronze += copies.bronze;
    dead += copies['dead-letters'];
  }
  if (bronze === range.bronzeRows && dead === range.deadRows) return;
  const isEmpty = bronze + dead === 0 && range.rows > 0;
  tell(isEmpty ? 'silent-no-commit' : 'digest-mismatch', range, { bronze, dead }, emit);
}

function tell(
  code: string,
  range: RangeEvent,
  actual: Readonly<Record<string, number>>,
  emit: Emit,
): void {
  const { topicId, partition, offsetFirst, offsetLast } = range.span;
  emit({
    code,
    layer: 'ledger',
    message: `range ${nameOf(range.span)}:${offsetFirst}-${offsetLast} is closed with another content than the tables hold`,
    identity: { topicId, partition, offset: offsetFirst },
    expected: { records: range.rows, bronze: range.bronzeRows, dead: range.deadRows },
    actual: [actual],
  });
}
