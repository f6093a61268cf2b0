/** `tidemark judge` as a user calls it: verdict and exit code of a history on disk. */
import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { healthy, isAppend } from '../../checkers/history/case-builder.ts';
import type { History } from '../../checkers/history/history.ts';
import { historyFileName, writeHistory } from '../../checkers/history/history-file.ts';

const main = fileURLToPath(new URL('../main.ts', import.meta.url));
const root = mkdtempSync(join(tmpdir(), 'tidemark-judge-'));
afterAll(() => rmSync(root, { recursive: true }));

function tidemark(...args: readonly string[]) {
  const env = { ...process.env, NO_COLOR: '1' };
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], {
    env,
    encoding: 'utf8',
  });
  return { code: status, stdout, stderr };
}

function recorded(history: History): string {
  const directory = mkdtempSync(join(root, 'h-'));
  writeHistory(directory, history);
  return directory;
}

test('a sound history passes: every check with what it looked at, exit code 0', () => {
  const directory = recorded(healthy().history());
  const { code, stdout, stderr } = tidemark('judge', directory);
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toContain(`${directory}: case`);
  expect(stdout).toMatch(/pass +log +log-lost-write +An acknowledged record .* \(9 looked at\)/);
  expect(stdout).toContain('information:\nsource-gap in source: ');
  expect(stdout.trimEnd()).toMatch(/\[pass\] \d+ checks, nothing was found$/);
});

test('a broken history is violated: the record is named, exit code 1, and JSON says the same', () => {
  const directory = recorded(healthy().without(isAppend(1, 4)).history());
  const text = tidemark('judge', directory);
  expect(text.code).toBe(1);
  expect(text.stdout).toMatch(/lost-write in log: k1-4 .*\n +record {4}1:4\n/);
  expect(text.stdout.trimEnd()).toMatch(/\[violated\] .*lost-write 1/);
  const json = tidemark('judge', directory, '--json');
  const document = JSON.parse(json.stdout) as Record<string, unknown>;
  expect([json.code, document.verdict, document.name]).toEqual([1, 'violated', 'case']);
  expect(document.findings).toContainEqual(
    expect.objectContaining({
      code: 'lost-write',
      identity: { topicId: 't1', partition: 1, offset: '4' },
    }),
  );
});

test('a history that proves nothing is inconclusive, exit code 2', () => {
  const directory = recorded(healthy().history({ faultsArmed: 1 }));
  const { code, stdout } = tidemark('judge', directory);
  expect(code).toBe(2);
  expect(stdout).toMatch(/\[inconclusive\] fault-not-observed 1\n$/);
});

test('a file that was cut off is no input: the line is named, exit code 254', () => {
  const directory = recorded(healthy().history());
  appendFileSync(join(directory, historyFileName), '{"seq":');
  const { code, stdout, stderr } = tidemark('judge', directory);
  expect([code, stdout]).toEqual([254, '']);
  expect(stderr).toMatch(
    /history\.jsonl:\d+ ends in the middle of a line: the file was cut off\n$/,
  );
  const json = tidemark('judge', directory, '--json');
  expect(JSON.parse(json.stdout)).toMatchObject({ exitCode: 254 });
});

test('a folder without a history, and no folder at all, are mistakes of the call', () => {
  const nowhere = tidemark('judge', join(root, 'nowhere'));
  expect([nowhere.code, nowhere.stderr]).toEqual([254, expect.stringContaining('cannot be read')]);
  const none = tidemark('judge');
  expect([none.code, none.stderr]).toEqual([254, expect.stringContaining('takes one DIR')]);
});
