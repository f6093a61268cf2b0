/** A judged run that nobody ran: what an exploration, a replay or a text needs to see of one. */
import type { HistoryFact } from '../checkers/history/history.ts';
import type { Judgement } from '../checkers/history/judge.ts';
import type { Finding, Verdict } from '../experiment/journal-events.ts';
import type { Run } from './run-schedule.ts';
import type { Schedule } from './schedule/schedule.ts';
import { settingsDefault } from './schedule/settings.ts';

export interface FakeRun {
  readonly verdict?: Verdict;
  readonly codes?: readonly string[];
  /** Names of checks that looked at nothing. */
  readonly idle?: readonly string[];
  readonly facts?: readonly HistoryFact[];
  readonly bitten?: readonly number[];
  readonly failure?: Error;
}

export const findingOf = (code: string, more: Partial<Finding> = {}): Finding => ({
  code,
  layer: 'bronze',
  message: `${code} was found`,
  identity: null,
  expected: null,
  actual: [],
  ...more,
});

export function fakeRun(parts: FakeRun = {}): Run {
  const { codes = [], idle = [], facts = [], bitten = [], failure = null } = parts;
  const verdict = parts.verdict ?? (codes.length > 0 ? 'violated' : 'pass');
  const checks = idle.map((name) => ({
    name,
    guarantee: 'G1',
    title: name,
    verdict: 'inconclusive' as const,
    looked: 0,
    found: 0,
  }));
  const findings = codes.map((code) => findingOf(code));
  const judgement: Judgement = {
    ...{ verdict, checks, findings, allowed: [], information: [], counts: {} },
  };
  const events = facts.map((fact, index) => ({ seq: index + 1, atMs: index * 1_000, ...fact }));
  const configuration = {
    ...{ name: 'fake', allowed: [], faultsArmed: 0, hasLedger: true, expectDrained: true },
  };
  return {
    history: { configuration, events },
    judgement,
    steps: new Map([['client store.write', 60]]),
    bitten: new Set(bitten),
    virtualMs: 5_000,
    trace: null,
    failure,
  };
}

export function scheduleOf(parts: Partial<Schedule> = {}): Schedule {
  const settings = settingsDefault;
  return { version: 1, settings, workload: [], choices: [], faults: [], ...parts };
}
