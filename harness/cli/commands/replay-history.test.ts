/** What a replay writes down can be judged by somebody who did not see it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readHistory } from '../../checkers/history/history-file.ts';
import { buildSubject } from '../../corpus/subject.ts';
import { counterexampleOf, writeCounterexample } from '../../simulation/counterexample.ts';
import { swarmSchedule } from '../../simulation/schedule/swarm.ts';
import { judge } from './judge.ts';
import { replay } from './replay.ts';

const folder = mkdtempSync(join(tmpdir(), 'tidemark-replay-'));
afterAll(() => rmSync(folder, { recursive: true }));

const context = (operand: string, values: Record<string, string>, out: (text: string) => void) => ({
  ...{ operand, values, out, json: true },
  signal: new AbortController().signal,
  note: () => undefined,
});

test.each([
  ['a sound run', null, 0],
  ['a run with a planted bug', 'G8', 1],
])('%s is judged from its file as it was when it ran', async (_what, bug, exitCode) => {
  const schedule = swarmSchedule(3, { faultsMax: 0 });
  const run = await (await buildSubject(bug)).run(schedule, true);
  const file = join(folder, `${bug}.json`);
  const facts = { origin: 'a test', bug, everyFaultMustBite: true };
  writeCounterexample(file, counterexampleOf(run, { ...facts, schedule }));
  const history = join(folder, `history-${bug}`);
  expect(await replay.run(context(file, { history }, () => undefined))).toBe(exitCode);
  expect(readHistory(history).events).toEqual(run.history.events);
  const texts: string[] = [];
  expect(await judge.run(context(history, {}, (text) => texts.push(text)))).toBe(exitCode);
  const { verdict, findings } = JSON.parse(texts.join(''));
  expect({ verdict, findings }).toEqual({
    verdict: run.judgement.verdict,
    findings: run.judgement.findings,
  });
});
