/**
 * Reads what happened in the database of ledger and catalog, and knows that a restore takes it
 * back.
 *
 * After a `restored` event the database is where the backup was: heads, ranges, batches, pointers
 * and epochs go back, and a new line of time begins there. So whoever folds them is given a fresh
 * state and, in order, everything that leads to the backup, without telling it a second time. What
 * other services hold (rows, files) does not go back, and is handed over once. A fold says which
 * types of events it reads, because most events are none of its business.
 */
import { type Emit, muted } from './finding.ts';
import type { History, HistoryEvent } from './history.ts';
import { perHistory } from './per-history.ts';

type EventType = HistoryEvent['type'];

export interface LineFold<S> {
  /** Made by `reading`. */
  readonly reads: number;
  readonly fresh: () => S;
  /** Effects in the database. */
  readonly database: (state: S, event: HistoryEvent, emit: Emit) => void;
  /** Effects elsewhere; each event is offered once, after `database`. */
  readonly elsewhere?: (state: S, event: HistoryEvent, emit: Emit) => void;
  /** The database is back at its backup. */
  readonly restored?: (state: S, emit: Emit) => void;
  /** A line ends: before a restore, and at the end of the history. */
  readonly ended?: (state: S, emit: Emit) => void;
}

export interface Restore {
  readonly seq: number;
  readonly backupSeq: number;
}

const bits = new Map<EventType, number>();
for (const type of [
  ...(['range', 'head', 'batch', 'watermark', 'swing', 'restored'] as const),
  ...(['rows-added', 'rows-removed', 'file-written', 'file-deleted', 'topic'] as const),
]) {
  bits.set(type, 2 ** bits.size);
}

const bitOf = (type: EventType): number => bits.get(type) ?? 0;

/** A restore is read by everybody. */
export function reading(...types: readonly EventType[]): number {
  return types.reduce((all, type) => all | bitOf(type), bitOf('restored'));
}

const kindsOf = perHistory(({ events }: History) => events.map(({ type }) => bitOf(type)));

/** Gives the state at the end. */
export function foldLines<S>(history: History, fold: LineFold<S>, emit: Emit): S {
  const restores: Restore[] = [];
  const kinds = kindsOf(history);
  let state = fold.fresh();
  let i = -1;
  for (const event of history.events) {
    i += 1;
    if ((kinds[i]! & fold.reads) === 0) continue;
    if (event.type === 'restored') {
      fold.ended?.(state, emit);
      state = replay(history, fold, lineTo(event.backupSeq, restores));
      restores.push(event);
      fold.restored?.(state, emit);
      continue;
    }
    fold.database(state, event, emit);
    fold.elsewhere?.(state, event, emit);
  }
  fold.ended?.(state, emit);
  return state;
}

function replay<S>(history: History, fold: LineFold<S>, leads: (seq: number) => boolean): S {
  const state = fold.fresh();
  for (const event of history.events) {
    if (leads(event.seq)) fold.database(state, event, muted);
  }
  return state;
}

/** Which events lead to `seq`, when these restores came before; the restore that goes there not. */
export function lineTo(seq: number, restores: readonly Restore[]): (seq: number) => boolean {
  const pieces: Array<{ readonly after: number; readonly to: number }> = [];
  let to = seq;
  for (const restore of restores.toReversed()) {
    if (restore.seq <= to) {
      pieces.push({ after: restore.seq, to });
      to = restore.backupSeq;
    }
  }
  pieces.push({ after: Number.NEGATIVE_INFINITY, to });
  return (one) => pieces.some((piece) => one > piece.after && one <= piece.to);
}
