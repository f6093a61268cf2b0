/**
 * The verdict of a run, as a pure function of its journal.
 *
 * Nothing is taken on trust: what the run claims about itself can only make the verdict worse,
 * never better. `violated` wins over `inconclusive`, and `pass` is what is left when there was
 * something to look at, everything was looked at, every fault was seen to bite, and nothing was
 * found. Reasons for `inconclusive` stand among the findings, with the names of the honesty
 * anomalies, so that a reader of `verdict.json` never has to guess why. This file decides; it does
 * not compare rows.
 */
import type {
  CheckResult,
  Finding,
  JournalLine,
  LayerResult,
  Verdict,
  VerdictDocument,
} from './journal-events.ts';
import { type FaultRecord, faultRecords, unobserved } from './verdict-faults.ts';
import { replayCommand } from './verdict-replay.ts';

/** Findings that a verdict document carries; `findingsTotal` has the true count. */
export const findingsMax = 1_000;

/** Findings that say "nothing is known" instead of "something is wrong". */
const inconclusiveCodes: ReadonlySet<string> = new Set([
  'fault-not-observed',
  'nothing-checked',
  'heal-failed',
  'run-incomplete',
]);

type LineOf<T extends JournalLine['type']> = Extract<JournalLine, { type: T }>;

/** What the journal's evidence alone says, whether or not the run has ended. */
export interface Decision {
  readonly verdict: Verdict;
  readonly layers: readonly LayerResult[];
  readonly faults: readonly FaultRecord[];
  readonly checks: readonly CheckResult[];
  /** All of them, those of the harness itself first. */
  readonly findings: readonly Finding[];
}

/**
 * The decision that a run may write into its own `verdict` event: everything except that the event
 * has to be there.
 */
export function decide(lines: readonly JournalLine[]): Decision {
  const layers = lastOfEach(ofType(lines, 'layer').map((line) => line.layer));
  const checks = ofType(lines, 'check').map((line) => line.check);
  const faults = faultRecords(ofType(lines, 'fault'));
  const found = ofType(lines, 'finding').map((line) => line.finding);
  const honesty = [...unobserved(faults), ...nothingChecked(layers, checks)];
  // Layers that are still moving differ by what is on its way.
  const moving = ofType(lines, 'run').some((run) => run.upToHeads === true);
  const contradicting = moving ? [] : contradictions(layers, found);
  const findings = [...withoutRepeats(honesty, found), ...found, ...contradicting];
  return { verdict: worstOf(findings, checks), layers, faults, checks, findings };
}

/**
 * The document for `verdict.json`. A journal that stops before its verdict gives `inconclusive`, or
 * `violated` if it got that far.
 */
export function buildVerdict(
  lines: readonly JournalLine[],
  program: readonly string[] = ['npx', 'tidemark'],
): VerdictDocument {
  const run = ofType(lines, 'run')[0];
  const claim = ofType(lines, 'verdict').at(-1);
  const decision = decide(lines);
  const incomplete = claim === undefined || run === undefined ? [endedEarly(lines, run)] : [];
  const findings = [...incomplete, ...decision.findings];
  const startedAt = run?.at ?? lines[0]?.at ?? 0;
  const finishedAt = claim?.at ?? lines.at(-1)?.at ?? startedAt;
  return {
    schemaVersion: 1,
    scenario: run?.scenario ?? 'unknown',
    verdict: worse(worstOf(findings, decision.checks), claim?.verdict ?? 'inconclusive'),
    startedAt: new Date(startedAt).toISOString(),
    finishedAt: new Date(finishedAt).toISOString(),
    durationMs: claim?.durationMs ?? Math.max(0, finishedAt - startedAt),
    seed: run?.seed ?? 0,
    input: run?.input ?? '',
    layers: decision.layers,
    faults: decision.faults.map(({ name, step, observed, detail }) => ({
      name,
      step,
      observed,
      detail,
    })),
    checks: decision.checks,
    findings: findings.slice(0, findingsMax),
    findingsTotal: findings.length,
    replay: replayCommand(program, run?.argv ?? [], run?.seed ?? null),
  };
}

