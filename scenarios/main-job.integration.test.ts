/**
 * The main job as a user runs it: one command, one verdict, and nothing left behind.
 *
 * The command runs in a process of its own with a cache of its own, so it never meets a stack that
 * somebody keeps on this machine, and whatever it would leave behind is seen.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, onTestFinished, test } from 'vitest';
import { down } from '../harness/environment/commands.ts';
import { temporaryFolder } from '../harness/environment/dummy.test-kit.ts';
import { otherCache } from '../harness/environment/other-cache.test-kit.ts';
import { readProcess } from '../harness/environment/process-table.ts';
import { recordedRuns } from '../harness/environment/run-folder.ts';
import { readJournal } from '../harness/experiment/journal.ts';
import type { JournalLine, VerdictDocument } from '../harness/experiment/journal-events.ts';
import { type Answer, tidemark } from './command-line.ts';

const schemas = join(import.meta.dirname, '../reports/schema');
const ajv = new Ajv2020({ strict: true, allErrors: true, allowUnionTypes: true });
const schemaOf = (name: string) =>
  ajv.compile(JSON.parse(readFileSync(join(schemas, name), 'utf8')) as object);
const isVerdict = schemaOf('verdict.schema.json');
const isJournalLine = schemaOf('journal-line.schema.json');

const recordingRecords = '34419';

type Printed = VerdictDocument & { readonly directory: string; readonly report: string };

/** The one document on stdout. */
function printed({ stdout }: Answer): Printed {
  expect(stdout.trimEnd().split('\n')).toHaveLength(1);
  return JSON.parse(stdout) as Printed;
}

/** Rows and digest of each layer, by name. */
function layersOf({ layers }: VerdictDocument) {
  return Object.fromEntries(layers.map(({ name, rows, digest }) => [name, { rows, digest }]));
}

const living = (lines: readonly JournalLine[]) =>
  lines
    .flatMap((line) => (line.type === 'process' && line.pid !== null ? [line.pid] : []))
    .filter((pid) => (readProcess(pid)?.state ?? 'dead') !== 'dead');

test('prove: three faults strike, every layer holds the same records, and the machine is as it was', async () => {
  const cache = await otherCache();
  const folder = temporaryFolder();
  const answer = await tidemark(folder, 'prove', '--json');
  expect(answer.code, answer.stderr).toBe(0);
  const { directory, report, ...document } = printed(answer);
  expect(document).toMatchObject({ verdict: 'pass', findings: [], findingsTotal: 0 });
  expect(document.faults.map(({ name, observed }) => `${name} ${observed}`)).toEqual([
    'ingester-killed true',
    'insert-answer-cut true',
    'commit-answer-cut true',
  ]);
  expect(document.checks.every(({ verdict }) => verdict === 'pass')).toBe(true);

  const layers = layersOf(document);
  const all = { rows: recordingRecords, digest: layers.log!.digest };
  expect(layers).toMatchObject({
    producer: { rows: recordingRecords },
    log: all,
    bronze: all,
    'bronze+dead-letters': all,
    lake: all,
  });
  expect(all.digest).toMatch(/^[0-9a-f]{16}$/);

  expect(directory.startsWith(join(folder, 'reports', 'out', 'prove'))).toBe(true);
  const written = JSON.parse(readFileSync(join(directory, 'verdict.json'), 'utf8')) as unknown;
  expect(written).toEqual(document);
  expect(isVerdict(written), JSON.stringify(isVerdict.errors)).toBe(true);
  expect(report).toBe(join(directory, 'report.html'));
  expect(readFileSync(report, 'utf8')).toContain('ingester-killed');

  const { lines } = readJournal(join(directory, 'journal.jsonl'));
  const odd = lines.filter((line) => !isJournalLine(line));
  expect(odd).toEqual([]);
  expect(lines.filter((line) => line.type === 'process').length).toBeGreaterThan(8);
  expect(living(lines)).toEqual([]);
  expect(recordedRuns(cache)).toEqual([]);
});

test('prove --faults none --keep runs calm, verify proves it again over what is kept, down ends it', async () => {
  const cache = await otherCache();
  onTestFinished(async () => {
    await down();
  });
  const folder = temporaryFolder();
  const records = ['--records', '900', '--seed', '11'];
  const first = await tidemark(folder, 'prove', '--faults', 'none', '--keep', ...records, '--json');
  expect(first.code, first.stderr).toBe(0);
  const run = printed(first);
  expect(run).toMatchObject({ verdict: 'pass', faults: [], findings: [], seed: 11 });
  const { lines } = readJournal(join(run.directory, 'journal.jsonl'));
  expect(lines.filter((line) => line.type === 'process' && line.event === 'killed')).toEqual([]);
  expect(living(lines)).toHaveLength(4);

  const again = await tidemark(folder, 'verify', '--json');
  expect(again.code, again.stderr).toBe(0);
  expect(printed(again)).toMatchObject({ verdict: 'pass', scenario: 'verify' });
  expect(layersOf(printed(again))).toEqual(layersOf(run));
  const second = await tidemark(folder, 'prove', '--keep', '--json');
  expect(second).toMatchObject({ code: 255, stderr: expect.stringContaining('tidemark down') });

  expect((await tidemark(folder, 'down')).stdout).toMatch(/^ended .*kafka/);
  expect(living(lines)).toEqual([]);
  expect(recordedRuns(cache)).toEqual([]);
  expect((await tidemark(folder, 'status')).code).toBe(2);
  expect(existsSync(run.report)).toBe(true);
});
