/**
 * Who is counted as killed, on made-up runs and on real mutants run in a process of their own.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Judged, judgeMutants } from './judge-mutants.ts';
import { mutantsOfText } from './mutants-of.ts';

const mutants = mutantsOfText('f.ts', 'a < b && c');
const named = (ids: readonly { readonly id: string }[]) => ids.map((mutant) => mutant.id);

test('the score is what was killed out of all, and survivors are named', async () => {
  const seen: Judged[] = [];
  const score = await judgeMutants(
    mutants,
    async ({ operator }) => (operator === 'logical' ? 'survived' : 'killed'),
    (judged) => seen.push(judged),
  );
  expect(score).toMatchObject({ killed: 2, survived: 1, errors: 0, total: 3, score: 2 / 3 });
  expect(named(score.survivors)).toEqual(['f.ts:1:logical:1']);
  expect(seen.map(({ done, total, fate }) => `${done}/${total} ${fate}`)).toEqual([
    '1/3 killed',
    '2/3 killed',
    '3/3 survived',
  ]);
});

test('a failed assertion kills; a crash or a run that ran out of time does not', async () => {
  const score = await judgeMutants(mutants, async ({ operator }) => {
    if (operator === 'comparison-flip') assert.equal(1, 2);
    if (operator === 'comparison-boundary') expect(1).toBe(2);
    throw new TypeError('x is not a function');
  });
  expect(score).toMatchObject({ killed: 2, survived: 0, errors: 1 });
  expect(score.errored).toMatchObject([{ reason: 'TypeError: x is not a function' }]);
  const late = await judgeMutants(mutants, async () => 'error');
  expect(late).toMatchObject({ killed: 0, errors: 3, score: 0 });
});

test('a score of no mutants at all is refused', async () => {
  await expect(judgeMutants([], async () => 'killed')).rejects.toThrow('no mutants to judge');
});

test('real mutants run as patches: a check that looks at the boundary kills what a lax one lets live', () => {
  const script = join(import.meta.dirname, '../testing/judge-mutants.fixture.ts');
  const ran = spawnSync(process.execPath, [script], { encoding: 'utf8', timeout: 30_000 });
  const { strict, lax } = JSON.parse(ran.stdout);
  expect(strict).toMatchObject({ errors: 0, score: 1, survivors: [] });
  expect(lax.killed).toBe(strict.killed - 1);
  expect(lax.survivors).toMatchObject([{ before: 'value > max', after: 'value >= max' }]);
});
