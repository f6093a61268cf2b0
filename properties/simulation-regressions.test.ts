/**
 * Counterexamples that the simulation found in this protocol, kept: each schedule was the smallest
 * that went wrong, and the mended pipeline has to come through it, every fault striking.
 *
 * That the same schedule still shows the bug once the mend is taken out is the corpus' business
 * (group P).
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readCounterexample } from '../harness/simulation/counterexample.ts';
import { codesOf } from '../harness/simulation/explore/explore.ts';
import { runSchedule } from '../harness/simulation/run-schedule.ts';
import { buildPipeline } from '../harness/simulation/system/pipeline-system.ts';

const folder = join(import.meta.dirname, 'regressions/simulation');
const files = readdirSync(folder).sort();

describe('a counterexample stays mended', () => {
  test('and there are some', () => {
    expect(files.length).toBeGreaterThanOrEqual(4);
  });

  test.each(files)('%s', async (file) => {
    const { schedule, verdict, origin } = readCounterexample(join(folder, file));
    expect(verdict, origin).toBe('violated');
    const run = await runSchedule(schedule, { build: buildPipeline(), everyFaultMustBite: true });
    const result = { verdict: run.judgement.verdict, codes: codesOf(run) };
    expect(result, origin).toEqual({ verdict: 'pass', codes: [] });
  });
});
