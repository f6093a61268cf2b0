/**
 * The report of one run as one HTML file: no request to the outside, no script, no framework.
 *
 * It is rendered from the journal and the verdict document that was computed from it, so the page,
 * `verdict.json` and the terminal can't disagree. It decides nothing. It is meant to be handed to
 * somebody who was not there: first the verdict in one sentence, then the layers, what went on over
 * time, the faults, the guarantees, the findings with their witnesses, and how to repeat it. Its
 * size is bounded whatever the length of the run.
 */
import type { JournalLine, VerdictDocument } from '../../harness/experiment/journal-events.ts';
import { checksSection, faultsSection, snapshotsSection } from './html-checks.ts';
import { environmentSection, replaySection } from './html-environment.ts';
import { findingsSection } from './html-findings.ts';
import { layersSection } from './html-layers.ts';
import { html, Markup } from './html-markup.ts';
import { style } from './html-style.ts';
import { timelineSection } from './html-timeline.ts';
import { duration, grouped } from './plain-text.ts';
import { headlines, methodSentence, verdictSentence } from './sentence.ts';

export interface HtmlOptions {
  /** True when the journal ended in the middle of a line. */
  readonly torn?: boolean;
}

/**
 * Nothing may be loaded, sent or run: the browser itself enforces that the page is self-contained.
 */
const policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

/** The whole page. `document` is what `buildVerdict` made of `lines`. */
export function renderHtml(
  lines: readonly JournalLine[],
  document: VerdictDocument,
  options: HtmlOptions = {},
): string {
  const findings = document.findingsTotal > 0 && findingsSection(document);
  const early = document.verdict === 'pass' ? null : findings;
  const sections = [
    banner(document),
    layersSection(document),
    early,
    timelineSection(lines),
    faultsSection(document),
    checksSection(document),
    snapshotsSection(lines),
    environmentSection(lines),
    replaySection(document, lines, options.torn ?? false),
  ];
  const page = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${new Markup(policy)}">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>${headlines[document.verdict]}: ${document.scenario}, tidemark report</title>
<style>${new Markup(style)}</style></head>
<body><main>${sections}
</main></body></html>
`;
  return page.text;
}

function banner(document: VerdictDocument): Markup {
  const seen = document.faults.filter((fault) => fault.observed).length;
  const held = document.checks.filter((check) => check.verdict === 'pass').length;
  const facts: ReadonlyArray<readonly [string, string]> = [
    ['Scenario', document.scenario],
    ['Took', duration(document.durationMs)],
    ['Faults seen to bite', `${seen} of ${document.faults.length}`],
    ['Guarantees that hold', `${held} of ${document.checks.length} decided`],
    ['Findings', grouped(document.findingsTotal)],
  ];
  return html`<header class="${document.verdict}"><div class="brand"><span>tidemark report</span>
<span>${document.startedAt.replace('T', ' ').replace(/\.\d+Z$/, ' UTC')}</span></div>
<h1>${headlines[document.verdict]}</h1><p class="sentence">${verdictSentence(document)}</p>
<p class="method">${methodSentence(document)}</p>
<dl class="facts">${facts.map(
    ([name, value]) => html`<div><dt>${name}</dt>
<dd class="break">${value}</dd></div>`,
  )}</dl></header>`;
}
