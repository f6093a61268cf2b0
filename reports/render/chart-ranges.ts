/**
 * Ranges of the ledger: a lane for each partition, a bar for each range from its intent to its
 * closing.
 *
 * The colour is the owner and its epoch, so a takeover is seen as a change of colour, and a
 * partition whose owner died as a gap. A range that was never closed is a dashed frame up to the
 * end of the run. Hovering names offsets, rows and times.
 */
import type { JournalLine } from '../../harness/experiment/journal-events.ts';
import { type Frame, laneBackground, laneLabel, type Panel, secondsText } from './chart-frame.ts';
import { html, type Markup, px } from './html-markup.ts';
import { grouped } from './plain-text.ts';

export const rangesMax = 1_500;
const lanesMax = 32;
const laneHeight = 22;
/** The first two hues belong to the lag. */
const huesOfLag = 2;
const hues = 6;

type RangeLine = Extract<JournalLine, { type: 'range' }>;

export interface RangePlan {
  readonly drawn: readonly RangeLine[];
  readonly total: number;
  readonly partitions: readonly number[];
  readonly partitionsTotal: number;
  /** `owner, epoch n` in the order of their appearance; the index is the hue. */
  readonly owners: readonly string[];
}

/**
 * What will be drawn: the last word on each range, evenly thinned at the cap, with ranges that are
 * still open kept.
 */
export function planRanges(lines: readonly JournalLine[]): RangePlan {
  const last = new Map<string, RangeLine>();
  for (const line of lines) {
    if (line.type !== 'range') continue;
    const key = `${line.topicId} ${line.partition} ${line.offsetFirst} ${line.epoch} ${line.owner}`;
    last.set(key, line);
  }
  const all = [...last.values()];
  const partitions = [...new Set(all.map((range) => range.partition))].sort((a, b) => a - b);
  const shown = partitions.slice(0, lanesMax);
  const inLanes = new Set(shown);
  const drawable = all.filter((range) => inLanes.has(range.partition));
  return {
    drawn: thinned(drawable),
    total: all.length,
    partitions: shown,
    partitionsTotal: partitions.length,
    owners: [...new Set(all.map(ownerOf))],
  };
}

function thinned(ranges: readonly RangeLine[]): readonly RangeLine[] {
  if (ranges.length <= rangesMax) return ranges;
  const open = ranges.filter((range) => range.doneAt === null).slice(0, rangesMax);
  const closed = ranges.filter((range) => range.doneAt !== null);
  const room = rangesMax - open.length;
  const kept = Array.from({ length: room }, (_, index) => {
    return closed[Math.floor((index * closed.length) / room)]!;
  });
  return [...kept, ...open];
}

function ownerOf(range: RangeLine): string {
  return `${range.owner}, epoch ${range.epoch}`;
}

export function hueOf(plan: RangePlan, owner: string): number {
  return huesOfLag + (plan.owners.indexOf(owner) % hues);
}

export function rangesPanel(frame: Frame, top: number, plan: RangePlan): Panel | null {
  if (plan.drawn.length === 0) return null;
  const lanes = new Map(
    plan.partitions.map((partition, index) => [partition, top + index * laneHeight]),
  );
  const backs = [...lanes].map(
    ([partition, y]) =>
      html`${laneLabel(`Ranges, partition ${partition}`, y + 9)}${laneBackground(y, 18)}`,
  );
  const hueByOwner = new Map(plan.owners.map((owner) => [owner, hueOf(plan, owner)]));
  const bars = plan.drawn.map((range) => {
    return bar(
      frame,
      range,
      lanes.get(range.partition) ?? top,
      hueByOwner.get(ownerOf(range)) ?? 0,
    );
  });
  return { height: lanes.size * laneHeight + 10, body: html`${backs}${bars}` };
}

function bar(frame: Frame, range: RangeLine, top: number, hue: number): Markup {
  const x = frame.x(range.intentAt);
  const width = Math.max(1.6, frame.x(range.doneAt ?? frame.endedAt) - x);
  const state =
    range.doneAt === null ? 'never closed' : `closed ${secondsText(frame, range.doneAt)}`;
  const dead = range.deadRows > 0 ? `, ${grouped(range.deadRows)} dead letters` : '';
  const title = `partition ${range.partition}, offsets ${range.offsetFirst} to ${range.offsetLast}, ${grouped(
    range.rows,
  )} rows${dead}; ${ownerOf(range)}; intent ${secondsText(frame, range.intentAt)}, ${state}`;
  const look = range.doneAt === null ? 'open' : `f${hue}`;
  return html`<rect class="${look}" x="${px(x)}" y="${px(top + 2)}" width="${px(width)}"
height="14"><title>${title}</title></rect>`;
}
