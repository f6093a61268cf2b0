/**
 * The corpus as a test: every planted bug is caught under its own name, by a schedule that the
 * sound pipeline withstands, and the canary is heard.
 *
 * It runs the command in a process of its own, because planted bugs are loaded by Node's own hooks.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CorpusDocument } from './corpus-command.ts';
import { plantedBugs } from './planted-bugs.ts';
import { bugsOf, windows } from './windows.ts';

const command = resolve(import.meta.dirname, '../cli/tidemark.mjs');
const folder = mkdtempSync(join(tmpdir(), 'tidemark-corpus-'));
let document: CorpusDocument;
const entryOf = (id: string) => document.bugs.find((entry) => entry.id === id)!;

beforeAll(async () => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [command, 'corpus', '--hunts', '1', '--json'],
    { cwd: folder, maxBuffer: 64_000_000 },
  ).catch((error: { stdout: string }) => error);
  document = JSON.parse(stdout);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('every planted bug', () => {
  test.each(plantedBugs)('$id is named: $title', ({ id, expected, system, stopsWith }) => {
    const { caught, code, faultsMin, sound } = entryOf(id);
    const withstood = stopsWith === undefined ? 'pass' : 'stops';
    expect({ caught, sound }).toEqual({
      caught: true,
      sound: system === 'foil' ? 'not-run' : withstood,
    });
    expect(expected).toContain(code);
    expect(faultsMin).toBeLessThanOrEqual(3);
  });

  test('leaves a counterexample that can be replayed', () => {
    const files = readdirSync(resolve(folder, document.directory));
    expect(files.sort()).toEqual(plantedBugs.map(({ id }) => `${id}.json`).sort());
  });
});

describe('every window', () => {
  const opened = windows.filter(({ number }) => number !== 21);
  test.each(opened)('$number is opened by a bug: $window', ({ number }) => {
    const bugs = bugsOf(number, document.bugs);
    expect(bugs.length).toBeGreaterThan(0);
    for (const { caught } of bugs) expect(caught).toBe(true);
  });
});

test('the canary is heard, wherever it sang', () => {
  const { seed, planted, heard, reported } = document.canary;
  expect({ seed, planted, heard, reported }).toMatchObject({ heard: true });
});
