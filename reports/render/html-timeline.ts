/**
 * One picture of the whole run: phases, faults, lag, ranges and snapshots over the same seconds.
 *
 * The panels are stacked on one time axis; what each is made of stands in its own file. Under the
 * picture stand the legend and, in words, whatever was left out of it to keep the page small.
 */
import type { JournalLine } from '../../harness/experiment/journal-events.ts';
import { faultSpans, faultsPanel, faultWindows, phasesPanel } from './chart-faults.ts';
import {
  axisPanel,
  chartWidth,
  type Frame,
  gridLines,
  laneBackground,
  laneLabel,
  type Panel,
  secondsText,
  timeFrame,
} from './chart-frame.ts';
import { lagPanel, lagSeries } from './chart-lag.ts';
import { hueOf, planRanges, type RangePlan, rangesPanel } from './chart-ranges.ts';
import { html, type Markup, px } from './html-markup.ts';
import { grouped } from './plain-text.ts';

const snapshotsMax = 400;
const ownersMax = 10;

export function timelineSection(lines: readonly JournalLine[]): Markup {
  const frame = timeFrame(lines);
  const spans = faultSpans(lines);
  const lag = lagSeries(lines);
  const plan = planRanges(lines);
  const bodies: Markup[] = [];
  let top = 0;
  const add = (panel: Panel | null) => {
    if (panel === null) return;
    bodies.push(panel.body);
    top += panel.height;
  };
  add(phasesPanel(frame, top, lines));
  add(faultsPanel(frame, top, spans));
  const windowsFrom = top;
  add(lagPanel(frame, top, lag));
  add(rangesPanel(frame, top, plan));
  add(snapshotsPanel(frame, top, lines));
  if (bodies.length === 0) {
    return html`<section><h2>Over time</h2><p class="lead">The journal has nothing to draw.</p>
</section>`;
  }
  const windowsTo = top;
  const back = html`${gridLines(frame, top)}${faultWindows(frame, spans, windowsFrom, windowsTo)}`;
  add(axisPanel(frame, top));
  return html`<section><h2>Over time</h2>
<p class="lead">Records behind: acknowledged by the log and not yet in bronze, or in the lake.
Shaded: a fault, from its bite until it healed.</p>
<figure><svg viewBox="0 0 ${chartWidth} ${px(top)}" role="img"
aria-label="Phases, faults, lag, ranges and snapshots over time">
${back}${bodies}</svg>
</figure>${legend(plan, lag.bronze.length > 1, spans.length > 0)}${leftOut(plan)}</section>`;
}

function snapshotsPanel(frame: Frame, top: number, lines: readonly JournalLine[]): Panel | null {
  const snapshots = lines.filter((line) => line.type === 'snapshot').slice(-snapshotsMax);
  if (snapshots.length === 0) return null;
  const marks = snapshots.map((snapshot) => {
    const x = frame.x(snapshot.committedAt);
    const rows = `+${grouped(snapshot.addedRows)} rows, ${grouped(snapshot.totalRows)} in all`;
    const title = [
      `snapshot ${snapshot.sequenceNumber} of ${snapshot.table}`,
      `${snapshot.operation} ${rows}`,
      secondsText(frame, snapshot.committedAt),
    ].join(', ');
    return html`<path class="f1" d="M${px(x)} ${px(top + 2)}l5 7l-5 7l-5 -7z">
<title>${title}</title></path>`;
  });
  const body = html`${laneLabel('Lake snapshots', top + 9)}${laneBackground(top, 18)}${marks}`;
  return { height: 24, body };
}

function legend(plan: RangePlan, hasLag: boolean, hasFaults: boolean): Markup {
  const owners = plan.owners.slice(0, ownersMax);
  const more = plan.owners.length - owners.length;
  return html`<div class="legend">${
    hasLag &&
    html`<span><i class="h0"></i>behind in bronze</span><span><i class="h1">
</i>behind in the lake, snapshots</span>`
  }${
    hasFaults &&
    html`<span><i class="hollow"></i>fault armed</span><span><i class="bar"></i>fault biting</span>
<span><i class="ring"></i>seen to bite</span>`
  }${owners.map(
    (owner) => html`<span><i class="h${hueOf(plan, owner)}">
</i>ranges of ${owner}</span>`,
  )}${more > 0 && html`<span>and ${more} more owners</span>`}</div>`;
}

function leftOut(plan: RangePlan): Markup | null {
  const partitions = plan.partitionsTotal - plan.partitions.length;
  const ranges = plan.total - plan.drawn.length;
  if (partitions <= 0 && ranges <= 0) return null;
  const lanes = partitions > 0 ? ` ${grouped(partitions)} more partitions have no lane.` : '';
  return html`<p class="note">${grouped(plan.drawn.length)} ranges are drawn, evenly chosen,
and ${grouped(ranges)} more are in journal.jsonl.${lanes}</p>`;
}
