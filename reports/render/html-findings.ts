/**
 * Findings with their witnesses: what was expected, what every copy holds, and where they differ.
 *
 * A finding is only worth something when somebody else can look at the same record, so its identity
 * stands in its head and its values stand in full. Differing values are marked; equal ones are
 * there but step back. Long values and long lists are cut at named bounds, and what was cut is
 * counted.
 */
import type { Finding, VerdictDocument } from '../../harness/experiment/journal-events.ts';
import { html, type Markup } from './html-markup.ts';
import { counted, grouped, shortened } from './plain-text.ts';
import { differingFields } from './sentence.ts';

const findingsMax = 100;
const copiesMax = 4;
const fieldsMax = 40;
const valueCharactersMax = 300;

export function findingsSection(document: VerdictDocument): Markup {
  const { findings, findingsTotal } = document;
  if (findingsTotal === 0) {
    return html`<section><h2>Findings</h2><p class="lead">None.</p></section>`;
  }
  const rest = findingsTotal - Math.min(findingsMax, findings.length);
  const more =
    rest > 0 &&
    html`<p class="note">and ${grouped(rest)} more;
verdict.json has the first ${grouped(findings.length)}, journal.jsonl has all.</p>`;
  return html`<section><h2>Findings</h2>
<p class="lead">${counted(findingsTotal, 'finding')}: ${kinds(findings)}</p>
${findings.slice(0, findingsMax).map(card)}${more}</section>`;
}

function kinds(findings: readonly Finding[]): string {
  const counts = new Map<string, number>();
  for (const finding of findings) {
    const key = finding.layer === 'run' ? finding.code : `${finding.code} in ${finding.layer}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const texts = [...counts].map(([kind, count]) => `${grouped(count)} ${kind}`);
  const rest = texts.length - fieldsMax;
  return `${texts.slice(0, fieldsMax).join(', ')}${rest > 0 ? ` and ${rest} more kinds` : ''}.`;
}

function card(finding: Finding): Markup {
  const { identity } = finding;
  const where =
    identity !== null &&
    html`<span>partition <b>${identity.partition}</b>, offset <b>${identity.offset}</b></span>
<span class="mono soft break">${identity.topicId}</span>`;
  const tone = finding.layer === 'run' ? 'inconclusive' : '';
  return html`<article class="finding ${tone}"><div class="head">
<span class="code">${finding.code}</span>
${
  finding.layer !== 'run' && html`<span>in <b>${finding.layer}</b></span>`
}${where}</div><p class="break">${shortened(finding.message, valueCharactersMax)}</p>
${witness(finding)}</article>`;
}

function witness(finding: Finding): Markup | null {
  const { expected, actual } = finding;
  const copies = actual.slice(0, copiesMax);
  const names = [...new Set([expected ?? {}, ...copies].flatMap((fields) => Object.keys(fields)))];
  if (names.length === 0) return null;
  const differing = differingFields(finding);
  const shown = names.slice(0, fieldsMax);
  const rows = shown.map((name) => {
    const differs = differing.has(name) || copies.length === 0;
    const found = copies.map((copy) =>
      cell(copy[name], differs && copy[name] !== expected?.[name]),
    );
    const nothing =
      copies.length === 0 &&
      name === shown[0] &&
      html`<td class="gone" rowspan="${shown.length}">no row with this identity</td>`;
    return html`<tr class="${differs ? 'differs' : 'equal'}"><td>${shortened(name, 60)}</td>${
      expected !== null && cell(expected[name], false)
    }${found}${nothing}</tr>`;
  });
  const heads = copies.map(
    (_, index) => html`<th>Found${copies.length > 1 && `, copy ${index + 1}`}</th>`,
  );
  const cut = [
    ...(actual.length > copiesMax ? [`${grouped(actual.length - copiesMax)} more copies`] : []),
    ...(names.length > fieldsMax ? [`${grouped(names.length - fieldsMax)} more fields`] : []),
  ];
  return html`<div class="scroll"><table><thead><tr>
<th>Field</th>${expected !== null && html`<th>Expected</th>`}${heads}${
    copies.length === 0 && html`<th>Found</th>`
  }</tr></thead><tbody>${rows}</tbody></table></div>${
    cut.length > 0 && html`<p class="note">and ${cut.join(', ')}</p>`
  }`;
}

function cell(value: string | undefined, differs: boolean): Markup {
  const text = value === undefined ? '(none)' : shortened(value, valueCharactersMax);
  return html`<td class="mono">${differs ? html`<mark>${text}</mark>` : text}</td>`;
}
