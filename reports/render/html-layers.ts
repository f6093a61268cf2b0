/**
 * The layers side by side, and under them the same per partition.
 *
 * Equality is shown, not claimed: layers with one letter hold the same number of rows with the same
 * digest. A layer that a finding names is framed. In the partition table a hover shows the whole
 * digest; partitions in which layers differ come first when there are too many to list.
 */
import type { LayerResult, VerdictDocument } from '../../harness/experiment/journal-events.ts';
import { html, type Markup } from './html-markup.ts';
import { type LayerMark, layerMarks, partitionContents } from './layer-marks.ts';
import { counted, duration, grouped } from './plain-text.ts';

const partitionsMax = 64;
const hues = 8;

export function layersSection(document: VerdictDocument): Markup {
  const { layers } = document;
  if (layers.length === 0) {
    return html`<section><h2>Layers</h2><p class="lead">No layer was read.</p></section>`;
  }
  const marks = layerMarks(layers);
  const cards = layers.map((layer, index) =>
    card(layer, marks[index]!, findingsIn(document, layer)),
  );
  const narrow = layers.length > 4 ? 3 : layers.length;
  const columns = `--wide:${Math.min(6, layers.length)};--narrow:${narrow}`;
  return html`<section><h2>Layers side by side</h2>
<p class="lead">Layers with the same letter hold the same number of rows with the same digest
over all fields of every row.</p>
<div class="layers" style="${columns}">${cards}</div>${partitionTable(layers)}</section>`;
}

function findingsIn(document: VerdictDocument, layer: LayerResult): number {
  return document.findings.filter((finding) => finding.layer === layer.name).length;
}

function card(layer: LayerResult, mark: LayerMark, findings: number): Markup {
  return html`<div class="layer ${hueClass(mark.letter)}${findings > 0 ? ' wrong' : ''}">
<div class="name">${layer.name}</div>
<div class="rows">${grouped(layer.rows)} <span
class="unit">${layer.rows === '1' ? 'row' : 'rows'}</span></div>
<div class="digest mono">${layer.digest ?? 'identities only'}</div>
<div class="same">${sameText(mark, layer.rows)}</div>
${
  findings > 0 &&
  html`<div class="same">
<span class="badge violated">${counted(findings, 'finding')}</span></div>`
}
<div class="by"><b>${layer.title}</b><br>read by ${layer.reader}<br>in ${duration(layer.durationMs)}</div></div>`;
}

function sameText(mark: LayerMark, rows: string): Markup {
  if (rows === '0') return html`<span class="soft">empty</span>`;
  if (mark.letter !== null) {
    const text = mark.sharedBy > 1 ? `${mark.sharedBy} layers equal` : 'equal to no other';
    return html`${chip(mark.letter)}<span>${text}</span>`;
  }
  if (mark.rowsLike === null) return html`<span class="soft">no digest</span>`;
  return html`${chip(mark.rowsLike)}<span>as many rows</span>`;
}

function chip(letter: string, title = ''): Markup {
  return html`<span class="chip ${hueClass(letter)}" title="${title}">${letter}</span>`;
}

function hueClass(letter: string | null): string {
  if (letter === null) return '';
  return `h${(letter.charCodeAt(0) - 65 + hues) % hues}`;
}

interface PartitionRow {
  readonly partition: number;
  readonly contents: ReturnType<typeof partitionContents>;
  readonly marks: readonly LayerMark[];
}

function partitionTable(layers: readonly LayerResult[]): Markup | null {
  const ids = [...new Set(layers.flatMap((layer) => layer.partitions.map((p) => p.partition)))];
  if (ids.length === 0) return null;
  const rows = ids
    .sort((a, b) => a - b)
    .map((partition) => {
      const contents = partitionContents(layers, partition);
      const marks = layerMarks(contents.map((c) => c ?? { rows: '0', digest: null }));
      return { partition, contents, marks };
    });
  const shown = rows.length <= partitionsMax ? rows : differingFirst(rows).slice(0, partitionsMax);
  const rest = rows.length - shown.length;
  const note = rest > 0 && html`<p class="note">and ${grouped(rest)} more partitions</p>`;
  const heads = layers.map((layer) => html`<th title="${layer.title}">${layer.name}</th>`);
  const body = shown.map(
    (row) => html`<tr><td class="tight">${row.partition}</td>${cells(row)}</tr>`,
  );
  return html`<h3>Per partition <span class="soft">(letters compare within a row)</span></h3>
<div class="scroll"><table class="parts" style="--wide:${layers.length}">
<thead><tr><th class="tight">Partition</th>${heads}</tr></thead><tbody>${body}</tbody></table>
</div>${note}`;
}

function differingFirst(rows: readonly PartitionRow[]): readonly PartitionRow[] {
  const kinds = (row: PartitionRow) => new Set(row.marks.map((mark) => mark.letter)).size;
  return rows.toSorted((a, b) => kinds(b) - kinds(a) || a.partition - b.partition);
}

function cells(row: PartitionRow): readonly Markup[] {
  return row.contents.map((content, index) => {
    if (content === null || content.rows === '0') return html`<td class="soft">none</td>`;
    const { letter } = row.marks[index]!;
    const offsets = `offsets ${content.offsetFirst ?? '?'} to ${content.offsetLast ?? '?'}`;
    const digest = content.digest === null ? 'no digest' : `${content.digest.slice(0, 8)}…`;
    const title = `${offsets}, digest ${content.digest ?? 'none'}`;
    return html`<td title="${title}">${grouped(content.rows)}${
      letter !== null && chip(letter)
    }<span class="mono">${digest}</span></td>`;
  });
}
