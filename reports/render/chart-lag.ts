/**
 * Lag over time: how many acknowledged records had not yet reached bronze, and the lake.
 *
 * Records that were dead-lettered have arrived, so they count on both sides. A value below zero is
 * possible for a moment and is drawn as such: a record can be in bronze before its producer has
 * learnt that it was acknowledged.
 */
import type { JournalLine } from '../../harness/experiment/journal-events.ts';
import { type Frame, type Panel, plotLeft, plotRight } from './chart-frame.ts';
import { fewerPoints, type Point, scale, ticks } from './chart-scale.ts';
import { html, type Markup, px } from './html-markup.ts';
import { grouped } from './plain-text.ts';

const pointsMax = 1_000;
const plotHeight = 150;

export interface LagSeries {
  readonly bronze: readonly Point[];
  readonly lake: readonly Point[];
}

/** x in milliseconds since 1970, y in records. */
export function lagSeries(lines: readonly JournalLine[]): LagSeries {
  const progress = lines.filter((line) => line.type === 'progress');
  const behind = (reached: (line: (typeof progress)[number]) => number) =>
    fewerPoints(
      progress.map((line) => ({
        x: line.at,
        y: line.acknowledged - line.deadLetters - reached(line),
      })),
      pointsMax,
    );
  return { bronze: behind((line) => line.bronze), lake: behind((line) => line.lake) };
}

export function lagPanel(frame: Frame, top: number, series: LagSeries): Panel | null {
  const all = [...series.bronze, ...series.lake];
  if (all.length < 2) return null;
  const [low, high] = [Math.min(0, ...all.map((p) => p.y)), Math.max(1, ...all.map((p) => p.y))];
  const marks = ticks(low, high, 7).filter(Number.isInteger);
  const plotTop = top + 6;
  const y = scale([marks[0] ?? low, marks.at(-1) ?? high], [plotTop + plotHeight, plotTop]);
  const grid = marks.map(
    (
      mark,
    ) => html`<line class="grid" x1="${plotLeft}" x2="${plotRight}" y1="${px(y(mark))}" y2="${px(y(mark))}"/>
<text class="end" x="${plotLeft - 8}" y="${px(y(mark) + 4)}">${grouped(mark)}</text>`,
  );
  const body = html`<text class="ink" x="0" y="${px(plotTop + 10)}">Records behind</text>${grid}
<line class="axis" x1="${plotLeft}" x2="${plotRight}" y1="${px(y(0))}" y2="${px(y(0))}"/>
${curve(frame, series.lake, y, 1)}${curve(frame, series.bronze, y, 0)}`;
  return { height: plotHeight + 22, body };
}

function curve(
  frame: Frame,
  points: readonly Point[],
  y: (value: number) => number,
  hue: number,
): Markup | null {
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined) return null;
  const steps = points.map((point) => `${px(frame.x(point.x))} ${px(y(point.y))}`).join('L');
  const base = px(y(0));
  const area = `M${px(frame.x(first.x))} ${base}L${steps}L${px(frame.x(last.x))} ${base}z`;
  return html`<path class="area f${hue}" d="${area}"/><path class="line s${hue}" d="M${steps}"/>`;
}
