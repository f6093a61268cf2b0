/** `simulate`, `replay` and `enumerate` as a person or a script calls them. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { counterexampleOf, writeCounterexample } from '../../simulation/counterexample.ts';
import { runSchedule } from '../../simulation/run-schedule.ts';
import { swarmSchedule } from '../../simulation/schedule/swarm.ts';
import { simulate as simulateSeeds } from '../../simulation/simulate.ts';
import { buildPipeline } from '../../simulation/system/pipeline-system.ts';
import { type Command, type CommandContext, UsageError } from '../command.ts';
import { enumerate } from './enumerate.ts';
import { replay } from './replay.ts';
import { simulate } from './simulate.ts';

const folder = mkdtempSync(join(tmpdir(), 'tidemark-commands-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function called(command: Command, context: Partial<CommandContext>) {
  const texts: string[] = [];
  const exitCode = await command.run({
    operand: undefined,
    values: {},
    signal: new AbortController().signal,
    out: (text) => texts.push(text),
    note: () => undefined,
    json: false,
    ...context,
  });
  return { exitCode, text: texts.join('\n') };
}

function started(...args: string[]) {
  const main = join(import.meta.dirname, '..', 'main.ts');
  const child = spawn(process.execPath, [main, ...args], { cwd: folder });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (data) => {
    output.stdout += data;
  });
  child.stderr.on('data', (data) => {
    output.stderr += data;
  });
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  return { child, output, ended };
}

const seedsOf = (seedFirst: number, seeds: number) =>
  simulateSeeds({
    ...{ seedFirst, seeds, msMax: null },
    build: (logger) => buildPipeline({ logger }),
    directory: () => folder,
    monotonicMs: () => 0,
    isStopped: () => false,
    onPhase: () => undefined,
    onDetail: () => undefined,
  });

describe('tidemark simulate', () => {
  test('gives the same journal hash in this process, again, and in a process of its own', async () => {
    const here = await seedsOf(1, 40);
    const again = await seedsOf(1, 40);
    const { output, ended } = started('simulate', '--seeds', '40', '--json');
    expect(await ended).toBe(0);
    const there = JSON.parse(output.stdout);
    expect(again.journalHash).toBe(here.journalHash);
    expect(there.journalHash).toBe(here.journalHash);
    expect(there.marks).toEqual(here.marks);
    expect((await seedsOf(2, 40)).journalHash).not.toBe(here.journalHash);
  });

  test('its document has the verdict, the speed, the marks and the findings', async () => {
    const values = { seeds: '10', seed: '5' };
    const { exitCode, text } = await called(simulate, { values, json: true });
    expect(exitCode).toBe(0);
    expect(JSON.parse(text)).toMatchObject({
      verdict: 'pass',
      reasons: [],
      seedFirst: 5,
      seeds: 10,
      schedulesPerSecond: expect.any(Number),
      stepsPerSchedule: expect.any(Number),
      speedup: expect.any(Number),
      marks: { 'log range.done': expect.any(Number) },
      missingMarks: expect.any(Array),
      findings: [],
      journalHash: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  test.each([
    ['no seed at all', { seeds: '0' }],
    ['a part of a seed', { seeds: '1.5' }],
    ['no number', { seeds: 'many' }],
    ['a negative first seed', { seed: '-1' }],
    ['a first seed beyond all numbers', { seed: '9'.repeat(30) }],
    ['no time', { minutes: '0' }],
    ['a time that is none', { minutes: 'soon' }],
    ['a time in the past', { minutes: '-3' }],
  ])('%s is a mistake of the caller', async (_title, values) => {
    await expect(called(simulate, { values })).rejects.toThrow(UsageError);
  });

  test('that is interrupted tells what it did, and is inconclusive', async () => {
    const { child, output, ended } = started('simulate', '--seeds', '100000000', '--json');
    await progressOf(child);
    child.kill('SIGINT');
    expect(await ended).toBe(2);
    const document = JSON.parse(output.stdout);
    expect(document).toMatchObject({ verdict: 'inconclusive', end: 'stopped' });
    expect(document.seeds).toBeGreaterThan(0);
    expect(document.reasons.join()).toContain(`interrupted after ${document.seeds} seeds`);
  });

  test('that was given minutes ends with them', async () => {
    const { exitCode, text } = await called(simulate, { values: { minutes: '0.01' }, json: true });
    expect(JSON.parse(text).end).toBe('time');
    expect(exitCode).toBe(0);
  });
});

/** The exploration is under way when its first line of progress with a seed is there. */
function progressOf(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    let text = '';
    child.stderr!.on('data', (data) => {
      text += data;
      if (/seed [1-9]/.test(text)) resolve();
    });
  });
}

