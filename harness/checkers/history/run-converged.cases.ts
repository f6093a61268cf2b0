/** Cases of `run-converged`. */
import type { Case } from './case.ts';
import { healthy } from './case-builder.ts';
import type { HistoryFact } from './history.ts';
import { anomaly, drained, failed, phase, run, started } from './run-case-facts.ts';

/** Time passes by ten milliseconds an event, except before the last, where `ms` pass. */
function waited(ms: number, facts: readonly HistoryFact[], expectedFailures: string[] = []) {
  const { configuration, events } = run([...facts, phase('end')], { expectedFailures });
  const endMs = events.at(-2)!.atMs + ms;
  return { configuration, events: [...events.slice(0, -1), { ...events.at(-1)!, atMs: endMs }] };
}

export const cases: readonly Case[] = [
  { title: 'a healthy history', history: () => healthy().history(), expect: [], looked: 1 },
  {
    title: 'a layer is behind at the end of the drain',
    history: () => run([drained(10, 100, ['bronze'])]),
    expect: [anomaly('did-not-converge')],
    looked: 1,
  },
  {
    title: 'both drains of a run ended with something behind',
    history: () => run([drained(10, 100, ['bronze', 'lake']), drained(10, 100, ['lake'])]),
    expect: [anomaly('did-not-converge'), anomaly('did-not-converge')],
    looked: 2,
  },
  {
    title: 'a drain that took too long has converged',
    history: () => run([drained(1_000, 100)]),
    expect: [],
    looked: 1,
  },
  {
    title: 'a service failed for good',
    history: () => waited(60_001, [started('a'), failed('a')]),
    expect: [anomaly('did-not-converge')],
    looked: 1,
  },
  {
    title: 'a service that never started failed at once',
    history: () => waited(60_001, [failed('a')]),
    expect: [anomaly('did-not-converge')],
    looked: 1,
  },
  {
    title: 'a service may still be started again',
    history: () => waited(60_000, [started('a'), failed('a')]),
    expect: [],
    looked: 1,
  },
  {
    title: 'a service was started again',
    history: () => waited(90_000, [started('a'), failed('a'), started('a')]),
    expect: [],
    looked: 1,
  },
  {
    title: 'another service was started again',
    history: () => waited(60_001, [started('a'), failed('a'), started('b')]),
    expect: [anomaly('did-not-converge')],
    looked: 1,
  },
  {
    title: 'a process that stopped was not started, which is no failure to start',
    history: () =>
      waited(90_000, [
        started('a'),
        failed('a'),
        { type: 'process', process: 'a', state: 'stopped' },
      ]),
    expect: [anomaly('did-not-converge')],
    looked: 1,
  },
  {
    title: 'a service failed for good, as was expected',
    history: () => waited(90_000, [failed('a', 'topic-recreated')], ['refused', 'topic-recreated']),
    expect: [],
    looked: 1,
  },
  {
    title: 'a service failed for good, and something else was expected',
    history: () => waited(90_000, [failed('a', 'refused')], ['topic-recreated']),
    expect: [anomaly('did-not-converge')],
    looked: 1,
  },
  {
    title: 'no drain and no failure: nothing to look at',
    history: () => run([phase('safety')]),
    expect: [],
    looked: 0,
  },
];
