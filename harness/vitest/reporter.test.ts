import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { requireLane } from './lanes.ts';

const project = join(import.meta.dirname, '../..');
const runMsMax = 60_000;
let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'tidemark-reporter-'));
  symlinkSync(join(project, 'node_modules'), join(dir, 'node_modules'));
  write('vitest.config.mjs', configText());
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function configText(extra = ''): string {
  const reporter = JSON.stringify(join(import.meta.dirname, 'reporter.ts'));
  return `export default { test: { include: ['*.t.ts'], reporters: ['default', ${reporter}] ${extra} } };`;
}

function write(name: string, text: string): void {
  writeFileSync(join(dir, name), text);
}

function writeLane(reason: string | null): void {
  const lanes = JSON.stringify(join(import.meta.dirname, 'lanes.ts'));
  const test = `test('in the lane', () => {});`;
  write(
    'lane.t.ts',
    `import { test } from 'vitest'; import { requireLane } from ${lanes};
     test('outside', () => {});
     requireLane('browser', ${JSON.stringify(reason)})('pages', () => { ${test} });`,
  );
}

/**
 * Runs the tests of the scratch folder in a process of its own; the last lines of its stdout and
 * its exit code.
 */
function run(env: Readonly<Record<string, string>> = {}) {
  const clean = Object.entries(process.env).filter(
    ([key]) => !key.startsWith('VITEST') && key !== 'CI' && key !== 'NODE_OPTIONS',
  );
  const vitest = join(project, 'node_modules/vitest/vitest.mjs');
  const result = spawnSync(process.execPath, [vitest, 'run', '--root', dir], {
    cwd: dir,
    env: { ...Object.fromEntries(clean), ...env },
    encoding: 'utf8',
    timeout: runMsMax,
  });
  const lines = result.stdout.trimEnd().split('\n');
  return { last: lines.at(-1), before: lines.at(-2), code: result.status, stdout: result.stdout };
}

describe('the last line of a test run', { timeout: runMsMax }, () => {
  test('a good run counts its tests and ends with the line and nothing else', () => {
    writeLane(null);
    expect(run()).toMatchObject({ last: '2 passed, 0 failed', code: 0 });
    expect(run().stdout.endsWith('2 passed, 0 failed\n')).toBe(true);
  });

  test('a lane that cannot run is named with its reason, and under CI it fails', () => {
    writeLane('no chromium was found');
    expect(run()).toMatchObject({
      before: 'lane browser not run: no chromium was found',
      last: '1 passed, 0 failed',
      code: 0,
    });
    expect(run({ CI: 'true' })).toMatchObject({ last: '1 passed, 1 failed', code: 1 });
  });

  test('a file that does not load, a hook that throws and an error nobody caught are failures', () => {
    write('good.t.ts', `import { test } from 'vitest'; test('x', () => {});`);
    write('load.t.ts', `import './not-there.ts';`);
    write(
      'hook.t.ts',
      `import { beforeAll, describe, test } from 'vitest';
       describe('s', () => { beforeAll(() => { throw new Error('hook'); }); test('x', () => {}); });
       test('y', () => { Promise.reject(new Error('nobody')); });`,
    );
    expect(run()).toMatchObject({ last: '2 passed, 3 failed', code: 1 });
  });

  test('a run without tests, or one that could not even start, is one failure', () => {
    expect(run()).toMatchObject({ last: '0 passed, 1 failed', code: 1 });
    writeLane(null);
    write('vitest.config.mjs', configText(`, globalSetup: './setup.mjs'`));
    write('setup.mjs', `export function setup() { throw new Error('no broker'); }`);
    const refused = run();
    expect(refused.last).toMatch(/^\d+ passed, [1-9]\d* failed$/);
    expect(refused.code).toBe(1);
    write('setup.mjs', `export function teardown() { throw new Error('a process was left'); }`);
    expect(run()).toMatchObject({ last: '2 passed, 1 failed', code: 1 });
  });

  test('a run in which every lane was skipped has proven nothing and fails', () => {
    writeLane('no chromium was found');
    write('vitest.config.mjs', configText(`, testNamePattern: 'in the lane'`));
    expect(run()).toMatchObject({ last: '0 passed, 1 failed', code: 1 });
  });
});

requireLane('self-test', null)('a lane whose needs are met', () => {
  test('runs like any other tests', () => expect(true).toBe(true));
});
