/**
 * The journal of a run: `journal.jsonl`, written line by line while the run happens.
 *
 * Every event is handed to the kernel as one whole line before `append` returns, so a `kill -9` of
 * the run loses nothing that was written; at worst its very last line is torn. The reader drops
 * such a line and says so. A line that is broken in the middle, or a sequence number that is
 * missing, is not an accident of dying: the file was changed, and reading fails. A journal is made
 * once and never opened again for writing, so two runs can't mix in one file. Bigints become
 * strings.
 */
import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { JournalEvent, JournalLine } from './journal-events.ts';

export const journalFileName = 'journal.jsonl';

/**
 * A write to a file that takes only a part of the line this often in a row has a full disk behind
 * it.
 */
const partialWritesMax = 1_000;

export interface Journal {
  readonly path: string;
  /**
   * Writes one event with its stamp and returns the line. Throws after `close` and when the disk
   * refuses.
   */
  append(event: JournalEvent): JournalLine;
  /** Flushes to the disk; safe to repeat. */
  close(): void;
}

export interface JournalRead {
  readonly lines: readonly JournalLine[];
  /** True when the file ends in the middle of a line; that line is not among `lines`. */
  readonly torn: boolean;
}

/**
 * Creates `journal.jsonl` in an existing folder; fails when there is one. `clock` stamps `at`,
 * milliseconds since 1970.
 */
export function openJournal(dir: string, clock: { nowMs(): number }): Journal {
  const path = join(dir, journalFileName);
  const file = openSync(path, 'ax');
  let seq = 0;
  let open = true;
  return {
    path,
    append(event) {
      if (!open) throw new Error(`${path} is closed: no event can be written after the run`);
      const line: JournalLine = { seq, at: clock.nowMs(), ...event };
      writeWhole(file, `${JSON.stringify(line, bigintAsString)}\n`, path);
      seq += 1;
      return line;
    },
    close() {
      if (!open) return;
      open = false;
      fsyncSync(file);
      closeSync(file);
    },
  };
}

/**
 * Reads a journal back. Throws when a whole line is not JSON or the sequence has a hole: the file
 * was changed.
 */
export function readJournal(path: string): JournalRead {
  const text = readFileSync(path, 'utf8');
  const pieces = text.split('\n');
  const torn = pieces.pop() !== '';
  return { lines: pieces.map((piece, index) => parseLine(piece, index, path)), torn };
}

function parseLine(piece: string, index: number, path: string): JournalLine {
  let line: JournalLine;
  try {
    line = JSON.parse(piece) as JournalLine;
  } catch (cause) {
    throw new Error(`${path}:${index + 1} is not JSON: the journal was changed after the run`, {
      cause,
    });
  }
  if (line?.seq !== index) {
    throw new Error(
      `${path}:${index + 1} has sequence number ${line?.seq} where ${index} belongs: ` +
        'lines are missing or were moved',
    );
  }
  return line;
}

function writeWhole(file: number, line: string, path: string): void {
  const bytes = Buffer.from(line, 'utf8');
  let written = 0;
  for (let attempt = 0; attempt < partialWritesMax; attempt += 1) {
    written += writeSync(file, bytes, written);
    if (written === bytes.length) return;
  }
  throw new Error(`${path}: only ${written} of ${bytes.length} bytes could be written`);
}

function bigintAsString(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}
