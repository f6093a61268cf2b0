/**
 * The end of a run in the terminal: what a person needs in ten seconds, in at most about thirty
 * lines.
 *
 * Verdict first, then the layers under each other so that equal digests are seen to be equal, the
 * faults with whether they were seen to bite, the checks, the first findings with both values, and
 * at the end where the report is and how to run it again. It decides nothing: it renders a verdict
 * document. Texts from records are made visible before they are printed.
 */
import type { Finding, Verdict, VerdictDocument } from '../../harness/experiment/journal-events.ts';
import { layerMarks } from './layer-marks.ts';
import { duration, grouped, visible } from './plain-text.ts';
import { differingFields, shortTitle, verdictSentence } from './sentence.ts';
import { fitted, type Paint, painter, wrapped } from './terminal-text.ts';

export interface SummaryOptions {
  readonly color: boolean;
  /** Columns of the terminal. */
  readonly width: number;
  /** Path of the report or of the run's folder, as it should be printed. */
  readonly report?: string;
}

const layersMax = 8;
const faultsMax = 5;
/** Up to this many faults get a second line for what was seen, when no finding needs the room. */
const faultsInFullMax = 3;
const findingsMax = 3;
const checksListedMax = 8;
const valueCharactersMax = 40;
/** Columns of the section names on the left. */
const gutter = 10;

/** The summary with a newline at its end. */
export function renderSummary(document: VerdictDocument, options: SummaryOptions): string {
  const paint = painter(options.color);
  const width = Math.max(60, options.width);
  const report = options.report === undefined ? [] : [visible(options.report)];
  const blocks = [
    heading(document, paint, width),
    section('Layers', layerLines(document, paint), paint),
    section('Faults', faultLines(document, paint), paint),
    section('Checks', checkLines(document, paint), paint),
    section('Findings', findingLines(document, paint), paint),
    section('Report', report, paint),
  ];
  const lines = blocks.flatMap((block) => (block.length === 0 ? [] : [...block, '']));
  if (report.length > 0) lines.pop();
  // The command is never cut: it is there to be copied.
  const replay = section('Replay', [visible(document.replay)], paint);
  return `${[...lines.map((line) => fitted(line, width)), ...replay].join('\n')}\n`;
}

function section(name: string, lines: readonly string[], paint: Paint): string[] {
  return lines.map((line, index) =>
    index === 0 ? `${paint.bold(name.padEnd(gutter))}${line}` : `${' '.repeat(gutter)}${line}`,
  );
}

const words: Readonly<Record<Verdict, string>> = {
  pass: ' PASS ',
  violated: ' VIOLATED ',
  inconclusive: ' INCONCLUSIVE ',
};

function heading(document: VerdictDocument, paint: Paint, width: number): string[] {
  const word = words[document.verdict];
  const run = [
    visible(document.scenario),
    `seed ${document.seed}`,
    duration(document.durationMs),
    visible(document.input),
  ].join(', ');
  const sentence = wrapped(verdictSentence(document), width - word.length - 1, 4);
  const indent = ' '.repeat(word.length);
  return [
    ...sentence.map((line, index) =>
      index === 0 ? `${paint.badge(document.verdict, word)} ${line}` : `${indent} ${line}`,
    ),
    `${indent} ${paint.dim(run)}`,
  ];
}

function layerLines(document: VerdictDocument, paint: Paint): string[] {
  const layers = document.layers.slice(0, layersMax);
  if (layers.length === 0) return [paint.warn('none was read')];
  const marks = layerMarks(document.layers);
  const nameWidth = Math.max(...layers.map((layer) => visible(layer.name).length));
  const rowWidth = Math.max(4, ...layers.map((layer) => grouped(layer.rows).length));
  const head = `${''.padEnd(nameWidth)}  ${'rows'.padStart(rowWidth)}  digest                read by`;
  const lines = layers.map((layer, index) => {
    const mark = marks[index]!;
    const equal = mark.sharedBy > 1 ? '=' : ' ';
    const letter = mark.letter === null ? '   ' : `${equal} ${mark.letter}`;
    const digest = `${(layer.digest ?? 'identities only').padEnd(16)} ${letter}`;
    const shown = mark.letter === null ? paint.dim(digest) : paint.letter(mark.letter, digest);
    const name = visible(layer.name).padEnd(nameWidth);
    const rows = grouped(layer.rows).padStart(rowWidth);
    return `${name}  ${rows}  ${shown}  ${paint.dim(visible(layer.reader))}`;
  });
  return [paint.dim(head), ...lines, ...more(document.layers.length - layersMax, 'layers', paint)];
}

