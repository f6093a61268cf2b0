/**
 * Patching in a process of its own: what is changed, what stays the same, and what is refused.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
const folder = 'harness/corpus/testing';
const entry = `${folder}/graph-entry.fixture.ts`;
const leaf = `${folder}/graph-leaf.fixture.ts`;
const options = { folders: [folder] };

function node(script: string, ...args: string[]) {
  const ran = spawnSync(process.execPath, [join(root, folder, script), ...args], {
    encoding: 'utf8',
    timeout: 30_000,
  });
  expect(ran.stderr).toBe('');
  return JSON.parse(ran.stdout);
}

const importPatched = (...jobs: object[]) =>
  node('import-patched.fixture.ts', JSON.stringify(jobs));

const looser = { file: leaf, find: 'value > max', replace: 'value > max * 10' };
const hundred = { entry, options, patch: { id: 'hundred', edits: [looser] } };

describe('a patched graph of modules', () => {
  test('has the mechanism taken out, for early and late imports, beside a clean graph', () => {
    const [facts] = importPatched(hundred);
    expect(facts).toMatchObject({ patched: 'name 11', later: 11, sameModule: false, calls: 3 });
    expect(facts.clean).toMatchObject({ thrown: 'TidemarkError: 11 is more than 10' });
  });

  test('shares packages and the error type with the clean graph', () => {
    const [facts] = importPatched(hundred);
    expect(facts.beyond).toEqual({ thrown: 'TidemarkError: 101 is more than 10', ours: true });
    expect(facts.samePackage).toBe(true);
  });

  test('can be told not to share the error type, which then is another type', () => {
    const unshared = { folders: [folder, 'src'], shared: [] };
    const [facts] = importPatched({ ...hundred, options: unshared });
    expect(facts.beyond).toEqual({ thrown: 'TidemarkError: 101 is more than 10', ours: false });
  });

  test('takes edits of several files, and two patches stand side by side', () => {
    const renamed = { file: entry, find: "'folder/name'", replace: "'folder/other'" };
    const both = { ...hundred, patch: { id: 'both', edits: [looser, renamed] } };
    const [one, two] = importPatched(hundred, both);
    expect([one.patched, two.patched]).toEqual(['name 11', 'other 11']);
    expect([one.calls, two.calls]).toEqual([3, 3]);
  });

  test('imported twice is the same graph', () => {
    const [first, second] = importPatched(hundred, hundred);
    expect([first.calls, second.calls]).toEqual([3, 6]);
  });
});

describe('a patch that cannot be trusted is refused by name', () => {
  const refused = (id: string, edit: object, more: object = {}) =>
    importPatched({ ...hundred, patch: { id, edits: [edit] }, ...more })[0];

  test('when its text is not in the file', () => {
    expect(refused('gone', { ...looser, find: 'value >= max' })).toEqual({
      error: 'PatchError',
      code: 'patch-stale',
      message: `patch gone: ${leaf}: "value >= max" occurs 0 times, not once`,
    });
  });

  test('when its text is in the file more than once', () => {
    const { code, message } = refused('twice', { ...looser, find: 'value' });
    expect({ code, message }).toEqual({
      code: 'patch-stale',
      message: `patch twice: ${leaf}: "value" occurs 4 times, not once`,
    });
  });

  test('when its file does not exist', () => {
    expect(refused('lost', { ...looser, file: 'src/none.ts' })).toMatchObject({
      code: 'patch-stale',
      message: 'patch lost: src/none.ts cannot be read',
    });
  });

  test('when the entry never loads its file', () => {
    const { code, message } = refused('unloaded', looser, { entry: 'src/pipeline/model/range.ts' });
    expect(code).toBe('patch-not-loaded');
    expect(message).toContain(
      `patch unloaded: src/pipeline/model/range.ts was imported, but ${leaf}`,
    );
  });

  test('when its file is one that all graphs share', () => {
    const shared = { folders: [folder], shared: [leaf] };
    expect(refused('shared', looser, { options: shared }).code).toBe('patch-not-loaded');
  });

  test('when its id already stands for other edits', () => {
    const other = { ...looser, replace: 'value < max' };
    const results = importPatched(hundred, {
      ...hundred,
      patch: { id: 'hundred', edits: [other] },
    });
    expect(results[1]).toMatchObject({ code: 'patch-id-reused' });
  });
});

test('the real pipeline loses one rule in memory and none on disk', () => {
  const file = join(root, 'src/pipeline/stages/ingest/range-writer.ts');
  const before = readFileSync(file, 'utf8');
  const facts = node('import-pipeline.fixture.ts');
  expect(facts.exports).toContain('ingestService');
  expect(facts).toMatchObject({ clean: 'incomplete', patched: 'complete' });
  expect(readFileSync(file, 'utf8')).toBe(before);
});
