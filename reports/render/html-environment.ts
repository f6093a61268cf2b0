/**
 * What the run ran on, what happened to its processes, how long its phases took, and how to run it
 * again.
 *
 * Somebody who doubts the report has to be able to repeat it, so versions, arguments, seed and
 * input stand here in full.
 */
import type { JournalLine, VerdictDocument } from '../../harness/experiment/journal-events.ts';
import { html, type Markup } from './html-markup.ts';
import { bytesText, counted, duration, grouped } from './plain-text.ts';

const processEventsMax = 80;

export function environmentSection(lines: readonly JournalLine[]): Markup {
  const run = lines.find((line) => line.type === 'run');
  if (run === undefined) {
    return html`<section><h2>Environment</h2><p class="lead">The journal does not say.</p>
</section>`;
  }
  const { machine } = run;
  const facts: ReadonlyArray<readonly [string, string]> = [
    ['Input', run.input],
    ['Records', grouped(run.records)],
    ['Seed', String(run.seed)],
    ['Arguments', run.argv.join(' ')],
    [
      'Machine',
      `${machine.platform}, ${counted(machine.cores, 'core')}, ${bytesText(machine.memoryBytes)}`,
    ],
    ...phases(lines),
  ];
  return html`<section><h2>Environment</h2>
<div class="pairs">${pairs(facts)}${pairs(Object.entries(run.versions))}</div>
${processTable(lines)}</section>`;
}

function pairs(entries: ReadonlyArray<readonly [string, string]>): Markup {
  return html`<dl>${entries.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`;
}

function phases(lines: readonly JournalLine[]): ReadonlyArray<readonly [string, string]> {
  const texts: string[] = [];
  for (const line of lines) {
    if (line.type !== 'phase' || line.state !== 'finished') continue;
    texts.push(`${line.name} ${duration(line.durationMs ?? 0)}`);
  }
  return texts.length === 0 ? [] : [['Phases', texts.join(', ')]];
}

function processTable(lines: readonly JournalLine[]): Markup | null {
  const events = lines.filter((line) => line.type === 'process');
  if (events.length === 0) return null;
  const startedAt = lines[0]?.at ?? 0;
  const rows = events.slice(0, processEventsMax).map(
    (event) => html`<tr><td class="num tight">${duration(event.at - startedAt)}</td>
<td class="tight">${event.name}</td>
<td class="tight">${event.event}</td><td class="num tight">${event.pid ?? ''}</td>
<td class="break">${event.detail ?? ''}</td></tr>`,
  );
  const rest = events.length - processEventsMax;
  return html`<h3>Processes</h3><div class="scroll"><table><thead><tr>
<th class="num tight">After</th><th class="tight">Process</th><th class="tight">Event</th>
<th class="num tight">Process id</th><th>Detail</th></tr></thead><tbody>${rows}</tbody></table>
</div>${rest > 0 && html`<p class="note">and ${grouped(rest)} more events</p>`}`;
}

export function replaySection(
  document: VerdictDocument,
  lines: readonly JournalLine[],
  torn: boolean,
): Markup {
  const broken = torn && ' Its last line is torn: the run was killed while writing it.';
  return html`<section><h2>Run it again</h2><pre><code>${document.replay}</code></pre>
<p class="note">This page was drawn from journal.jsonl beside it (${counted(lines.length, 'event')}),
which was written while the run happened.${broken} verdict.json has the same verdict for programs.
What the digest is made of stands in docs/reference/digest.md,
how to read this page in docs/reference/report.md.</p></section>`;
}
