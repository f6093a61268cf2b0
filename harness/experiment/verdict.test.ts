import { describe, expect, test } from 'vitest';
import { sampleJournal } from '../../reports/render/sample-journal.ts';
import type { Finding, JournalEvent, JournalLine, LayerResult } from './journal-events.ts';
import { buildVerdict, decide, findingsMax } from './verdict.ts';

function journal(...events: readonly JournalEvent[]): JournalLine[] {
  return events.map((event, seq) => ({ seq, at: 1_000 + seq, ...event }));
}

const run: JournalEvent = {
  type: 'run',
  scenario: 'prove',
  argv: ['prove', '--note', "it's"],
  seed: 42,
  input: 'recording',
  records: 10,
  versions: {},
  machine: { cores: 2, memoryBytes: 1, platform: 'linux' },
};

function layerOf(name: string, rows: string, digest: string | null = '00000000000000aa') {
  const layer: LayerResult = {
    name,
    title: name,
    rows,
    digest,
    reader: 'a reader',
    durationMs: 1,
    partitions: [],
  };
  return { type: 'layer', layer } as const;
}

function checkOf(verdict: 'pass' | 'violated' | 'inconclusive'): JournalEvent {
  return { type: 'check', check: { guarantee: 'G1', title: 'complete', verdict, evidence: 'ten' } };
}

function findingOf(code: string): JournalEvent {
  const finding: Finding = {
    code,
    layer: 'lake',
    message: 'found',
    identity: { topicId: 't', partition: 0, offset: '9' },
    expected: { price: '1' },
    actual: [{ price: '2' }],
  };
  return { type: 'finding', finding };
}

const log = layerOf('log', '10');
const claimsPass: JournalEvent = { type: 'verdict', verdict: 'pass', durationMs: 5 };
const fault = (event: 'armed' | 'bit' | 'observed' | 'not-observed' | 'healed'): JournalEvent => ({
  type: 'fault',
  name: 'broker killed',
  event,
  step: 'close #2',
});

const codes = (lines: readonly JournalLine[]) => buildVerdict(lines).findings.map((f) => f.code);

