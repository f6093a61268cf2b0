/**
 * What is remembered of a record: who should have it, and what a layer holds of it.
 *
 * Plain mutable objects that the folds of a history fill and the checkers only read.
 */
import type { HotLayer, Identity, LoggedRecord, OffsetSpan, Row } from './history.ts';

/** A record of the log, or something that a layer holds and the log does not. */
export interface RowFact extends Identity {
  /** Place in `RowFacts.facts`. */
  readonly index: number;
  readonly place: PartitionFacts;
  record: LoggedRecord | null;
  transaction: string | null;
  /** False once the log lost it and nobody has it. */
  isKept: boolean;
  /** A range or head of bronze claims it. */
  isClosed: boolean;
  /** At the end: the layer that should have it; null when it is not committed, or not kept. */
  home: HotLayer | null;
  /** At the end: no undecided transaction lies before it, so that readers get it. */
  isStable: boolean;
  /** At the end: which expected trade of its partition it is, from 1; 0 when it is none. */
  rank: number;
}

/** What a layer holds of a record. */
export interface Held {
  copies: number;
  copiesMax: number;
  /** It was not there at some moment at which the layer claimed it. */
  wasLost: boolean;
  /** A copy with another content than the log's. */
  altered: Row | null;
  /** How many such copies there are. */
  alteredCopies: number;
  /** Why the layer should not have had it. */
  unexplained: string | null;
}

export interface PartitionFacts {
  /** Counted from 0, over all partitions of all topics. */
  readonly index: number;
  readonly topicId: string;
  readonly partition: number;
  readonly byOffset: Map<number, RowFact>;
  /** At the end, by offset. */
  inOrder: readonly RowFact[];
  /** Intents, whether closed or not, of every line of time: what they led to may come late. */
  readonly announced: OffsetSpan[];
  head: number;
  unclosed: RowFact[];
}

/** By `RowFact.index`; nothing where the layer never held the record. */
export type HeldRows = Array<Held | undefined>;

export function heldOf(rows: HeldRows, { index }: RowFact): Held {
  const held = rows[index] ?? newHeld();
  rows[index] = held;
  return held;
}

const newHeld = (): Held => ({
  copies: 0,
  copiesMax: 0,
  wasLost: false,
  altered: null,
  alteredCopies: 0,
  unexplained: null,
});

export const contains = (span: OffsetSpan, offset: number): boolean =>
  offset >= span.offsetFirst && offset <= span.offsetLast;

/** Where a record belongs, whether it is committed or not. */
export const homeOf = ({ record }: RowFact): HotLayer =>
  record?.isTrade === false ? 'dead-letters' : 'bronze';
