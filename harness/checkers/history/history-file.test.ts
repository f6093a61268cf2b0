/** Histories on disk: what is written is read again, and nothing else is taken for a history. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { healthy } from './case-builder.ts';
import { added, appendTrade, file, removed, rows } from './case-facts.ts';
import type { History, HistoryFact } from './history.ts';
import { HistoryFileError, historyFileName, readHistory, writeHistory } from './history-file.ts';
import { eventTypes } from './history-file-schema.ts';
import { judge } from './judge.ts';
import { gone, log } from './log-case-facts.ts';
import { failed, fault } from './run-case-facts.ts';

const root = mkdtempSync(join(tmpdir(), 'tidemark-history-'));
afterAll(() => rmSync(root, { recursive: true }));

const folder = () => mkdtempSync(join(root, 'h-'));

function written(history: History): string {
  const directory = folder();
  writeHistory(directory, history);
  return directory;
}

/** One event of every type that the healthy history does not have. */
const others: readonly HistoryFact[] = [
  gone('retention', 0, 0, 1),
  removed('bronze', rows(0, 0)),
  { type: 'watermark', table: 'bronze', at: 1_700_000_000_000.5 },
  { type: 'restored', backupSeq: 3 },
  file('f9', rows(0, 0)),
  { type: 'file-deleted', path: 'f9' },
  {
    ...{ type: 'candle', layer: 'gold', symbol: 'BTCUSDT', windowStart: 0, windowMs: 60_000 },
    ...{ open: '1', high: '1', low: '1', close: '1', volume: '1', trades: 1 },
  } as HistoryFact,
  fault(0, 'bit'),
  failed('ingest-1'),
];

test('a history with every event there is comes back as it was', () => {
  const history = healthy()
    .atEnd(...others)
    .history({
      forbidden: ['source-gap'],
      expectedFailures: ['refused'],
      candles: [{ layer: 'gold', windowMs: 60_000 }],
    });
  expect(new Set(history.events.map(({ type }) => type))).toEqual(new Set(eventTypes));
  const directory = written(history);
  expect(readHistory(directory)).toEqual(history);
  expect(readdirSync(directory)).toEqual([historyFileName]);
});

test('a history read again is judged as it was, and a second one replaces the first', () => {
  const directory = written(healthy().history());
  const history = log([appendTrade(0, 0), added('bronze', rows(0, 0, 0))], { hasLedger: false });
  writeHistory(directory, history);
  expect(judge(readHistory(directory))).toEqual(judge(history));
  expect(judge(history).verdict).toBe('violated');
});

test('a folder that is not there is made', () => {
  const directory = join(folder(), 'a', 'b');
  writeHistory(directory, healthy().history());
  expect(readHistory(directory)).toEqual(healthy().history());
});

/** The lines of a healthy history, changed, and what reading them says. */
function refusal(change: (lines: string[]) => readonly string[]): string {
  const directory = written(healthy().history());
  const path = join(directory, historyFileName);
  writeFileSync(path, change(readFileSync(path, 'utf8').split('\n')).join('\n'));
  try {
    readHistory(directory);
  } catch (error) {
    expect(error).toBeInstanceOf(HistoryFileError);
    const { message } = error as Error;
    expect(message.startsWith(path)).toBe(true);
    return message.slice(path.length);
  }
  return 'it was read';
}

const withLine = (number: number, text: string) => (lines: string[]) =>
  lines.with(number - 1, text);
const edited = (number: number, from: string, to: string) => (lines: string[]) => {
  expect(lines[number - 1]).toContain(from);
  return lines.with(number - 1, lines[number - 1]!.replace(from, to));
};

