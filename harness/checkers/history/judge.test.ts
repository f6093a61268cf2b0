/** The judgement weighs what is found; nothing looked at is never green. */
import { expect, test } from 'vitest';
import type { Finding } from '../../experiment/journal-events.ts';
import { decide } from '../../experiment/verdict.ts';
import { healthy, isAppend } from './case-builder.ts';
import { append, record } from './case-facts.ts';
import type { HistoryChecker } from './checker.ts';
import { findingsMax, honestyCodes, informationCodes, judge } from './judge.ts';

const finding = (code: string): Finding => ({
  code,
  layer: 'log',
  message: code,
  identity: null,
  expected: null,
  actual: [],
});

function finds(codes: readonly string[], looked = 1, more: Partial<HistoryChecker> = {}) {
  const check = () => ({ findings: codes.map(finding), looked });
  return { name: 'some', guarantee: 'G1', title: 'Some', codes, check, ...more };
}

const configured = (more: Parameters<ReturnType<typeof healthy>['history']>[0] = {}) =>
  healthy().history(more);
const codesOf = (findings: readonly Finding[]) => findings.map(({ code }) => code);

test('a healthy history passes every checker, and each of them looked at something', () => {
  const { verdict, checks, findings, allowed } = judge(configured());
  expect([verdict, findings, allowed]).toEqual(['pass', [], []]);
  expect(checks.filter(({ looked, verdict: own }) => looked === 0 || own !== 'pass')).toEqual([]);
  expect(checks.length).toBeGreaterThan(25);
});

test('a lost record is a violation that its check names', () => {
  const { verdict, checks, findings } = judge(healthy().without(isAppend(1, 4)).history());
  expect(verdict).toBe('violated');
  expect(codesOf(findings)).toContain('lost-write');
  const check = checks.find(({ name }) => name === 'log-lost-write');
  expect(check).toMatchObject({ verdict: 'violated', looked: 9, found: 1 });
});

test('what a configuration allows is listed apart and breaks nothing', () => {
  const checkers = [finds(['duplicate', 'missing'])];
  const some = judge(configured({ allowed: ['duplicate'] }), checkers);
  expect([some.verdict, codesOf(some.findings), codesOf(some.allowed)]).toEqual([
    'violated',
    ['missing'],
    ['duplicate'],
  ]);
  const all = judge(configured({ allowed: ['missing', 'duplicate'] }), checkers);
  expect([all.verdict, all.findings, codesOf(all.allowed)]).toEqual([
    'pass',
    [],
    ['duplicate', 'missing'],
  ]);
  expect(all.checks[0]).toMatchObject({ verdict: 'pass', found: 2 });
});

test('information breaks nothing, unless the run forbids it', () => {
  const checkers = [...informationCodes].map((code) => finds([code]));
  const told = judge(configured(), checkers);
  expect([told.verdict, told.findings, codesOf(told.information)]).toEqual([
    'pass',
    [],
    [...informationCodes],
  ]);
  for (const code of informationCodes) {
    const strict = judge(configured({ forbidden: [code], allowed: [code] }), checkers);
    expect([strict.verdict, codesOf(strict.findings)]).toEqual(['violated', [code]]);
  }
});

test('what the source did is told of a real history, and a run may forbid it', () => {
  const plan = healthy().atEnd(append(record(0, 9, { source: 'binance|BTCUSDT|0' })));
  const expectDrained = false;
  const loose = judge(plan.history({ expectDrained }));
  expect(loose.counts).toMatchObject({ 'source-duplicate': 1, 'source-gap': 3 });
  expect(codesOf(loose.findings)).not.toContain('source-duplicate');
  const strict = judge(plan.history({ expectDrained, forbidden: ['source-duplicate'] }));
  expect(strict.verdict).toBe('violated');
  expect(codesOf(strict.findings)).toContain('source-duplicate');
});

test('an honesty code makes the judgement inconclusive, and nobody can allow it', () => {
  for (const code of honestyCodes) {
    const history = configured({ allowed: [code], forbidden: [code] });
    const { verdict, findings, checks } = judge(history, [finds([code]), finds([])]);
    expect([verdict, codesOf(findings)]).toEqual(['inconclusive', [code]]);
    expect(checks.map((check) => check.verdict)).toEqual(['inconclusive', 'pass']);
  }
});

test('honesty codes weigh in a judgement as they do in the verdict of a run', () => {
  const check = { guarantee: 'G1', title: 'Some', verdict: 'pass', evidence: '1' } as const;
  for (const code of [...honestyCodes, 'missing']) {
    const lines = [
      { seq: 0, at: 0, type: 'check', check } as const,
      { seq: 1, at: 0, type: 'finding', finding: finding(code) } as const,
    ];
    const layer = { name: 'log', title: '', rows: '1', digest: null, reader: '', durationMs: 0 };
    const run = { seq: 2, at: 0, type: 'layer', layer: { ...layer, partitions: [] } } as const;
    expect(decide([...lines, run]).verdict).toBe(judge(configured(), [finds([code])]).verdict);
  }
});

test('a violation wins over what is not known', () => {
  const { verdict } = judge(configured(), [
    finds(['missing']),
    finds(['nothing-checked']),
    finds([], 0),
  ]);
  expect(verdict).toBe('violated');
});

test('a checker that looked at nothing is inconclusive, unless it does not apply', () => {
  const idle = judge(configured(), [finds([]), finds([], 0)]);
  expect([idle.verdict, idle.checks.map((check) => check.verdict)]).toEqual([
    'inconclusive',
    ['pass', 'inconclusive'],
  ]);
  const applies = judge(configured(), [finds([], 0, { applies: () => true })]);
  expect(applies.verdict).toBe('inconclusive');
  const other = judge(configured(), [finds([]), finds([], 0, { applies: () => false })]);
  expect([other.verdict, other.checks.length]).toEqual(['pass', 1]);
});

test('a checker that does not apply and finds something all the same is heard', () => {
  const { verdict } = judge(configured(), [finds(['missing'], 0, { applies: () => false })]);
  expect(verdict).toBe('violated');
});

test('no checkers prove nothing', () => {
  expect(judge(configured(), []).verdict).toBe('inconclusive');
});

test('of each code the first hundred are listed, and all are counted', () => {
  const many = Array<string>(findingsMax + 1).fill('missing');
  const { findings, counts } = judge(configured(), [
    finds(many),
    finds(['duplicate', 'missing', 'duplicate']),
  ]);
  expect(counts).toEqual({ missing: findingsMax + 2, duplicate: 2 });
  expect(findings.length).toBe(findingsMax + 2);
  expect(codesOf(findings).filter((code) => code === 'missing').length).toBe(findingsMax);
});