describe('tidemark replay', () => {
  async function fileOf(seed: number, change: object = {}): Promise<string> {
    const schedule = swarmSchedule(seed);
    const run = await runSchedule(schedule, { build: buildPipeline(), everyFaultMustBite: false });
    const about = { origin: `seed ${seed}`, bug: null, everyFaultMustBite: false, schedule };
    const path = join(folder, `replay-${seed}.json`);
    writeCounterexample(path, { ...counterexampleOf(run, about), ...change });
    return path;
  }

  test('runs a file again and says that it is the same run', async () => {
    const { exitCode, text } = await called(replay, { operand: await fileOf(3) });
    expect(exitCode).toBe(0);
    expect(text).toContain('seed 3; the pipeline as it is');
    expect(text).toContain('--- liveness ---');
    expect(text).toContain('the same history as recorded');
  });

  test('the document has the whole journal', async () => {
    const { exitCode, text } = await called(replay, { operand: await fileOf(3), json: true });
    const document = JSON.parse(text);
    expect(exitCode).toBe(0);
    expect(document).toMatchObject({ verdict: 'pass', sameHistory: true, codes: [] });
    expect(document.journal[0]).toMatchObject({ seq: 1, type: 'phase', phase: 'safety' });
    expect(document.journal.at(-1)).toMatchObject({ type: 'phase', phase: 'end' });
  });

  test('of a file that speaks of another run is inconclusive', async () => {
    const file = await fileOf(4, { historyHash: '0'.repeat(64), verdict: 'violated' });
    const { exitCode, text } = await called(replay, { operand: file });
    expect(exitCode).toBe(2);
    expect(text).toContain('not the run that the file speaks of');
  });

  test('of a planted bug runs with the bug, and of one that nobody planted is refused', async () => {
    const file = await fileOf(5, { bug: 'Z99' });
    await expect(called(replay, { operand: file })).rejects.toThrow(UsageError);
    await expect(called(replay, { operand: file })).rejects.toThrow('no planted bug Z99');
  });

  test('of a schedule without end is refused in one sentence', async () => {
    const schedule = swarmSchedule(6);
    const settings = { ...schedule.settings, offloadEveryMs: 1, offloaders: 8 };
    const workload = [{ do: 'send', afterMs: 20_000, partition: 0, trades: 1, malformed: 0 }];
    const file = await fileOf(6, { schedule: { ...schedule, settings, workload } });
    const refused = called(replay, { operand: file });
    await expect(refused).rejects.toThrow(UsageError);
    await expect(refused).rejects.toThrow(/replay-6\.json cannot be replayed: the run did not end/);
  });

  test.each([
    ['nothing at all', () => join(folder, 'none.json'), 'cannot be read'],
    ['a folder', () => folder, 'is not a file'],
    ['no JSON', () => written('hello'), 'is no JSON'],
    ['another document', () => written('{"verdict":"pass"}'), 'is no counterexample'],
  ])('of %s is a mistake of the caller', async (_title, path, problem) => {
    const refused = called(replay, { operand: path() });
    await expect(refused).rejects.toThrow(UsageError);
    await expect(refused).rejects.toThrow(problem);
  });

  function written(content: string): string {
    const path = join(folder, 'hostile.json');
    writeFileSync(path, content);
    return path;
  }

  test.each([
    [['replay'], 'tidemark replay takes one FILE, not 0'],
    [['replay', 'a', 'b'], 'tidemark replay takes one FILE, not 2'],
    [['replay', '--turbo', 'a'], 'Unknown option'],
    [['simulate', 'seventeen'], 'Unexpected argument'],
  ])('tidemark %j exits with 254 and one sentence', async (args, sentence) => {
    const { output, ended } = started(...args);
    expect(await ended).toBe(254);
    expect(output.stderr).toContain(sentence);
    expect(output.stderr.trim().split('\n')).toHaveLength(1);
    expect(output.stdout).toBe('');
  });
});

test('tidemark enumerate that is interrupted is inconclusive and counts what it did not reach', async () => {
  const stop = new AbortController();
  stop.abort();
  const { exitCode, text } = await called(enumerate, { signal: stop.signal, json: true });
  const document = JSON.parse(text);
  expect(exitCode).toBe(2);
  expect(document).toMatchObject({ verdict: 'inconclusive', pairs: null, failuresTotal: 0 });
  expect(document.single.reached).toBe(0);
  expect(document.single.points).toBeGreaterThan(500);
  expect(document.reasons).toContain('it was interrupted');
});
