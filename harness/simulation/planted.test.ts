/** What exploration and enumeration do when the pipeline really has a bug. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { readCounterexample } from './counterexample.ts';
import { enumerateMatrix } from './enumerate/matrix.ts';
import { boundedWorkloads } from './enumerate/workloads.ts';
import { replay } from './replay.ts';
import { runSchedule } from './run-schedule.ts';
import type { Schedule } from './schedule/schedule.ts';
import { simulate } from './simulate.ts';
import { buildPipeline } from './system/pipeline-system.ts';

const folder = mkdtempSync(join(tmpdir(), 'tidemark-planted-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Prices pass through a float. */
const guards = { hotStore: { 'decimals-exact': false } };
/** Files of a commit whose answer was lost are removed. */
const removesWhatMayBeLive = { 'files-left-in-doubt': false, 'asks-before-removal': false };
const runOf = (schedule: Schedule, everyFaultMustBite: boolean) =>
  runSchedule(schedule, { build: buildPipeline({ guards }), everyFaultMustBite });

const common = {
  directory: () => folder,
  monotonicMs: () => 0,
  isStopped: () => false,
  onPhase: () => undefined,
  onDetail: () => undefined,
};

describe('a planted bug', () => {
  test('is found by seeds, made smaller, and its file shows the same again', async () => {
    const document = await simulate({
      ...common,
      ...{ seedFirst: 1, seeds: 8, msMax: null },
      build: (logger) => buildPipeline({ guards, logger }),
    });
    expect(document.verdict).toBe('violated');
    expect(document.violated).toBeGreaterThan(0);
    const [first] = document.findings;
    expect(first).toMatchObject({ verdict: 'violated', shrunk: true, faults: 0 });
    expect(first?.replay).toBe(`npx tidemark replay ${first?.file}`);
    const counterexample = readCounterexample(first!.file);
    expect(counterexample.codes).toContain('altered');
    expect(counterexample.schedule.workload).toEqual([
      { do: 'send', afterMs: 0, partition: 0, trades: 1, malformed: 0 },
    ]);
    const again = await replay(first!.file, counterexample, runOf);
    expect(again).toMatchObject({ verdict: 'violated', codes: first?.codes, sameHistory: true });
  });

  test('is found by enumeration, and the point is named with a file that shows it', async () => {
    const [workload] = boundedWorkloads;
    const bounded = [{ ...workload!, single: ['offload-1'], paired: [] }];
    const document = await enumerateMatrix({
      ...common,
      workloads: bounded,
      pairs: false,
      build: buildPipeline({ guards: { engine: removesWhatMayBeLive } }),
    });
    expect(document.verdict).toBe('violated');
    expect(document.single.passed).toBeLessThan(document.single.points);
    expect(document.single.reached).toBe(document.single.points);
    const [failure] = document.failures;
    const counterexample = readCounterexample(failure!.file);
    expect(counterexample).toMatchObject({ verdict: 'violated', everyFaultMustBite: true });
    expect(counterexample.codes).toEqual(failure?.codes);
    expect(counterexample.codes).toContain('dangling-file');
    expect(failure?.faults.at(-1)).toMatchObject({
      at: { step: 'catalog.swing', point: 'applied-unanswered' },
      action: { do: 'lose' },
    });
  });
});

test('an enumeration whose workloads leave steps out is inconclusive and names them', async () => {
  const [workload] = boundedWorkloads;
  const document = await enumerateMatrix({
    ...common,
    workloads: [{ ...workload!, single: ['producer'], paired: [] }],
    pairs: true,
    build: buildPipeline(),
  });
  expect(document).toMatchObject({ verdict: 'inconclusive', failuresTotal: 0 });
  expect(document.missingPoints).toContain('ledger.close before');
  expect(document.missingPoints).not.toContain('broker.produce before');
  expect(document.reasons.join()).toContain('never struck: ');
});
