/**
 * The time axis that all panels of the timeline share.
 *
 * Everything that happened is drawn over the same seconds, one panel under the other, so that a
 * person can follow a fault straight down: what was killed, how lag rose, which owner's ranges
 * stopped, when the lake moved again. A panel only knows its own height; the frame knows where a
 * moment is.
 */
import type { JournalLine } from '../../harness/experiment/journal-events.ts';
import { scale, ticks } from './chart-scale.ts';
import { html, type Markup, px } from './html-markup.ts';
import { shortened } from './plain-text.ts';

export const chartWidth = 1_000;
export const plotLeft = 172;
export const plotRight = chartWidth - 14;
const labelCharactersMax = 25;

export interface Frame {
  /** Milliseconds since 1970 of the run's first event; texts count from here. */
  readonly startedAt: number;
  readonly endedAt: number;
  /** Seconds since the start. */
  readonly secondTicks: readonly number[];
  /** Horizontal position of a moment, clamped to the plot. */
  x(at: number): number;
}

export interface Panel {
  readonly height: number;
  readonly body: Markup;
}

export function timeFrame(lines: readonly JournalLine[]): Frame {
  const startedAt = lines[0]?.at ?? 0;
  const endedAt = Math.max(startedAt + 1, lines.at(-1)?.at ?? startedAt);
  const map = scale([startedAt, endedAt], [plotLeft, plotRight]);
  const seconds = (endedAt - startedAt) / 1_000;
  return {
    startedAt,
    endedAt,
    secondTicks: ticks(0, seconds, 13).filter((tick) => tick <= seconds),
    x: (at) => Math.min(plotRight, Math.max(plotLeft, map(at))),
  };
}

/** Seconds since the start, for hovers. */
export function secondsText(frame: Frame, at: number): string {
  return `${((at - frame.startedAt) / 1_000).toFixed(2)} s`;
}

/** The name of a lane on the left, cut to what fits, whole as a hover. */
export function laneLabel(text: string, middle: number): Markup {
  const short = text.length > labelCharactersMax ? `${text.slice(0, labelCharactersMax)}…` : text;
  return html`<text class="ink" x="0"
y="${px(middle + 4)}">${short}<title>${shortened(text, 300)}</title></text>`;
}

export function laneBackground(top: number, height: number): Markup {
  return html`<rect class="lane" x="${plotLeft}" y="${px(top)}"
width="${plotRight - plotLeft}" height="${px(height)}"/>`;
}

/** Seconds under the last panel. */
export function axisPanel(frame: Frame, top: number): Panel {
  const texts = frame.secondTicks.map((tick) => {
    const x = frame.x(frame.startedAt + tick * 1_000);
    return html`<text class="mid" x="${px(x)}" y="${px(top + 14)}">${tick} s</text>`;
  });
  return { height: 20, body: html`${texts}` };
}

/** Thin vertical lines behind all panels. */
export function gridLines(frame: Frame, bottom: number): Markup {
  const lines = frame.secondTicks.map((tick) => {
    const x = px(frame.x(frame.startedAt + tick * 1_000));
    return html`<line class="grid" x1="${x}" x2="${x}" y1="0" y2="${px(bottom)}"/>`;
  });
  return html`${lines}`;
}
