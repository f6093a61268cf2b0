/**
 * Phases and faults on the time axis.
 *
 * Each fault has a lane: a hollow mark where it was armed, a bar from the moment it bit until it
 * healed, a ring where it was seen to bite. A fault that never bit has only its hollow mark, and
 * says so in words. The spans of all faults run faintly through the panels below.
 */
import type { JournalLine } from '../../harness/experiment/journal-events.ts';
import { type Frame, laneBackground, laneLabel, type Panel, secondsText } from './chart-frame.ts';
import { html, type Markup, px } from './html-markup.ts';
import { duration } from './plain-text.ts';

const lanesMax = 24;
const laneHeight = 24;

export interface FaultSpan {
  readonly name: string;
  readonly step: string;
  readonly armedAt: number | null;
  readonly bitAt: number | null;
  readonly seenAt: number | null;
  readonly healedAt: number | null;
  readonly detail: string;
}

type Draft = { -readonly [K in keyof FaultSpan]: FaultSpan[K] };

/** One span for each time a fault was armed. */
export function faultSpans(lines: readonly JournalLine[]): readonly FaultSpan[] {
  const spans: Draft[] = [];
  for (const line of lines) {
    if (line.type !== 'fault') continue;
    const known = spans.findLast(
      (span) =>
        span.name === line.name &&
        (line.step === undefined || span.step === '' || span.step === line.step),
    );
    let span = line.event === 'armed' ? undefined : known;
    if (span === undefined) {
      const none = { armedAt: null, bitAt: null, seenAt: null, healedAt: null };
      span = { name: line.name, step: line.step ?? '', detail: '', ...none };
      spans.push(span);
    }
    if (line.step !== undefined) span.step = line.step;
    if (line.event === 'armed') span.armedAt = line.at;
    if (line.event === 'bit') span.bitAt = line.at;
    if (line.event === 'observed') span.seenAt = line.at;
    if (line.event === 'healed') span.healedAt = line.at;
    if (line.detail !== undefined) span.detail = line.detail;
  }
  return spans;
}

export function phasesPanel(
  frame: Frame,
  top: number,
  lines: readonly JournalLine[],
): Panel | null {
  const open = new Map<string, number>();
  const boxes: Markup[] = [];
  const box = (name: string, from: number, to: number) => {
    const [x, width] = [frame.x(from), Math.max(1, frame.x(to) - frame.x(from))];
    const middle = x + width / 2;
    const fits = name.length * 6.6 + 8 < width;
    const label =
      fits && html`<text class="ink mid" x="${px(middle)}" y="${px(top + 15)}">${name}</text>`;
    boxes.push(html`<g><title>${name}, ${duration(to - from)}</title>
<rect class="phase" x="${px(x)}" y="${px(top)}"
width="${px(width)}" height="22" rx="3"/>${label}</g>`);
  };
  for (const line of lines) {
    if (line.type !== 'phase') continue;
    if (line.state === 'started') open.set(line.name, line.at);
    else {
      box(line.name, open.get(line.name) ?? line.at - (line.durationMs ?? 0), line.at);
      open.delete(line.name);
    }
  }
  for (const [name, from] of open) box(`${name} (not finished)`, from, frame.endedAt);
  if (boxes.length === 0) return null;
  return { height: 34, body: html`${laneLabel('Phases', top + 11)}${boxes}` };
}

export function faultsPanel(frame: Frame, top: number, spans: readonly FaultSpan[]): Panel | null {
  if (spans.length === 0) return null;
  const shown = spans.slice(0, lanesMax);
  const lanes = shown.map((span, index) => faultLane(frame, top + index * laneHeight, span));
  const rest = spans.length - shown.length;
  const more =
    rest > 0 &&
    html`<text x="0" y="${px(top + lanesMax * laneHeight + 12)}">and ${rest} more faults</text>`;
  const height = shown.length * laneHeight + (rest > 0 ? 20 : 0) + 10;
  return { height, body: html`${lanes}${more}` };
}

function faultLane(frame: Frame, top: number, span: FaultSpan): Markup {
  const middle = top + laneHeight / 2 - 2;
  const hover = [
    span.name,
    span.step,
    span.armedAt !== null && `armed ${secondsText(frame, span.armedAt)}`,
    span.bitAt !== null && `bit ${secondsText(frame, span.bitAt)}`,
    span.seenAt === null ? 'not seen to bite' : `seen ${secondsText(frame, span.seenAt)}`,
    span.healedAt !== null && `healed ${secondsText(frame, span.healedAt)}`,
    span.detail,
  ];
  const title = hover.filter((text) => text !== false && text !== '').join('\u00a0· ');
  return html`<g><title>${title}</title>${laneLabel(span.name, middle)}${laneBackground(top, laneHeight - 4)}${
    span.armedAt !== null && diamond(frame.x(span.armedAt), middle)
  }${bar(frame, span, top)}${
    span.seenAt !== null &&
    html`<circle class="seen" cx="${px(frame.x(span.seenAt))}" cy="${px(middle)}" r="5"/>`
  }${words(frame, span, middle)}</g>`;
}

function diamond(x: number, y: number): Markup {
  return html`<path class="armed" d="M${px(x)} ${px(y - 5)}l5 5l-5 5l-5 -5z"/>`;
}

function bar(frame: Frame, span: FaultSpan, top: number): Markup | null {
  const from = span.bitAt ?? span.seenAt;
  if (from === null) return null;
  const x = frame.x(from);
  const width = Math.max(3, frame.x(span.healedAt ?? frame.endedAt) - x);
  return html`<rect class="hit" x="${px(x)}" y="${px(top)}" width="${px(width)}"
height="${laneHeight - 4}" rx="2"/>
<rect class="bit" x="${px(x)}" y="${px(top)}" width="2.5" height="${laneHeight - 4}"/>`;
}

function words(frame: Frame, span: FaultSpan, middle: number): Markup {
  const end = frame.x(
    span.healedAt ?? span.seenAt ?? span.bitAt ?? span.armedAt ?? frame.startedAt,
  );
  const took =
    span.healedAt !== null && (span.bitAt ?? span.seenAt) !== null
      ? `, healed after ${duration(span.healedAt - (span.bitAt ?? span.seenAt ?? 0))}`
      : '';
  const text = span.seenAt === null ? 'not seen to bite' : `seen${took}`;
  const left = end > 800;
  const from = left
    ? frame.x(span.bitAt ?? span.seenAt ?? span.armedAt ?? frame.startedAt) - 9
    : end + 9;
  return html`<text class="${left ? 'end' : ''}" x="${px(from)}"
y="${px(middle + 4)}">${text}</text>`;
}

/** The spans of all faults, faint, through the panels below. */
export function faultWindows(
  frame: Frame,
  spans: readonly FaultSpan[],
  from: number,
  to: number,
): Markup {
  const windows = spans.slice(0, lanesMax).map((span) => {
    const start = span.bitAt ?? span.seenAt;
    if (start === null) return null;
    const x = frame.x(start);
    const width = Math.max(2, frame.x(span.healedAt ?? frame.endedAt) - x);
    return html`<rect class="window" x="${px(x)}" y="${px(from)}" width="${px(width)}"
height="${px(to - from)}"/>`;
  });
  return html`${windows}`;
}
