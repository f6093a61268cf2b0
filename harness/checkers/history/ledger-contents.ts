/**
 * G5: a closed range holds what the ledger recorded when it was closed, then and ever after.
 *
 * Rows of bronze and of the dead letters are counted in each range, and compared at the moment of
 * closing and again whenever rows of the range come or go. Another number than the recorded one is
 * a `digest-mismatch`; none at all where there should be some is a `silent-no-commit`. A range that
 * was opened for other numbers than it was closed with, or closed without numbers or digests, does
 * not fit either.
 */
import type { HistoryChecker } from './checker.ts';
import { type Emit, Findings, nameOf } from './finding.ts';
import type { HistoryEvent, HotLayer, OffsetSpan, Row } from './history.ts';
import { foldLines, reading } from './ledger-lines.ts';
import { contains } from './row-fact.ts';
import { PerPartition } from './row-partitions.ts';

type RangeEvent = Extract<HistoryEvent, { type: 'range' }>;

interface Range {
  readonly span: OffsetSpan;
  /** Records that it was opened for. */
  readonly opened: number;
  closed: RangeEvent | null;
  bronze: number;
  dead: number;
}

type Ledger = PerPartition<Range[]>;

/** A row that came (1) or went (-1). */
interface Change {
  readonly layer: HotLayer;
  readonly offset: number;
  readonly times: number;
}

/** All that ever happened to the rows of each partition; no restore takes it back. */
type Store = PerPartition<Change[]>;

export const ledgerContents: HistoryChecker = {
  name: 'ledger-contents',
  guarantee: 'G5',
  title: 'Closed ranges hold what the ledger recorded of them',
  codes: ['digest-mismatch', 'silent-no-commit'],
  applies: ({ configuration }) => configuration.hasLedger,
  check(history) {
    const findings = new Findings();
    const store: Store = new PerPartition(() => []);
    let looked = 0;
    foldLines<Ledger>(
      history,
      {
        reads: reading('range', 'rows-added', 'rows-removed'),
        fresh: () => new PerPartition(() => []),
        database(ledger, event, emit) {
          switch (event.type) {
            case 'range':
              if (event.state === 'done') close(rangeOf(ledger, store, event), event, emit);
              else rangeOf(ledger, store, event);
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

/** The open range that the event closes or takes over, or else a new one with what is there. */
function rangeOf(ledger: Ledger, store: Store, { span, rows }: RangeEvent): Range {
  const ranges = ledger.of(span);
  const known = ranges.findLast((range) => range.span.offsetFirst === span.offsetFirst);
  if (known?.closed === null) return known;
  const range = { span, opened: rows, closed: null, bronze: 0, dead: 0 };
  for (const one of store.of(span)) count(range, one);
  ranges.push(range);
  return range;
}

function count(range: Range, { layer, offset, times }: Change): void {
  if (!contains(range.span, offset)) return;
  if (layer === 'bronze') range.bronze += times;
  else range.dead += times;
}

function close(range: Range, event: RangeEvent, emit: Emit): void {
  range.closed = event;
  const { bronzeRows, deadRows, bronzeDigest, deadDigest, rows } = event;
  const isWhole = bronzeDigest !== null && deadDigest !== null;
  const recorded = (bronzeRows ?? Number.NaN) + (deadRows ?? Number.NaN);
  if (!isWhole || recorded !== range.opened || rows !== range.opened) {
    tell('digest-mismatch', range, emit);
  }
  compare(range, emit);
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
  const changed = new Set<Range>();
  for (const row of rows) {
    const one = { layer, offset: row.offset, times };
    store.of(row).push(one);
    for (const range of ledger.of(row)) {
      if (!contains(range.span, row.offset)) continue;
      count(range, one);
      changed.add(range);
    }
  }
  for (const range of changed) compare(range, emit);
}

function compare(range: Range, emit: Emit): void {
  const { closed, bronze, dead } = range;
  if (closed === null || (bronze === closed.bronzeRows && dead === closed.deadRows)) return;
  const isEmpty = bronze + dead === 0 && closed.rows > 0;
  tell(isEmpty ? 'silent-no-commit' : 'digest-mismatch', range, emit);
}

function tell(code: string, range: Range, emit: Emit): void {
  const { span, opened, closed, bronze, dead } = range;
  const { topicId, partition, offsetFirst, offsetLast } = span;
  emit({
    code,
    layer: 'ledger',
    message: `range ${nameOf(span)}:${offsetFirst}-${offsetLast} does not hold what was recorded of it`,
    identity: { topicId, partition, offset: offsetFirst },
    expected: {
      opened,
      records: closed?.rows ?? null,
      bronze: closed?.bronzeRows ?? null,
      dead: closed?.deadRows ?? null,
    },
    actual: [{ bronze, dead }],
  });
}
