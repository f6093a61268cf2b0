/**
 * Faults, guarantees and lake snapshots as tables.
 *
 * A guarantee that the run did not decide is listed as such: a short list of green lines must not
 * look like all twelve. A fault says in words whether it was seen, because that is what decides
 * whether surviving it means anything.
 */
import type {
  JournalLine,
  Verdict,
  VerdictDocument,
} from '../../harness/experiment/journal-events.ts';
import { html, type Markup } from './html-markup.ts';
import { counted, duration, grouped } from './plain-text.ts';

const snapshotsMax = 40;
const faultsMax = 200;

const guarantees = [
  ['G1', 'complete'],
  ['G2', 'unique'],
  ['G3', 'faithful'],
  ['G4', 'monotone'],
  ['G5', 'ledger'],
  ['G6', 'fenced'],
  ['G7', 'derived'],
  ['G8', 'live'],
  ['G9', 'closed'],
  ['G10', 'truthful'],
  ['G11', 'gaps'],
  ['G12', 'honest'],
] as const;

const badgeWords: Readonly<Record<Verdict, string>> = {
  pass: 'holds',
  violated: 'violated',
  inconclusive: 'undecided',
};

export function checksSection(document: VerdictDocument): Markup {
  const decided = new Set(document.checks.map((check) => check.guarantee));
  const open = guarantees.filter(([id]) => !decided.has(id)).map(([id, name]) => `${id} ${name}`);
  const rows = document.checks.map(
    (check) => html`<tr><td class="tight">${badge(check.verdict, badgeWords[check.verdict])}</td>
<td class="tight"><b>${check.guarantee}</b></td><td>${guaranteeName(check.title)}</td>
<td class="break">${check.evidence}</td></tr>`,
  );
  const table = html`<div class="scroll"><table class="checks"><thead><tr><th class="tight">Verdict</th>
<th colspan="2">Guarantee</th>
<th>Evidence</th></tr></thead><tbody>${rows}</tbody></table></div>`;
  return html`<section><h2>Guarantees</h2>${
    rows.length > 0 ? table : html`<p class="lead">No guarantee was checked.</p>`
  }${
    open.length > 0 &&
    html`<p
class="note">Not decided by this run: ${open.join(', ')}.</p>`
  }</section>`;
}

export function faultsSection(document: VerdictDocument): Markup {
  const { faults } = document;
  if (faults.length === 0) {
    return html`<section><h2>Faults</h2><p class="lead">No fault was injected.</p></section>`;
  }
  const rows = faults.slice(0, faultsMax).map(
    (fault) =>
      html`<tr><td class="tight">${
        fault.observed ? badge('pass', 'seen to bite') : badge('inconclusive', 'not seen')
      }</td><td>${fault.name}</td><td class="break">${fault.step}</td>
<td class="break">${fault.detail}</td></tr>`,
  );
  const rest = faults.length - faultsMax;
  return html`<section><h2>Faults</h2><div class="scroll"><table><thead><tr>
<th class="tight">Observed</th><th>Fault</th>
<th>Tied to the step</th><th>What was seen</th></tr></thead><tbody>${rows}</tbody></table></div>${
    rest > 0 && html`<p class="note">and ${grouped(rest)} more faults</p>`
  }</section>`;
}

export function snapshotsSection(lines: readonly JournalLine[]): Markup | null {
  const snapshots = lines.filter((line) => line.type === 'snapshot');
  if (snapshots.length === 0) return null;
  const startedAt = lines[0]?.at ?? 0;
  const shown = snapshots.slice(-snapshotsMax);
  const rest = snapshots.length - shown.length;
  const rows = shown.map(
    (snapshot) => html`<tr><td class="num tight">${snapshot.sequenceNumber}</td>
<td class="break">${snapshot.table}</td>
<td class="mono">${snapshot.snapshotId}</td><td>${snapshot.operation}</td>
<td class="num">+${grouped(snapshot.addedRows)}</td>
<td class="num">${grouped(snapshot.totalRows)}</td>
<td class="num">${duration(snapshot.committedAt - startedAt)}</td></tr>`,
  );
  return html`<section><h2>Lake snapshots</h2>
<p class="lead">${counted(snapshots.length, 'snapshot')}; times count from the start of the run.</p>
<div class="scroll"><table><thead><tr><th class="num tight">Seq.</th><th>Table</th><th>Snapshot</th>
<th>Operation</th>
<th class="num">Rows added</th><th class="num">Rows in all</th><th class="num">Committed after</th>
</tr></thead><tbody>${rows}</tbody></table></div>${
    rest > 0 && html`<p class="note">and ${grouped(rest)} more, before these</p>`
  }</section>`;
}

/** `complete: every record ...` as a name with its explanation under it. */
function guaranteeName(title: string): Markup {
  const colon = title.indexOf(':');
  if (colon < 0) return html`${title}`;
  return html`${title.slice(0, colon)}<br><span class="soft small">${title.slice(colon + 1).trim()}</span>`;
}

export function badge(verdict: Verdict | 'none', text: string): Markup {
  return html`<span class="badge ${verdict}">${text}</span>`;
}