test('a file that was cut off is refused, wherever it ends', () => {
  expect(refusal((lines) => lines)).toBe('it was read');
  expect(refusal((lines) => lines.slice(0, 5))).toMatch(/^:5 ends in the middle of a line/);
  expect(refusal((lines) => [...lines.slice(0, 5), '{"seq":5,'])).toMatch(/^:6 ends in the middle/);
  expect(refusal((lines) => [...lines.slice(0, 5), ''])).toMatch(
    /^: \d+ events are promised in the first line and 4 are there: the file was cut off/,
  );
  expect(refusal((lines) => [...lines.slice(0, -1), lines.at(-2)!, ''])).toMatch(
    /has seq \d+ where/,
  );
  expect(refusal(() => [])).toBe(' is empty');
  expect(refusal(() => [''])).toBe(' is empty');
  expect(refusal(() => ['', ''])).toBe(':1 is no JSON: ""');
});

test('a line that is missing, moved or doubled is named', () => {
  const jumps = (at: number, seq: number, due: number) =>
    `:${at} has seq ${seq} where ${due} belongs: lines are missing or were moved`;
  expect(refusal((lines) => lines.toSpliced(3, 1))).toBe(jumps(4, 4, 3));
  expect(refusal((lines) => lines.toSpliced(3, 0, lines[2]!))).toBe(jumps(4, 2, 3));
  expect(refusal((lines) => lines.toSpliced(1, 1))).toBe(jumps(2, 2, 1));
  expect(refusal(edited(3, '"seq":2', '"seq":0'))).toBe(jumps(3, 0, 2));
});

test('an unknown type and a wrong field are named with their line', () => {
  const known = /^:2 has no event type that is known: /;
  expect(refusal(withLine(2, '{"seq":1,"atMs":0,"type":"phantom"}'))).toBe(
    ':2 has no event type that is known: "phantom"',
  );
  expect(refusal(withLine(2, '{"seq":1,"atMs":0}'))).toBe(
    ':2 has no event type that is known: none',
  );
  for (const text of ['null', '7', '[]', '"phase"', '{"type":{}}']) {
    expect(refusal(withLine(2, text))).toMatch(known);
  }
  expect(refusal(edited(2, '"phase":"safety"', '"phase":"calm"'))).toMatch(/^:2 phase: Invalid/);
  expect(refusal(edited(2, '"atMs":0', '"atMs":-1'))).toMatch(/^:2 atMs: /);
  expect(refusal(edited(2, '"atMs":0', '"atMs":"0"'))).toMatch(/^:2 atMs: /);
  expect(refusal(edited(2, '"seq":1', '"seq":1.5'))).toMatch(/^:2 seq: /);
  expect(refusal(edited(2, '"seq":1', '"seq":1,"note":1'))).toMatch(/^:2 .*"note"/);
  expect(refusal(edited(3, ',"topicId":"t1"', ''))).toMatch(/^:3 topicId: /);
  expect(refusal(edited(11, '"offsetNext":0', '"offsetNext":9007199254740993'))).not.toBe(
    'it was read',
  );
  expect(refusal(withLine(2, '{"seq":1,'))).toBe(':2 is no JSON: "{\\"seq\\":1,"');
});

test('a first line that is another format, or no header, is refused', () => {
  expect(refusal(edited(1, '"version":1', '"version":2'))).toMatch(/^:1 version: /);
  expect(refusal((lines) => lines.slice(1))).toMatch(/^:1 /);
  expect(refusal(edited(1, '"allowed":[]', '"allowed":"all"'))).toMatch(
    /^:1 configuration.allowed: /,
  );
  expect(refusal(edited(1, '"hasLedger":true,', ''))).toMatch(/^:1 configuration.hasLedger: /);
  expect(refusal(edited(1, '"allowed":[]', '"allowed":[],"strict":true'))).toMatch(
    /^:1 configuration: .*"strict"/,
  );
});

test('a folder without a history is named', () => {
  const directory = join(root, 'nowhere');
  expect(() => readHistory(directory)).toThrow(HistoryFileError);
  expect(() => readHistory(directory)).toThrow(join(directory, historyFileName));
});

test('what is shown of a file is short', () => {
  const message = refusal(withLine(2, 'x'.repeat(10_000)));
  expect(message.length).toBeLessThan(100);
});
