/**
 * Ranges of bronze in the simulated ledger: opened at the head, closed once, never changed.
 *
 * The rules are those of the trigger and the constraints in migrations/0001, asked in the same
 * order, so that a call that breaks two of them gets the same answer as from the real database. All
 * are asked before anything is written, which makes a step one transaction.
 */
import { TidemarkError } from '../../../src/pipeline/errors.ts';
import type { PartitionKey } from '../../../src/pipeline/model/range.ts';
import type { ClosedRange, IntentRange, Lease } from '../../../src/pipeline/ports/ledger.ts';
import { bronze, moveHead, partitionName, requireForward } from './ledger-heads.ts';
import { requireEpoch } from './ledger-leases.ts';
import type { LedgerContext, PartitionRanges, RangeRow } from './ledger-state.ts';

export interface Step {
  readonly close?: ClosedRange;
  readonly open?: IntentRange;
}

const conflict = (text: string) => new TidemarkError('conflict', `tidemark: ${text}`);
const refused = (text: string) => new TidemarkError('refused', `Postgres refused: ${text}`);

function rangesOf({ state }: LedgerContext, name: string): PartitionRanges {
  const known = state.ranges.get(name);
  if (known !== undefined) return known;
  const made: PartitionRanges = { rows: [], open: [] };
  state.ranges.set(name, made);
  return made;
}

export function intent({ state }: LedgerContext, key: PartitionKey): IntentRange | null {
  const row = state.ranges.get(partitionName(key))?.open[0];
  if (row === undefined) return null;
  const { topicId, partition } = key;
  const { offsetFirst, offsetLast, rows, offsetSum } = row;
  return { topicId, partition, offsetFirst, offsetLast, rows, offsetSum };
}

function observeRange(
  { observe }: LedgerContext,
  process: string,
  key: PartitionKey,
  row: RangeRow,
): void {
  const hex = (sum: bigint) => sum.toString(16).padStart(16, '0');
  observe({
    type: 'range',
    state: row.state,
    span: {
      topicId: key.topicId,
      partition: key.partition,
      offsetFirst: Number(row.offsetFirst),
      offsetLast: Number(row.offsetLast),
    },
    rows: row.rows,
    bronzeRows: row.bronze === null ? null : Number(row.bronze.rows),
    deadRows: row.deadLetters === null ? null : Number(row.deadLetters.rows),
    bronzeDigest: row.bronze === null ? null : hex(row.bronze.sum),
    deadDigest: row.deadLetters === null ? null : hex(row.deadLetters.sum),
    epoch: Number(row.epoch),
    process,
  });
}

/** The open range that the step closes; throws what the database would. */
function requireClosing(
  context: LedgerContext,
  lease: Lease,
  name: string,
  ranges: PartitionRanges,
  close: ClosedRange,
): RangeRow {
  const { guards, state } = context;
  const among = guards.frozenRange ? ranges.open : ranges.rows;
  const row = among.find(({ offsetFirst }) => offsetFirst === close.offsetFirst);
  if (row === undefined) throw conflict(`no open range ${name}:${close.offsetFirst}`);
  if (guards.rangeEpoch) requireEpoch(context, name, lease.epoch);
  const head = state.heads.get(bronze)?.get(name);
  if (guards.headCas && head?.offsetNext !== close.offsetFirst) {
    throw conflict(`head of ${name} is ${head?.offsetNext ?? '(none)'}, not ${close.offsetFirst}`);
  }
  const offsetLast = guards.frozenRange ? row.offsetLast : close.offsetLast;
  if (head !== undefined) requireForward(context, head, offsetLast + 1n);
  const rows = close.bronze.rows + close.deadLetters.rows;
  if (guards.rangeCounts && rows !== BigInt(row.rows)) {
    throw refused(`${rows} rows close a range of ${row.rows} records (23514)`);
  }
  return row;
}

/** `headNext` and `stillOpen` are what the closing within the same step leaves behind. */
function requireOpening(
  context: LedgerContext,
  lease: Lease,
  name: string,
  open: IntentRange,
  headNext: bigint | undefined,
  ranges: PartitionRanges,
  stillOpen: readonly RangeRow[],
): void {
  const { guards } = context;
  if (guards.rangeEpoch) requireEpoch(context, name, lease.epoch);
  if (guards.headCas && headNext !== open.offsetFirst) {
    throw conflict(`head of ${name} is ${headNext ?? '(none)'}, not ${open.offsetFirst}`);
  }
  const span = open.offsetLast - open.offsetFirst + 1n;
  if (span < 1n) throw refused(`range ends before it begins: ${open.offsetLast} (23514)`);
  if (open.rows < 0 || BigInt(open.rows) > span) {
    throw refused(`${open.rows} records do not fit into ${span} offsets (23514)`);
  }
  const isTaken =
    !guards.headCas &&
    ranges.rows.some((row) => row.offsetFirst === open.offsetFirst && !stillOpen.includes(row));
  if (isTaken || (guards.oneIntent && stillOpen.length > 0)) {
    throw conflict(`${name} has an open range, or one at ${open.offsetFirst} (23505)`);
  }
}

/** Closes the open range and opens the next one, either or both. */
export function advance(
  context: LedgerContext,
  process: string,
  lease: Lease,
  key: PartitionKey,
  { close, open }: Step,
): void {
  const name = partitionName(key);
  const ranges = rangesOf(context, name);
  const head = context.state.heads.get(bronze)?.get(name);
  const closing = close && requireClosing(context, lease, name, ranges, close);
  const closedTo =
    closing && (context.guards.frozenRange ? closing.offsetLast : close!.offsetLast) + 1n;
  const stillOpen = closing === undefined ? ranges.open : ranges.open.filter((r) => r !== closing);
  if (open) {
    const headNext = head && (closedTo ?? head.offsetNext);
    requireOpening(context, lease, name, open, headNext, ranges, stillOpen);
  }
  if (closing) {
    closing.state = 'done';
    closing.epoch = lease.epoch;
    closing.owner = lease.holder;
    closing.offsetLast = closedTo! - 1n;
    closing.bronze = close!.bronze;
    closing.deadLetters = close!.deadLetters;
    ranges.open = stillOpen;
    observeRange(context, process, key, closing);
    if (head) moveHead(context, bronze, head, closedTo!);
  }
  if (open) observeRange(context, process, key, opened(ranges, lease, open));
}

/**
 * The new row. Where the guard of the one intent is off, it takes the place of an open one that
 * begins at the same offset.
 */
function opened(ranges: PartitionRanges, lease: Lease, open: IntentRange): RangeRow {
  const { offsetFirst, offsetLast, rows, offsetSum } = open;
  const row: RangeRow = {
    offsetFirst,
    offsetLast,
    state: 'intent',
    epoch: lease.epoch,
    owner: lease.holder,
    rows,
    offsetSum,
    bronze: null,
    deadLetters: null,
  };
  const replaced = ranges.open.find((other) => other.offsetFirst === offsetFirst);
  if (replaced === undefined) ranges.rows.push(row);
  else ranges.rows[ranges.rows.indexOf(replaced)] = row;
  ranges.open = [...ranges.open.filter((other) => other !== replaced), row];
  return row;
}