function faultLines(document: VerdictDocument, paint: Paint): string[] {
  if (document.faults.length === 0) return ['none was injected'];
  const shown = [...document.faults]
    .sort((a, b) => Number(a.observed) - Number(b.observed))
    .slice(0, faultsMax);
  const nameWidth = Math.max(...shown.map((fault) => visible(fault.name).length));
  const wordWidth = shown.every((fault) => fault.observed) ? 4 : 8;
  const twoLines = shown.length <= faultsInFullMax && document.verdict === 'pass';
  const lines = shown.flatMap((fault) => {
    const word = (fault.observed ? 'seen' : 'NOT SEEN').padEnd(wordWidth);
    const seen = fault.observed ? paint.good(word) : paint.warn(word);
    const detail = [fault.step, fault.detail].filter((text) => text !== '').map(visible);
    const head = `${seen}  ${visible(fault.name).padEnd(nameWidth)}  `;
    if (!twoLines || detail.length < 2) return [`${head}${paint.dim(detail.join(': '))}`];
    const indent = ' '.repeat(wordWidth + nameWidth + 4);
    return [`${head}${detail[0]}`, `${indent}${paint.dim(detail[1] ?? '')}`];
  });
  return [...lines, ...more(document.faults.length - faultsMax, 'faults', paint)];
}

function checkLines(document: VerdictDocument, paint: Paint): string[] {
  const { checks } = document;
  if (checks.length === 0) return [paint.warn('none was made')];
  const passing = checks.filter((check) => check.verdict === 'pass');
  const short = checks.length > checksListedMax || passing.length < checks.length;
  const listed = short ? checks.filter((check) => check.verdict !== 'pass') : checks;
  const shown = listed.slice(0, checksListedMax);
  const wordWidth = Math.max(4, ...shown.map((check) => check.verdict.length));
  const word = (verdict: Verdict) => paint.verdict(verdict, verdict.padEnd(wordWidth));
  const lines = shown.map((check) => {
    const text = `${shortTitle(check)}: ${visible(check.evidence)}`;
    return `${word(check.verdict)}  ${check.guarantee.padEnd(3)} ${text}`;
  });
  const names = passing.map((check) => `${check.guarantee} ${shortTitle(check).toLowerCase()}`);
  if (short && names.length > 0) lines.push(`${word('pass')}  ${names.join(', ')}`);
  return lines;
}

function findingLines(document: VerdictDocument, paint: Paint): string[] {
  // Reasons for "inconclusive" already stand in the sentence at the top.
  const alone = document.verdict === 'inconclusive' && document.findingsTotal <= findingsMax;
  if (document.findingsTotal === 0 || alone) return [];
  const lines = spread(document.findings).flatMap((finding) => oneFinding(finding, paint));
  const rest = document.findingsTotal - Math.min(findingsMax, document.findings.length);
  return [...lines, ...more(rest, 'in the report', paint)];
}

/**
 * The first of each kind before the second of any, so that three lines show three kinds where there
 * are three.
 */
function spread(findings: readonly Finding[]): readonly Finding[] {
  const firsts = new Map(findings.toReversed().map((f) => [`${f.code} ${f.layer}`, f] as const));
  const first = new Set(firsts.values());
  const ordered = [
    ...findings.filter((f) => first.has(f)),
    ...findings.filter((f) => !first.has(f)),
  ];
  return ordered.slice(0, findingsMax);
}

function oneFinding(finding: Finding, paint: Paint): string[] {
  const { identity } = finding;
  const where =
    identity === null
      ? ''
      : ` partition ${identity.partition} offset ${visible(identity.offset)} of ${visible(identity.topicId)}`;
  const code = paint.bad(visible(finding.code));
  const what = where === '' ? ` ${visible(finding.message)}` : where;
  const head = `${code} in ${visible(finding.layer)}:${what}`;
  const values = valueText(finding);
  return values === '' ? [head] : [head, `  ${values}`];
}

function valueText(finding: Finding): string {
  const { expected, actual, identity } = finding;
  if (expected === null || identity === null) return '';
  const value = (text: string | undefined) =>
    text === undefined ? '(none)' : visible(text).slice(0, valueCharactersMax);
  if (actual.length === 0) {
    const fields = Object.entries(expected).map(
      ([name, text]) => `${visible(name)} ${value(text)}`,
    );
    return `expected ${fields.join(', ')}; found nothing`;
  }
  const differing = [...differingFields(finding)].map((name) => {
    const copies = [...new Set(actual.map((copy) => value(copy[name])))].join(' | ');
    return `${visible(name)} expected ${value(expected[name])} found ${copies}`;
  });
  const copies = actual.length > 1 ? [`${actual.length} copies`] : [];
  return [...copies, ...differing].join('; ');
}

function more(count: number, what: string, paint: Paint): string[] {
  return count > 0 ? [paint.dim(`and ${grouped(count)} more ${what}`)] : [];
}