describe('verdict', () => {
  test('a run that looked at rows, decided its checks and found nothing passes', () => {
    const document = buildVerdict(journal(run, log, checkOf('pass'), claimsPass));
    expect(document).toMatchObject({ verdict: 'pass', findingsTotal: 0, seed: 42, durationMs: 5 });
    expect(document.startedAt).toBe('1970-01-01T00:00:01.000Z');
    expect(document.replay).toBe("npx tidemark prove --note 'it'\\''s' --seed 42");
  });

  test('a run without a seed is replayed without one, a chosen seed is not added twice', () => {
    const replay = (argv: string[], seed: number) =>
      buildVerdict(journal({ ...run, argv, seed } as JournalEvent)).replay;
    expect(replay(['verify'], 0)).toBe('npx tidemark verify');
    expect(replay(['prove', '--seed', '7'], 7)).toBe('npx tidemark prove --seed 7');
  });

  test('a run that claims pass over a finding is violated, and the finding is named', () => {
    const lines = journal(run, log, checkOf('pass'), findingOf('duplicate'), claimsPass);
    expect(buildVerdict(lines)).toMatchObject({ verdict: 'violated', findingsTotal: 1 });
    expect(codes(lines)).toEqual(['duplicate']);
  });

  test('a run that claims pass over a violated or an undecided check does not pass', () => {
    const verdictWith = (verdict: 'violated' | 'inconclusive') =>
      buildVerdict(journal(run, log, checkOf('pass'), checkOf(verdict), claimsPass)).verdict;
    expect(verdictWith('violated')).toBe('violated');
    expect(verdictWith('inconclusive')).toBe('inconclusive');
  });

  test('a claim that is worse than the evidence stands', () => {
    const claim: JournalEvent = { type: 'verdict', verdict: 'violated', durationMs: 5 };
    expect(buildVerdict(journal(run, log, checkOf('pass'), claim)).verdict).toBe('violated');
  });

  test('a fault that was armed, even fired, but not observed makes the run inconclusive', () => {
    for (const events of [[fault('armed')], [fault('armed'), fault('bit'), fault('healed')]]) {
      const lines = journal(run, ...events, log, checkOf('pass'), claimsPass);
      const document = buildVerdict(lines);
      expect(document.verdict).toBe('inconclusive');
      expect(document.findings).toMatchObject([
        { code: 'fault-not-observed', expected: { fault: 'broker killed', step: 'close #2' } },
      ]);
      expect(document.faults).toMatchObject([{ name: 'broker killed', observed: false }]);
    }
  });

  test('a fault armed twice and observed once is not observed twice', () => {
    const seen = [fault('armed'), fault('observed'), fault('healed')];
    const lines = journal(run, ...seen, fault('armed'), log, checkOf('pass'), claimsPass);
    expect(buildVerdict(lines).faults.map((f) => f.observed)).toEqual([true, false]);
    const twice = journal(run, ...seen, ...seen, log, checkOf('pass'), claimsPass);
    expect(buildVerdict(twice)).toMatchObject({ verdict: 'pass', findingsTotal: 0 });
  });

  test('a checker that already reported the fault that did not bite is not repeated', () => {
    const own = buildVerdict(journal(run, fault('armed'), log, checkOf('pass'), claimsPass));
    const reported: JournalEvent = { type: 'finding', finding: own.findings[0]! };
    const lines = journal(run, fault('armed'), log, checkOf('pass'), reported, claimsPass);
    expect(codes(lines)).toEqual(['fault-not-observed']);
  });

  test('zero rows, no layers or no checks prove nothing', () => {
    const empty = journal(
      run,
      layerOf('log', '0'),
      layerOf('lake', '0'),
      checkOf('pass'),
      claimsPass,
    );
    for (const lines of [
      empty,
      journal(run, checkOf('pass'), claimsPass),
      journal(run, log, claimsPass),
    ]) {
      expect(buildVerdict(lines).verdict).toBe('inconclusive');
      expect(codes(lines)).toEqual(['nothing-checked']);
    }
  });

  test('a run that stopped before its verdict is inconclusive and says so', () => {
    const document = buildVerdict(journal(run, log, checkOf('pass')));
    expect(document.verdict).toBe('inconclusive');
    expect(document.findings[0]?.message).toContain('the run ended before its verdict');
    expect(buildVerdict([])).toMatchObject({ verdict: 'inconclusive', scenario: 'unknown' });
  });

  test('what a stopped run had already found stays found', () => {
    const lines = journal(run, log, checkOf('pass'), fault('armed'), findingOf('missing'));
    expect(buildVerdict(lines).verdict).toBe('violated');
    expect(codes(lines)).toEqual(['run-incomplete', 'fault-not-observed', 'missing']);
  });

  test('layers that differ while every checker is silent are a finding, equal ones are not', () => {
    const lines = (lake: JournalEvent) =>
      journal(run, layerOf('bronze', '10'), lake, checkOf('pass'), claimsPass);
    expect(codes(lines(layerOf('lake', '10', '00000000000000ab')))).toEqual(['digest-mismatch']);
    expect(codes(lines(layerOf('lake', '11')))).toEqual(['digest-mismatch']);
    expect(codes(lines(layerOf('lake', '10')))).toEqual([]);
    expect(codes(lines(layerOf('lake', '10', null)))).toEqual([]);
    expect(codes(lines(layerOf('dead-letters', '3')))).toEqual([]);
  });

  test('layers stand in the way a record takes, and a second reading replaces the first', () => {
    const lines = journal(
      run,
      layerOf('other', '1'),
      layerOf('lake', '10'),
      layerOf('log', '9'),
      layerOf('producer', '10', null),
      log,
      checkOf('pass'),
      claimsPass,
    );
    expect(buildVerdict(lines).layers.map((layer) => `${layer.name} ${layer.rows}`)).toEqual([
      'producer 10',
      'log 10',
      'lake 10',
      'other 1',
    ]);
  });

  test('a flood of findings is cut at a named maximum and counted in full', () => {
    const flood = Array.from({ length: findingsMax + 500 }, () => findingOf('missing'));
    const document = buildVerdict(journal(run, log, checkOf('pass'), ...flood, claimsPass));
    expect(document.findings).toHaveLength(findingsMax);
    expect(document.findingsTotal).toBe(findingsMax + 500);
  });

  test('the decision is there before the run has written it down', () => {
    expect(decide(journal(run, log, checkOf('pass'))).verdict).toBe('pass');
  });

  test('the made-up runs show all three verdicts', () => {
    const kinds = ['pass', 'violated', 'inconclusive'] as const;
    expect(kinds.map((kind) => buildVerdict(sampleJournal(kind)).verdict)).toEqual(kinds);
  });
});