function ofType<T extends JournalLine['type']>(lines: readonly JournalLine[], type: T) {
  return lines.filter((line): line is LineOf<T> => line.type === type);
}

/** The way a record takes; layers with other names follow in the order of their reading. */
const layerOrder = ['producer', 'log', 'bronze', 'dead-letters', 'bronze+dead-letters', 'lake'];

/** A layer that was read twice counts with its last reading. */
function lastOfEach(layers: readonly LayerResult[]): LayerResult[] {
  const place = (layer: LayerResult) => {
    const index = layerOrder.indexOf(layer.name);
    return index < 0 ? layerOrder.length : index;
  };
  const last = [...new Map(layers.map((layer) => [layer.name, layer])).values()];
  return last.sort((a, b) => place(a) - place(b));
}

function worstOf(findings: readonly Finding[], checks: readonly CheckResult[]): Verdict {
  const verdicts: Verdict[] = [
    ...findings.map((finding) => verdictOfCode(finding.code)),
    ...checks.map((check) => check.verdict),
  ];
  return verdicts.reduce(worse, 'pass');
}

function verdictOfCode(code: string): Verdict {
  return inconclusiveCodes.has(code) ? 'inconclusive' : 'violated';
}

function worse(a: Verdict, b: Verdict): Verdict {
  if (a === 'violated' || b === 'violated') return 'violated';
  return a === 'inconclusive' || b === 'inconclusive' ? 'inconclusive' : 'pass';
}

function nothingChecked(
  layers: readonly LayerResult[],
  checks: readonly CheckResult[],
): readonly Finding[] {
  const missing: string[] = [];
  if (layers.length === 0) missing.push('no layer was read');
  else if (layers.every((layer) => BigInt(layer.rows) === 0n)) missing.push('no layer had a row');
  if (checks.length === 0) missing.push('no guarantee was checked');
  if (missing.length === 0) return [];
  return [ownFinding('nothing-checked', `nothing was checked: ${missing.join(' and ')}`)];
}

/**
 * Layers that hold the same records by definition. A difference that no checker reported is one all
 * the same.
 */
const samePairs: ReadonlyArray<readonly [string, string]> = [
  ['log', 'bronze+dead-letters'],
  ['bronze', 'lake'],
];

function contradictions(layers: readonly LayerResult[], found: readonly Finding[]): Finding[] {
  if (found.some((finding) => verdictOfCode(finding.code) === 'violated')) return [];
  return samePairs.flatMap(([nameA, nameB]) => {
    const a = layers.find((layer) => layer.name === nameA);
    const b = layers.find((layer) => layer.name === nameB);
    if (a === undefined || b === undefined) return [];
    const sameContent = a.digest === b.digest || a.digest === null || b.digest === null;
    if (a.rows === b.rows && sameContent) return [];
    const message = `${nameA} and ${nameB} differ, and no checker named a record`;
    return [
      {
        ...ownFinding('digest-mismatch', message),
        layer: nameB,
        expected: { layer: nameA, rows: a.rows, digest: a.digest ?? '' },
        actual: [{ layer: nameB, rows: b.rows, digest: b.digest ?? '' }],
      },
    ];
  });
}

function endedEarly(lines: readonly JournalLine[], run: LineOf<'run'> | undefined): Finding {
  const last = lines.at(-1);
  const where = last === undefined ? 'the journal is empty' : `its last event is "${last.type}"`;
  const what =
    run === undefined
      ? 'the journal does not say which run it belongs to'
      : 'the run ended before its verdict';
  return ownFinding('run-incomplete', `${what}; ${where}`);
}

/** A checker may have written the same honesty finding itself; then it is not said twice. */
function withoutRepeats(own: readonly Finding[], found: readonly Finding[]): readonly Finding[] {
  const key = (finding: Finding) => `${finding.code} ${finding.expected?.fault ?? ''}`;
  const known = new Set(found.map(key));
  return own.filter((finding) => !known.has(key(finding)));
}

function ownFinding(code: string, message: string): Finding {
  return { code, layer: 'run', message, identity: null, expected: null, actual: [] };
}
