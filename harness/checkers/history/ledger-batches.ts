/**
 * G5: what the ledger calls committed is in the table, and stays there.
 *
 * A committed append of which no snapshot was ever made current is a `silent-no-commit`. When a
 * version no longer descends from the snapshot of a committed batch, or a pointer goes to a place
 * where it was before, the table went back behind the ledger: `ahead-of-table`. A batch that froze
 * another number of rows than its closed ranges have is a `digest-mismatch`. A restore takes ledger
 * and pointer back together, and is none of these.
 */
import type { HistoryChecker } from './checker.ts';
import { type Emit, Findings } from './finding.ts';
import type { HistoryEvent, Identity, LakeSnapshot } from './history.ts';
import { foldLines, reading } from './ledger-lines.ts';
import { PerPartition } from './row-partitions.ts';

type BatchEvent = Extract<HistoryEvent, { type: 'batch' }>;
type RangeEvent = Extract<HistoryEvent, { type: 'range' }>;
type Swing = Extract<HistoryEvent, { type: 'swing' }>;

interface Table {
  readonly places: Set<string>;
  readonly snapshots: Map<number, LakeSnapshot | null>;
  current: number;
  /** Ids of the current snapshot and its ancestors. */
  line: Set<number>;
}

class Ledger {
  readonly tables = new Map<string, Table>();
  readonly closed = new PerPartition<RangeEvent[]>(() => []);
}

/** Committed appends that brought rows, of every line of time. */
type Appends = Map<string, BatchEvent>;

export const ledgerBatches: HistoryChecker = {
  name: 'ledger-batches',
  guarantee: 'G5',
  title: 'Committed batches are in the table and stay there',
  codes: ['silent-no-commit', 'ahead-of-table', 'digest-mismatch'],
  applies: ({ configuration }) => configuration.hasLedger,
  check(history) {
    const findings = new Findings();
    const committed: Appends = new Map();
    /** Batches whose snapshots were current at some time. */
    const shown = new Set<string>();
    foldLines(
      history,
      {
        reads: reading('range', 'batch', 'swing'),
        fresh: () => new Ledger(),
        database(ledger, event, emit) {
          switch (event.type) {
            case 'range':
              if (event.state === 'done') ledger.closed.of(event.span).push(event);
              break;
            case 'batch':
              if (event.state === 'committed') frozen(ledger, event, emit);
              break;
            case 'swing':
              swing(ledger, event, committed, emit);
          }
        },
        elsewhere(_ledger, event) {
          switch (event.type) {
            case 'batch':
              if (event.state === 'committed' && rowsOf(event) > 0) {
                committed.set(event.batch, event);
              }
              break;
            case 'swing':
              shown.add(event.snapshot?.batch ?? '');
          }
        },
      },
      findings.add,
    );
    for (const batch of committed.values()) {
      if (shown.has(batch.batch)) continue;
      tell('silent-no-commit', batch, 'is committed, and no snapshot carries its id', findings.add);
    }
    return { findings: findings.list, looked: committed.size };
  },
};

const rowsOf = ({ spans }: BatchEvent) => spans.reduce((sum, { rows }) => sum + rows, 0);

function frozen({ closed }: Ledger, batch: BatchEvent, emit: Emit): void {
  for (const span of batch.spans) {
    const inside = closed
      .of(span)
      .filter(
        (range) =>
          range.span.offsetFirst >= span.offsetFirst && range.span.offsetLast <= span.offsetLast,
      );
    const rows = inside.reduce((sum, { bronzeRows }) => sum + (bronzeRows ?? Number.NaN), 0);
    if (rows === span.rows) continue;
    const identity = { ...span, offset: span.offsetFirst };
    tell('digest-mismatch', batch, `has not the ${rows} rows of its ranges`, emit, identity);
  }
}

function swing(ledger: Ledger, event: Swing, committed: Appends, emit: Emit): void {
  const { table: name, snapshot, from, to } = event;
  const table = ledger.tables.get(name) ?? {
    ...{ places: new Set<string>(), snapshots: new Map() },
    ...{ current: Number.NaN, line: new Set<number>() },
  };
  ledger.tables.set(name, table);
  if (table.places.has(to)) {
    const message = `the pointer of ${name} went back to ${to}`;
    const [code, layer, identity] = ['ahead-of-table', 'ledger', null] as const;
    emit({ code, layer, message, identity, subject: to, actual: [{ from, to }] });
  }
  table.places.add(from ?? '').add(to);
  table.snapshots.set(idOf(snapshot), snapshot);
  const goesOn = table.current === (snapshot?.parentId ?? Number.NaN);
  table.current = idOf(snapshot);
  if (goesOn) {
    table.line.add(table.current);
    return;
  }
  const line = lineOf(snapshot, table.snapshots);
  for (const id of table.line) {
    const batch = committed.get(table.snapshots.get(id)?.batch ?? '');
    if (batch === undefined || line.has(id)) continue;
    tell('ahead-of-table', batch, `is committed, and ${to} does not lead to it`, emit);
  }
  table.line = line;
}

/** As far as the snapshots are known; there are no more steps than snapshots. */
function lineOf(
  current: LakeSnapshot | null,
  known: ReadonlyMap<number, LakeSnapshot | null>,
): Set<number> {
  const line = new Set<number>();
  let at = idOf(current);
  for (const _ of known) {
    line.add(at);
    at = known.get(at)?.parentId ?? Number.NaN;
  }
  return line;
}

const idOf = (snapshot: LakeSnapshot | null): number => snapshot?.snapshotId ?? Number.NaN;

const firstOf = ({ spans }: BatchEvent): Identity | null =>
  spans.map((span) => ({ ...span, offset: span.offsetFirst }))[0] ?? null;

function tell(
  code: string,
  batch: BatchEvent,
  words: string,
  emit: Emit,
  identity = firstOf(batch),
): void {
  const message = `batch ${batch.batch} ${words}`;
  const actual = [{ batch: batch.batch, rows: rowsOf(batch), epoch: batch.epoch }];
  emit({ code, layer: 'ledger', message, identity, subject: batch.batch, actual });
}
