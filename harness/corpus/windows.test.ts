/** Every crash point that the windows' table names is struck, and the sound pipeline passes. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { boundedWorkloads } from '../simulation/enumerate/workloads.ts';
import { codesOf } from '../simulation/explore/explore.ts';
import { runSchedule } from '../simulation/run-schedule.ts';
import type { FaultPoint } from '../simulation/schedule/schedule.ts';
import { buildPipeline } from '../simulation/system/pipeline-system.ts';
import { plantedBugs } from './planted-bugs.ts';
import { windows } from './windows.ts';

const ingestSteps = ['ledger.open', 'ledger.close'];

function processOf(step: string): string {
  if (step.startsWith('broker.')) return 'producer';
  return step.startsWith('store.') || ingestSteps.includes(step) ? 'ingest-1' : 'offload-1';
}

const points = windows.flatMap(({ number, window, openedAt = [] }) =>
  openedAt.map((name) => ({ number, window, name })),
);

describe('a window that a crash opens is closed by the pipeline', () => {
  test.each(points)('$number, $name: $window', async ({ name }) => {
    const [step, point] = name.split(' ') as [string, FaultPoint['point']];
    const at = { process: processOf(step), step, occurrence: 1, point };
    const schedule = {
      ...boundedWorkloads[0]!.schedule,
      faults: [{ at, action: { do: 'crash', restartMs: 300 } as const }],
    };
    const run = await runSchedule(schedule, { build: buildPipeline(), everyFaultMustBite: true });
    expect([...run.bitten]).toEqual([0]);
    expect({ verdict: run.judgement.verdict, codes: codesOf(run) }).toEqual({
      verdict: 'pass',
      codes: [],
    });
  });
});

test('the rows of the table are numbered as the windows are', () => {
  expect(windows.map(({ number }) => number)).toEqual(Array.from({ length: 21 }, (_, i) => i + 1));
});

describe('the documents that a run of the corpus writes', () => {
  test.each(['corpus.md', 'windows.md'])('docs/%s knows every bug that belongs there', (file) => {
    const text = readFileSync(join(import.meta.dirname, '../../docs', file), 'utf8');
    const wanted = plantedBugs.filter(({ window }) => file === 'corpus.md' || window !== null);
    expect(wanted.filter(({ id }) => !new RegExp(`\\b${id}\\b`).test(text))).toEqual([]);
  });
});
