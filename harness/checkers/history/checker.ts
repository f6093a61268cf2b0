/**
 * What a checker of histories is: a pure function with a guarantee, the codes it may return, and
 * the number of things that it looked at.
 *
 * The number is there because a check that looked at nothing proves nothing: it is inconclusive,
 * never green. What several checkers need of a history is folded once, in the `*-facts.ts` files.
 */
import type { Finding } from '../../experiment/journal-events.ts';
import type { History } from './history.ts';

export interface CheckOutcome {
  readonly findings: readonly Finding[];
  /** Records, rows, ranges, snapshots, ... whatever the guarantee is about. */
  readonly looked: number;
}

export interface HistoryChecker {
  /** File-like name, `rows-unique`. */
  readonly name: string;
  /** `G1` ... `G12`, or `log` for the log's own promises. */
  readonly guarantee: string;
  /** The guarantee in one sentence. */
  readonly title: string;
  /** Every code that it may return. */
  readonly codes: readonly string[];
  check(history: History): CheckOutcome;
  /**
   * Whether the history promises something for it to look at; a checker without it always applies.
   * One that applies and looked at nothing is inconclusive.
   */
  applies?(history: History): boolean;
}
