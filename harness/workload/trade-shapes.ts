/**
 * How real trades are distributed, taken from the recording that is checked in (34,419 trades,
 * 12,055 milliseconds).
 *
 * Each table maps a cumulated share to a value; between two points it is interpolated by ratio,
 * since all of these span orders of magnitude. What they keep: two of three milliseconds with a
 * trade have one only, but some have hundreds (735 once), so that three of four trades share
 * theirs; gaps come in bursts; a fifth of all trades has the smallest amount a robot sends; a price
 * stands still in half of the steps and then jumps.
 */

import type { Prng } from './prng.ts';

export type ShapePoint = readonly [cumulatedShare: number, value: number];

/** Draws values; `points` rise in both columns, values are above 0, the last share is 1. */
export class Shape {
  readonly #shares: Float64Array;
  readonly #values: Float64Array;

  /** Throws RangeError when the points are none of a distribution. */
  constructor(points: readonly ShapePoint[]) {
    points.forEach(([share, value], i) => {
      const [shareBefore, valueBefore] = points[i - 1] ?? [0, Number.MIN_VALUE];
      if (!(share > shareBefore && value >= valueBefore)) throw new RangeError(`point ${i}`);
    });
    if (points.at(-1)?.[0] !== 1) throw new RangeError('the last share is not 1');
    this.#shares = Float64Array.from(points, ([share]) => share);
    this.#values = Float64Array.from(points, ([, value]) => value);
  }

  draw(prng: Prng): number {
    const share = prng.unit();
    const shares = this.#shares;
    let i = 0;
    while (share >= shares[i]!) i += 1;
    if (i === 0) return this.#values[0]!;
    const from = this.#values[i - 1]!;
    const to = this.#values[i]!;
    if (from === to) return to;
    const part = (share - shares[i - 1]!) / (shares[i]! - shares[i - 1]!);
    return from * (to / from) ** part;
  }
}

/** Trades in one millisecond of one symbol; round down. */
export const tradesInMillisecond = new Shape([
  [0.638, 1],
  [0.6381, 2],
  [0.762, 3],
  [0.813, 4],
  [0.85, 5],
  [0.9, 7.5],
  [0.95, 12],
  [0.99, 22],
  [0.999, 60],
  [0.9998, 190],
  [1, 736],
]);

/** Milliseconds to the next one with a trade, for one symbol as active as BTCUSDT was. */
export const gapMs = new Shape([
  [0.17, 1],
  [0.25, 4],
  [0.5, 24],
  [0.75, 109],
  [0.9, 263],
  [0.95, 412],
  [0.99, 762],
  [1, 2014],
]);

/** Milliseconds from trade to event; round. */
export const eventLagMs = new Shape([
  [0.05, 0.4],
  [0.0501, 1],
  [0.74, 1],
  [0.8, 6],
  [0.9, 35],
  [0.97, 100],
  [1, 214],
]);

/** Amount as a multiple of the smallest that is common (about 5.5 USDT). */
export const amountMultiple = new Shape([
  [0.2, 1],
  [0.27, 1.1],
  [0.5, 6],
  [0.75, 120],
  [0.9, 520],
  [0.95, 950],
  [0.99, 2700],
  [0.999, 7500],
  [1, 50_000],
]);

/** Price steps as millionths of the price; what the shares below call "still" is not in here. */
export const priceStepPpm = new Shape([
  [0.3, 0.16],
  [0.5, 1.2],
  [0.75, 5],
  [0.93, 16],
  [0.99, 60],
  [1, 250],
]);

/**
 * Share of trades at the price of the one before, inside a millisecond and from one to the next.
 */
export const priceStillInside = 0.7;
export const priceStillBetween = 0.55;
/** Share of milliseconds whose taker is on the side of the one before. */
export const sameSide = 0.73;
/**
 * Bursts: how often one begins, how many milliseconds with trades it lasts, how much shorter the
 * gaps are.
 */
export const burstBegins = 0.003;
export const burstLength = new Shape([
  [0.1, 40],
  [0.6, 150],
  [1, 900],
]);
export const burstGapDivisor = 8;
