import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openJournal, readJournal } from './journal.ts';
import { runDirectory } from './journal-directory.ts';
import type { JournalEvent } from './journal-events.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'tidemark-journal-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const phase: JournalEvent = { type: 'phase', name: 'steady', state: 'started' };

describe('journal', () => {
  test('what was appended is on disk before append returns, stamped in order', () => {
    let now = 1_000;
    const journal = openJournal(dir, { nowMs: () => now++ });
    journal.append(phase);
    expect(readFileSync(journal.path, 'utf8')).toBe(
      '{"seq":0,"at":1000,"type":"phase","name":"steady","state":"started"}\n',
    );
    journal.append(phase);
    expect(readJournal(journal.path).lines.map((line) => [line.seq, line.at])).toEqual([
      [0, 1_000],
      [1, 1_001],
    ]);
    journal.close();
    journal.close();
    expect(() => journal.append(phase)).toThrow('is closed');
  });

  test('64-bit numbers come back as exact text', () => {
    const journal = openJournal(dir, { nowMs: () => 0 });
    journal.append({ ...phase, name: 2n ** 63n - 1n } as unknown as JournalEvent);
    journal.close();
    expect(readJournal(journal.path).lines[0]).toMatchObject({ name: '9223372036854775807' });
  });

  test('a second run cannot write into the journal of the first', () => {
    openJournal(dir, { nowMs: () => 0 }).close();
    expect(() => openJournal(dir, { nowMs: () => 0 })).toThrow('EEXIST');
  });

  test('a torn last line is dropped and reported, the lines before it stay', () => {
    const journal = openJournal(dir, { nowMs: () => 0 });
    journal.append(phase);
    journal.close();
    expect(readJournal(journal.path)).toMatchObject({ torn: false });
    appendFileSync(journal.path, '{"seq":1,"at":0,"type":"verd');
    const read = readJournal(journal.path);
    expect(read.torn).toBe(true);
    expect(read.lines).toHaveLength(1);
  });

  test('a broken line in the middle, or a line taken out, is not read over', () => {
    const path = join(dir, 'journal.jsonl');
    writeFileSync(path, '{"seq":0,"at":0}\n{"seq":1,\n{"seq":2,"at":0}\n');
    expect(() => readJournal(path)).toThrow('journal.jsonl:2 is not JSON');
    writeFileSync(path, '{"seq":0,"at":0}\n{"seq":2,"at":0}\n');
    expect(() => readJournal(path)).toThrow('sequence number 2 where 1 belongs');
  });

  test('a writer killed with SIGKILL in full flight leaves every line that it had reported', async () => {
    const source = join(import.meta.dirname, 'journal.ts');
    const program = `
      const { openJournal } = await import(${JSON.stringify(source)});
      const journal = openJournal(${JSON.stringify(dir)}, { nowMs: () => 7 });
      for (let n = 0; n < 1e9; n += 1) {
        const line = journal.append({ type: 'phase', name: 'x'.repeat(n % 3000), state: 'started' });
        if (n % 500 === 0) process.stdout.write(line.seq + '\\n');
      }`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let reported = -1;
    child.stdout.on('data', (chunk: Buffer) => {
      reported = Number(chunk.toString().trim().split('\n').at(-1));
      if (reported >= 2_000) child.kill('SIGKILL');
    });
    await once(child, 'close');
    const read = readJournal(join(dir, 'journal.jsonl'));
    expect(reported).toBeGreaterThanOrEqual(2_000);
    expect(read.lines.length).toBeGreaterThan(reported);
    expect(read.lines.every((line, index) => line.seq === index)).toBe(true);
  });
});

describe('run directory', () => {
  test('each run has its own folder and latest points at the newest', () => {
    const now = Date.UTC(2026, 10, 23, 17, 52, 30, 123);
    const first = runDirectory(dir, 'prove', now);
    expect(first).toBe(join(dir, 'prove', '2026-11-23T17-52-30.123Z'));
    const second = runDirectory(dir, 'prove', now);
    expect(second).toBe(`${first}-2`);
    expect(readlinkSync(join(dir, 'prove', 'latest'))).toBe('2026-11-23T17-52-30.123Z-2');
    expect(realpathSync(join(dir, 'prove', 'latest'))).toBe(realpathSync(second));
  });

  test('a scenario whose name would leave the folder is refused', () => {
    mkdirSync(join(dir, 'out'));
    for (const name of ['../evil', 'a/b', '', '.hidden', 'latest']) {
      expect(() => runDirectory(join(dir, 'out'), name, 0)).toThrow('cannot be a folder name');
    }
  });
});
