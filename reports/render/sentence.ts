/**
 * The verdict in one plain sentence, and how it was reached in another.
 *
 * The sentence claims what the checks decided and no more: "exactly once and unaltered" needs
 * completeness, uniqueness and faithfulness, all three. A run that proved nothing says why. The
 * same words stand in the terminal and on the page.
 */
import type {
  CheckResult,
  Finding,
  LayerResult,
  Verdict,
  VerdictDocument,
} from '../../harness/experiment/journal-events.ts';
import { counted, grouped, visible } from './plain-text.ts';

/** Reasons that one sentence can carry. */
const reasonsMax = 3;

/** One short line for a heading. */
export const headlines: Readonly<Record<Verdict, string>> = {
  pass: 'Proven',
  violated: 'Violated',
  inconclusive: 'Inconclusive',
};

export function verdictSentence(document: VerdictDocument): string {
  if (document.verdict === 'violated') return violatedSentence(document);
  if (document.verdict === 'inconclusive') return inconclusiveSentence(document);
  return `${provenPart(document)}${faultPart(document)}.`;
}

/** How the sentence was reached: readers, checks, comparison. */
export function methodSentence(document: VerdictDocument): string {
  const read = document.layers.filter((layer) => layer.reader !== '');
  if (read.length === 0) return 'No layer was read, so there is nothing to compare.';
  const digested = document.layers.filter((layer) => layer.digest !== null).length;
  const checks = counted(document.checks.length, 'guarantee');
  const compared =
    digested > 1
      ? `${digested} of them were compared by a digest over all fields of every row`
      : 'too few carry a digest for their contents to be compared';
  const readers = `${counted(read.length, 'layer')} read without any code of the pipeline`;
  return `${readers}; ${compared}; ${checks} decided.`;
}

function provenPart(document: VerdictDocument): string {
  const { layers, checks } = document;
  const rows = mainRows(layers);
  const producer = layers.find((layer) => layer.name === 'producer');
  const records = producer?.rows === rows ? 'acknowledged records' : 'records';
  if (['G1', 'G2', 'G3'].every((id) => passed(checks, id))) {
    const { places, trades } = placesOf(layers, rows);
    const all = `Every one of ${grouped(rows)} ${records}`;
    return `${all} is in ${places} exactly once and unaltered${trades}`;
  }
  const names = listed(checks.map((check) => check.guarantee));
  const everywhere = listed(layers.map((layer) => visible(layer.name)));
  return `${names} hold for ${grouped(rows)} ${records} in ${everywhere}`;
}

/**
 * Where all records are, and, when some are dead letters, where the trades among them are. A sum of
 * two layers is only named when neither of them has all records by itself.
 */
function placesOf(layers: readonly LayerResult[], rows: string) {
  const stores = layers.filter((layer) => layer.name !== 'producer' && layer.rows !== '0');
  const whole = stores.filter((layer) => layer.rows === rows).map((layer) => layer.name);
  const places = whole.filter(
    (name) => !name.split('+').some((p) => p !== name && whole.includes(p)),
  );
  const bronze = stores.find((layer) => layer.name === 'bronze');
  const lake = stores.find((layer) => layer.name === 'lake');
  const split = bronze !== undefined && bronze.rows !== rows && lake?.rows === bronze.rows;
  const trades = split
    ? `; ${grouped(bronze.rows)} of them are trades and are in bronze and lake`
    : '';
  return { places: listed(places.map(visible)), trades };
}

/** The name of a guarantee without its explanation: what stands before the colon. */
export function shortTitle(check: CheckResult): string {
  return visible(check.title.split(':')[0] ?? '');
}

function faultPart(document: VerdictDocument): string {
  const count = document.faults.length;
  if (count === 0) return '; no fault was injected';
  return count === 1
    ? ', through a fault that was seen to bite'
    : `, through ${count} faults that were all seen to bite`;
}

function violatedSentence(document: VerdictDocument): string {
  const counts = new Map<string, number>();
  for (const finding of document.findings) {
    if (finding.layer === 'run') continue;
    const key = `${visible(finding.code)} in ${visible(finding.layer)}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const kinds = [...counts].map(([what, count]) => `${grouped(count)} ${what}`);
  const more = kinds.length > reasonsMax ? ` and ${kinds.length - reasonsMax} other kinds` : '';
  const cut = document.findingsTotal > document.findings.length;
  const first = cut ? `among the first ${grouped(document.findings.length)} findings ` : '';
  const found = `${first}${kinds.slice(0, reasonsMax).join(', ')}${more}`;
  const broken = document.checks
    .filter((check) => check.verdict === 'violated')
    .map((check) => `${check.guarantee} ${shortTitle(check).toLowerCase()}`);
  if (broken.length === 0)
    return `Something is wrong: ${found === '' ? 'the run says so itself' : found}.`;
  const verb = broken.length === 1 ? 'does not hold' : 'do not hold';
  return `${listed(broken)} ${verb}${found === '' ? '' : `: ${found}`}.`;
}

function inconclusiveSentence(document: VerdictDocument): string {
  const reasons = [
    ...document.findings.map((finding) => visible(finding.message)),
    ...document.checks
      .filter((check) => check.verdict === 'inconclusive')
      .map((check) => `${check.guarantee} undecided: ${visible(check.evidence)}`),
  ];
  const shown = reasons.slice(0, reasonsMax).join('; ');
  const more =
    reasons.length > reasonsMax ? `; and ${reasons.length - reasonsMax} more reasons` : '';
  return `Nothing is proven: ${shown === '' ? 'the run says so itself' : shown}${more}.`;
}

function passed(checks: readonly CheckResult[], id: string): boolean {
  const own = checks.filter((check) => check.guarantee === id);
  return own.length > 0 && own.every((check) => check.verdict === 'pass');
}

/** Rows of the log where it was read, else of the largest layer. */
function mainRows(layers: readonly LayerResult[]): string {
  const log = layers.find((layer) => layer.name === 'log');
  if (log !== undefined) return log.rows;
  const rows = layers.map((layer) => BigInt(layer.rows)).sort((a, b) => (a < b ? 1 : -1));
  return String(rows[0] ?? 0n);
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(words: readonly string[]): string {
  if (words.length < 2) return words.join('');
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

/** Names of the fields in which copies differ from what was expected, sorted. */
export function differingFields(finding: Finding): ReadonlySet<string> {
  const { expected, actual } = finding;
  if (expected === null) return new Set();
  const names = new Set([expected, ...actual].flatMap((fields) => Object.keys(fields)));
  return new Set(
    [...names].sort().filter((name) => actual.some((copy) => copy[name] !== expected[name])),
  );
}
