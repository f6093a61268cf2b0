/** Every crash point of the bounded workloads, and every pair of them: N of N. */
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { painter } from '../../../reports/render/terminal-text.ts';
import { systemClock } from '../../system-clock.ts';
import { matrixText } from '../presentation/matrix-text.ts';
import { buildPipeline } from '../system/pipeline-system.ts';
import { enumerateMatrix, type MatrixDocument } from './matrix.ts';
import { boundedWorkloads } from './workloads.ts';

/** A minute and a half on a quiet core. */
const boundMs = 900_000;

describe('every crash point of ingest, offload and maintenance, and every second crash after it', () => {
  let document: MatrixDocument;
  beforeAll(async () => {
    document = await enumerateMatrix({
      workloads: boundedWorkloads,
      pairs: true,
      build: buildPipeline(),
      directory: () => mkdtempSync(join(tmpdir(), 'tidemark-points-')),
      monotonicMs: systemClock.monotonicMs,
      isStopped: () => false,
      onPhase: () => undefined,
      onDetail: () => undefined,
    });
  }, boundMs);

  test('is survived; a point that is not is named with its replay line', () => {
    const failed = document.failures.map(({ verdict, codes, faults, replay }) => ({
      verdict,
      codes,
      faults: faults.map(({ at }) => at),
      replay,
    }));
    expect(failed).toEqual([]);
    expect(document).toMatchObject({ verdict: 'pass', reasons: [], failuresTotal: 0 });
  });

  test('is reached: N of N, by itself and in pairs', () => {
    const { single, pairs } = document;
    expect(single).toEqual({
      points: single.points,
      reached: single.points,
      passed: single.points,
    });
    expect(pairs).toEqual({
      points: pairs?.points,
      reached: pairs?.points,
      passed: pairs?.points,
    });
    expect(single.points).toBeGreaterThan(550);
    expect(pairs?.points).toBeGreaterThan(30_000);
  });

  test('in the numbers that docs/simulation.md tells', () => {
    const docs = readFileSync(join(import.meta.dirname, '../../../docs/simulation.md'), 'utf8');
    const numbers = (text: string) =>
      text.split('\n').filter((line) => /^(single faults|pairs) /.test(line));
    const told = numbers(matrixText(document, painter(false)));
    expect(told).toHaveLength(2);
    expect(numbers(docs)).toEqual(told);
  });

  test('and no durable step is left out, before, after or without its answer', () => {
    expect(document.missingPoints).toEqual([]);
    const steps = (rows: ReadonlyArray<{ step: string }>) => rows.map(({ step }) => step);
    const all = document.workloads.flatMap(({ single, pairs }) => [
      ...steps(single),
      ...steps(pairs),
    ]);
    expect(all).toEqual(
      expect.arrayContaining([
        'store.insert-dead-letters',
        'ledger.freeze-maintenance',
        'ledger.reopen',
        'ledger.fence',
        'ledger.void',
        'warehouse.delete',
      ]),
    );
  });
});
