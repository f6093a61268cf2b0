import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import {
  type Counterexample,
  CounterexampleError,
  counterexampleOf,
  readCounterexample,
  writeCounterexample,
} from './counterexample.ts';
import { fakeRun } from './fake-run.test-kit.ts';
import { historyHash } from './kernel/recorder.ts';
import { swarmSchedule } from './schedule/swarm.ts';

const folder = mkdtempSync(join(tmpdir(), 'tidemark-counterexample-'));
afterAll(() => rmSync(folder, { recursive: true }));

const run = fakeRun({ codes: ['missing', 'duplicate'], facts: [{ type: 'phase', phase: 'end' }] });
const about = { origin: 'seed 17', bug: null, everyFaultMustBite: false };
const sound = counterexampleOf(run, { ...about, schedule: swarmSchedule(17) });

function written(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

function refusalOf(path: string): string {
  try {
    readCounterexample(path);
  } catch (error) {
    expect(error).toBeInstanceOf(CounterexampleError);
    return (error as Error).message;
  }
  return 'was read';
}

test('says what the run showed, and a reader gets back what was written', () => {
  expect(sound).toMatchObject({ verdict: 'violated', codes: ['duplicate', 'missing'], bug: null });
  expect(sound.historyHash).toBe(historyHash(run.history.events));
  const path = join(folder, 'sound.json');
  writeCounterexample(path, sound);
  expect(readCounterexample(path)).toEqual(sound);
});

test('every drawn schedule survives the way through a file', () => {
  for (let seed = 1; seed <= 100; seed += 1) {
    const path = join(folder, 'drawn.json');
    const counterexample = { ...sound, schedule: swarmSchedule(seed) };
    writeCounterexample(path, counterexample);
    expect(readCounterexample(path)).toEqual(counterexample);
  }
});

type Change = (document: Counterexample) => unknown;
const inSchedule = (change: object) => (d: Counterexample) => ({
  ...d,
  schedule: { ...d.schedule, ...change },
});
const inSettings = (change: object) => (d: Counterexample) => ({
  ...d,
  schedule: { ...d.schedule, settings: { ...d.schedule.settings, ...change } },
});
const fault = {
  at: { process: 'ingest-1', step: 'ledger.close', occurrence: 1, point: 'before' },
  action: { do: 'crash', restartMs: 10 },
};
const send = { do: 'send', afterMs: 0, partition: 0, trades: 1_000, malformed: 0 };

const wrongDocuments: ReadonlyArray<readonly [title: string, change: Change, place: string]> = [
  ['another version', (d) => ({ ...d, version: 2 }), 'version'],
  ['no version', ({ version: _, ...d }) => d, 'version'],
  ['an unknown key', (d) => ({ ...d, extra: 1 }), 'extra'],
  ['a list', (d) => [d], 'the document'],
  ['nothing but null', () => null, 'the document'],
  ['a verdict that does not exist', (d) => ({ ...d, verdict: 'green' }), 'verdict'],
  ['a hash that is none', (d) => ({ ...d, historyHash: 'f00' }), 'historyHash'],
  ['an origin without end', (d) => ({ ...d, origin: 'x'.repeat(2_000) }), 'origin'],
  ['a system that does not exist', inSettings({ system: 'spark' }), 'settings.system'],
  ['a huge number of partitions', inSettings({ partitions: 1e9 }), 'settings.partitions'],
  ['half a process', inSettings({ ingesters: 1.5 }), 'settings.ingesters'],
  ['a number beyond all numbers', inSettings({ drainMsMax: 1e308 }), 'settings.drainMsMax'],
  ['a negative number', inSettings({ offloadEveryMs: -1 }), 'settings.offloadEveryMs'],
  ['a number as a text', inSettings({ rangeRowsMax: '6' }), 'settings.rangeRowsMax'],
  ['an unknown setting', inSettings({ turbo: true }), 'turbo'],
  ['choices that are no numbers', inSchedule({ choices: [{}] }), 'choices.0'],
  ['too many choices', inSchedule({ choices: Array(5_001).fill(0) }), 'choices'],
  ['too many faults', inSchedule({ faults: Array(5_001).fill(fault) }), 'faults'],
  [
    'more records than anybody wants to wait for',
    inSchedule({ workload: Array(30).fill(send) }),
    'workload: has more than 20000 records',
  ],
  [
    'a workload that takes years',
    inSchedule({ workload: Array(100).fill({ ...send, trades: 1, afterMs: 36_000_000 }) }),
    'workload: takes more than',
  ],
  [
    'an unknown item of the workload',
    inSchedule({ workload: [{ ...send, do: 'delete-everything' }] }),
    'workload.0',
  ],
  [
    'an unknown action',
    inSchedule({ faults: [{ ...fault, action: { do: 'explode' } }] }),
    'faults.0.action',
  ],
  [
    'an unknown environment fault',
    inSchedule({ faults: [{ ...fault, action: { do: 'environment', what: 'flood', n: 1 } }] }),
    'faults.0.action',
  ],
  [
    'a step that no process takes',
    inSchedule({ faults: [{ ...fault, at: { ...fault.at, step: 'ledger.format-disk' } }] }),
    'faults.0.at.step: is no step that a process takes',
  ],
  [
    'a point that does not exist',
    inSchedule({ faults: [{ ...fault, at: { ...fault.at, point: 'after' } }] }),
    'faults.0.at.point',
  ],
  [
    'a process with a hostile name',
    inSchedule({ faults: [{ ...fault, at: { ...fault.at, process: '../../etc/passwd' } }] }),
    'faults.0.at.process',
  ],
];

describe('a file that is not ours is refused in one sentence with the path and the place', () => {
  test.each(wrongDocuments)('%s', (_title, change, place) => {
    const path = written('wrong.json', JSON.stringify(change(sound)));
    const message = refusalOf(path);
    expect(message).toContain(path);
    expect(message).toContain(place);
    expect(message).not.toMatch(/\n/);
    expect(message.length).toBeLessThan(400);
  });

  test('a key named __proto__ is refused and changes nothing', () => {
    const text = JSON.stringify(sound).replace('{', '{"__proto__":{"polluted":1},');
    expect(refusalOf(written('proto.json', text))).toContain('__proto__');
    expect(({} as { polluted?: number }).polluted).toBe(undefined);
  });

  test.each([
    ['no JSON', 'hello', 'is no JSON'],
    ['an empty file', '', 'is no JSON'],
    ['half a document', JSON.stringify(sound).slice(0, 500), 'is no JSON'],
    ['bytes of anything', '\u0000\u001b[31m\u0007\ufffd', 'is no JSON'],
    ['a million brackets', '['.repeat(1_000_000), 'is no JSON'],
    ['lists in lists', `${'['.repeat(100_000)}${']'.repeat(100_000)}`, 'the document'],
    ['numbers without end', `[${'9'.repeat(1_000_000)}]`, 'the document'],
  ])('%s', (_title, content, problem) => {
    expect(refusalOf(written('hostile.json', content))).toContain(problem);
  });

  test('what stands in the file cannot colour or move the terminal', () => {
    const text = JSON.stringify({ ...sound, '\u001b[32mpass\u001b[0m\n\u202e': 1 });
    const message = refusalOf(written('colour.json', text));
    expect(message).toContain('\\x1b[32mpass');
    for (const character of ['\u001b', '\n', '\u202e']) expect(message).not.toContain(character);
  });

  test('a hundred megabytes are not even read', () => {
    const path = written('large.json', '{');
    truncateSync(path, 100_000_000);
    expect(refusalOf(path)).toContain('has 100000000 bytes; a counterexample has at most');
  });

  test('a folder, a pipe that nobody writes to, a device without end, and nothing at all', () => {
    const directory = join(folder, 'directory');
    mkdirSync(directory);
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    for (const path of [directory, pipe, '/dev/zero']) {
      expect(refusalOf(path)).toBe(`${path} is not a file; a counterexample is one JSON file`);
    }
    const missing = join(folder, 'missing.json');
    expect(refusalOf(missing)).toContain(`${missing} cannot be read: ENOENT`);
    expect(refusalOf('')).toContain('cannot be read');
    expect(refusalOf('a\u0000b')).toContain('cannot be read');
  });
});
