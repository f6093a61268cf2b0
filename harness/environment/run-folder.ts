/**
 * One run's folder and its record of processes, the file from which a stranger can clean up after a
 * dead harness.
 *
 * A run is visible in `<cache>/runs/<id>` from the first moment together with `processes.json`: the
 * folder is prepared under another name and renamed. A run in a folder that the caller chose is
 * visible there as a link. Each process is recorded in the same tick in which it was spawned, by
 * write and rename, so a kill of the harness at any later moment leaves a full record. Reading and
 * writing are synchronous for that reason.
 */

import { randomUUID } from 'node:crypto';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { systemClock } from '../system-clock.ts';
import { openFolder } from './cache.ts';
import { removeSpool } from './clickhouse-embedded/spool.ts';
import { EnvironmentError, isFileError } from './environment-error.ts';
import { identityOf, type ProcessIdentity } from './process-table.ts';
import { clickhouseData } from './run-layout.ts';

export interface RecordedProcess extends ProcessIdentity {
  readonly name: string;
  readonly command: string;
  /** Asks the process to end in good order. */
  readonly stopSignal: NodeJS.Signals;
}

export interface RunRecord {
  readonly id: string;
  readonly harness: ProcessIdentity;
  /** A kept run outlives its harness and is ended by `down` only. */
  readonly kept: boolean;
  /** A throw-away folder is removed together with its processes. */
  readonly throwAway: boolean;
  readonly processes: readonly RecordedProcess[];
}

/** Nobody prepares or removes a folder for this long. */
const sweepAgeMs = 3_600_000;

/**
 * A run as it stands in the cache: `entry` is the folder or the link to it, `folder` where the
 * files are.
 */
export interface RecordedRun {
  readonly entry: string;
  readonly record: RunRecord;
}

export class RunFolder {
  readonly id: string;
  readonly folder: string;
  readonly #entry: string;
  #record: RunRecord;

  private constructor(entry: string, folder: string, record: RunRecord) {
    this.id = record.id;
    this.folder = folder;
    this.#entry = entry;
    this.#record = record;
  }

  /**
   * Makes the folder and its record. A chosen folder keeps what is in it, now and after the run.
   */
  static create(cache: string, chosen?: string): RunFolder {
    const id = randomUUID().slice(0, 13);
    const runs = join(cache, 'runs');
    openFolder(cache);
    openFolder(runs);
    const harness = identityOf(process.pid);
    const throwAway = chosen === undefined;
    const record: RunRecord = { id, harness, kept: false, throwAway, processes: [] };
    const entry = join(runs, id);
    if (chosen === undefined) {
      const temporary = join(runs, `.${id}`);
      openFolder(temporary);
      writeRecord(temporary, record);
      renameSync(temporary, entry);
      return new RunFolder(entry, entry, record);
    }
    const folder = resolve(chosen);
    mkdirSync(folder, { recursive: true });
    refuseLivingRun(folder);
    writeRecord(folder, record);
    symlinkSync(folder, entry);
    return new RunFolder(entry, folder, record);
  }

  path(...parts: readonly string[]): string {
    return join(this.folder, ...parts);
  }

  get processes(): readonly RecordedProcess[] {
    return this.#record.processes;
  }

  /** Adds a process, in place of an earlier one of that name. */
  add(process: RecordedProcess): void {
    const others = this.#record.processes.filter(({ name }) => name !== process.name);
    this.#update({ processes: [...others, process] });
  }

  /** From now on the run survives this process. */
  keep(): void {
    this.#update({ kept: true });
  }

  remove(): void {
    removeRun({ entry: this.#entry, record: this.#record });
  }

  #update(change: Partial<RunRecord>): void {
    this.#record = { ...this.#record, ...change };
    writeRecord(this.folder, this.#record);
  }
}

/** All runs that the cache knows. */
export function recordedRuns(cache: string): RecordedRun[] {
  const runs = join(cache, 'runs');
  if (!existsSync(runs)) return [];
  const found: RecordedRun[] = [];
  for (const name of readdirSync(runs)) {
    if (name.startsWith('.')) continue;
    const entry = join(runs, name);
    const record = readRecord(entry);
    if (record !== null && record.id === name) found.push({ entry, record });
    else if (lstatSync(entry, { throwIfNoEntry: false })?.isSymbolicLink()) unlinkSync(entry);
  }
  return found;
}

/** Null when the folder holds no record (any more), or one that a power cut left unreadable. */
export function readRecord(folder: string): RunRecord | null {
  try {
    return JSON.parse(readFileSync(join(folder, 'processes.json'), 'utf8')) as RunRecord;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    if (isFileError(error, 'ENOENT') || isFileError(error, 'ENOTDIR')) return null;
    throw error;
  }
}

/**
 * Removes folders below `runs` that belong to no run: half made, half removed, or with an
 * unreadable record.
 */
export function sweepRuns(cache: string): void {
  const runs = join(cache, 'runs');
  if (!existsSync(runs)) return;
  for (const name of readdirSync(runs)) {
    const entry = join(runs, name);
    const stat = lstatSync(entry, { throwIfNoEntry: false });
    if (!stat?.isDirectory() || systemClock.nowMs() - stat.mtimeMs < sweepAgeMs) continue;
    if (name.startsWith('.') || readRecord(entry) === null) discard(entry);
  }
}

/** Forgets a run: a throw-away folder goes whole, of a chosen one only the link and the record. */
export function removeRun({ entry, record }: RecordedRun): void {
  removeSpool(join(entry, clickhouseData));
  if (record.throwAway) {
    discard(entry);
    return;
  }
  if (readRecord(entry)?.id === record.id) rmSync(join(entry, 'processes.json'), { force: true });
  rmSync(entry, { force: true });
}

/** The rename lets one of several reapers win, and makes the run invisible at once. */
function discard(entry: string): void {
  const aside = join(dirname(entry), `.gone-${randomUUID()}`);
  try {
    renameSync(entry, aside);
  } catch (error) {
    if (isFileError(error, 'ENOENT')) return;
    throw error;
  }
  rmSync(aside, { recursive: true, force: true, maxRetries: 5 });
}

function refuseLivingRun(folder: string): void {
  const earlier = readRecord(folder);
  if (earlier === null) return;
  const user = `${earlier.id}, process ${earlier.harness.pid}`;
  const text = `${folder} is in use by another run (${user}); end it or choose another folder.`;
  throw new EnvironmentError('folder-closed', text);
}

function writeRecord(folder: string, record: RunRecord): void {
  const temporary = join(folder, `.processes.json.${process.pid}`);
  writeFileSync(temporary, `${JSON.stringify(record, null, 2)}\n`);
  renameSync(temporary, join(folder, 'processes.json'));
}
