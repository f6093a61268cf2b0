/**
 * Decides whether missing or doubled records are single accidents or one event that hit a whole
 * ledger range.
 *
 * A whole closed range twice is a `late-duplicate`: somebody wrote it again. A closed range that
 * lost its beginning or its end (two records or more) is a `torn-batch`: a block was cut.
 * Everything else stays `missing` and `duplicate`. Differences arrive in the order of offsets, and
 * one range at a time is kept open, so memory does not grow with the number of ranges.
 */
import type { RowDifference } from './compare-rows.ts';
import { type OffsetSpan, spanAt } from './offset-spans.ts';

export interface ClosedSpan extends OffsetSpan {
  /** Records of the compared kind in it. */
  readonly rows: bigint;
}

export type TalliedCode = 'missing' | 'torn-batch' | 'duplicate' | 'late-duplicate';
export type Emit = (code: TalliedCode, difference: RowDifference, span: ClosedSpan | null) => void;

/** A run that is cut has at least this many records; one lost record is an accident of its own. */
const tornRowsMin = 2n;
const rewrittenRowsMin = 2n;

interface OpenSpan {
  readonly span: ClosedSpan;
  readonly missing: RowDifference[];
  readonly duplicates: RowDifference[];
  /**
   * Runs of present and missing records in order, `PM` for a lost end, `MP` for a lost beginning.
   */
  pattern: string;
}

/** For one partition. Feed it in the order of offsets; call `finish` at the end. */
export class RangeTally {
  readonly #spans: readonly ClosedSpan[];
  readonly #emit: Emit;
  #open: OpenSpan | null = null;

  constructor(spans: readonly ClosedSpan[], emit: Emit) {
    this.#spans = spans;
    this.#emit = emit;
  }

  /** A record that the log has; `missing` when the layer lacks it. */
  expect(offset: bigint, missing: RowDifference | null): void {
    const open = this.#at(offset);
    if (open === null) {
      if (missing !== null) this.#emit('missing', missing, null);
      return;
    }
    this.#note(open, missing === null ? 'P' : 'M');
    if (missing !== null) open.missing.push(missing);
  }

  duplicate(difference: RowDifference): void {
    const open = this.#at(difference.offset);
    if (open === null) this.#emit('duplicate', difference, null);
    else open.duplicates.push(difference);
  }

  /**
   * Records were seen equal without looking at each; the two offsets are the first and the last of
   * them.
   */
  present(offsetFirst: bigint, offsetLast: bigint): void {
    for (const offset of [offsetFirst, offsetLast]) {
      const open = this.#at(offset);
      if (open !== null) this.#note(open, 'P');
    }
  }

  finish(): void {
    const open = this.#open;
    this.#open = null;
    if (open === null) return;
    const missing = BigInt(open.missing.length);
    const torn =
      missing >= tornRowsMin &&
      missing < open.span.rows &&
      (open.pattern === 'PM' || open.pattern === 'MP');
    const duplicates = BigInt(open.duplicates.length);
    const rewritten = duplicates >= rewrittenRowsMin && duplicates === open.span.rows;
    for (const row of open.missing) this.#emit(torn ? 'torn-batch' : 'missing', row, open.span);
    for (const row of open.duplicates) {
      this.#emit(rewritten ? 'late-duplicate' : 'duplicate', row, open.span);
    }
  }

  #note(open: OpenSpan, mark: 'P' | 'M'): void {
    if (!open.pattern.endsWith(mark) && open.pattern.length < 4) open.pattern += mark;
  }

  #at(offset: bigint): OpenSpan | null {
    const open = this.#open;
    if (open !== null && open.span.offsetFirst <= offset && offset <= open.span.offsetLast) {
      return open;
    }
    const span = spanAt(this.#spans, offset);
    this.finish();
    if (span !== null) this.#open = { span, missing: [], duplicates: [], pattern: '' };
    return this.#open;
  }
}
