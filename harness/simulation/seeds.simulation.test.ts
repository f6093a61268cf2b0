/**
 * The exploration of every test run: a fixed stretch of seeds, each of which keeps every guarantee.
 *
 * `TIDEMARK_SEED` sets another first seed and `TIDEMARK_RUNS` multiplies their number.
 */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { settingOf } from '../../properties/seeded.ts';
import { systemClock } from '../system-clock.ts';
import { seedsThatMeetEverything } from './explore/verdict.ts';
import { simulate } from './simulate.ts';
import { buildPipeline } from './system/pipeline-system.ts';

const seedFirstDefault = '20260101';
const { seed: seedFirst, runsFactor } = settingOf({
  TIDEMARK_SEED: seedFirstDefault,
  ...process.env,
});
const seeds = seedsThatMeetEverything * runsFactor;
const msPerSeedMax = 60;

test(
  `seeds ${seedFirst} to ${seedFirst + seeds - 1}: nothing wrong is ever seen, everything arrives, every branch was met (TIDEMARK_SEED=${seedFirst})`,
  async () => {
    const document = await simulate({
      ...{ seedFirst, seeds, msMax: null },
      build: (logger) => buildPipeline({ logger }),
      directory: () => mkdtempSync(join(tmpdir(), 'tidemark-seeds-')),
      monotonicMs: systemClock.monotonicMs,
      isStopped: () => false,
      onPhase: () => undefined,
      onDetail: () => undefined,
    });
    const { verdict, reasons, findings, stepsPerSchedule, speedup } = document;
    const again = findings.map(({ seed, codes, messages, replay }) => ({
      seed,
      codes,
      message: messages[0],
      again: `npx tidemark simulate --seed ${seed} --seeds 1`,
      replay,
    }));
    expect({ verdict, reasons, again }, `TIDEMARK_SEED=${seedFirst}`).toEqual({
      verdict: 'pass',
      reasons: [],
      again: [],
    });
    expect(document.seeds).toBe(seeds);
    expect(document.missingMarks).toEqual([]);
    expect(stepsPerSchedule).toBeGreaterThanOrEqual(50);
    expect(speedup).toBeGreaterThan(100);
  },
  seeds * msPerSeedMax,
);
