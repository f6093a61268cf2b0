/**
 * Numbers for charts: round ticks, scales, and series with fewer points.
 *
 * A long run has more points than a screen has pixels. Down-sampling keeps the first, the last, and
 * in each stretch the lowest and the highest point, so that a short spike of lag, which is what one
 * looks for, can't disappear.
 */

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** At most `pointsMax` points (at least 4) that keep every extreme of their stretch. */
export function fewerPoints(points: readonly Point[], pointsMax: number): readonly Point[] {
  if (points.length <= pointsMax) return points;
  const stretches = Math.max(1, Math.floor((pointsMax - 2) / 2));
  const inner = points.slice(1, -1);
  const kept: Point[] = [points[0]!];
  for (let stretch = 0; stretch < stretches; stretch += 1) {
    const from = Math.floor((inner.length * stretch) / stretches);
    const to = Math.floor((inner.length * (stretch + 1)) / stretches);
    kept.push(...extremes(inner.slice(from, to)));
  }
  kept.push(points.at(-1)!);
  return kept;
}

function extremes(points: readonly Point[]): readonly Point[] {
  let [low, high] = [points[0], points[0]];
  for (const point of points) {
    if (low === undefined || point.y < low.y) low = point;
    if (high === undefined || point.y > high.y) high = point;
  }
  if (low === undefined || high === undefined) return [];
  if (low === high) return [low];
  return low.x <= high.x ? [low, high] : [high, low];
}

/** Round numbers (1, 2 or 5 times a power of ten) from at or below `min` to at or above `max`. */
export function ticks(min: number, max: number, ticksMax: number): readonly number[] {
  const span = max - min || 1;
  const rough = span / Math.max(1, ticksMax - 1);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((n) => n * power).find((n) => n >= rough) ?? 10 * power;
  const first = Math.floor(min / step);
  const last = Math.ceil(max / step);
  return Array.from({ length: last - first + 1 }, (_, index) => cleaned((first + index) * step));
}

/** Without the dust of binary fractions: 0.30000000000000004 is 0.3. */
function cleaned(value: number): number {
  return Number(value.toPrecision(12));
}

/** Maps `from` to `to` linearly. */
export function scale(
  from: readonly [number, number],
  to: readonly [number, number],
): (value: number) => number {
  const span = from[1] - from[0] || 1;
  return (value) => to[0] + ((value - from[0]) / span) * (to[1] - to[0]);
}
