/**
 * The lake as its readers saw it, moment by moment: versions of its tables, and which rows came and
 * went with each.
 *
 * A version is what a swing made current. Rows change with a swing, with a file that is deleted or
 * written over while a version names it, and with a restore of the database, which takes pointers
 * back and leaves files alone. A change says which rows came (`times` above zero) and went (below).
 */
import type { History, HistoryEvent, Row } from './history.ts';
import { lineTo, type Restore } from './ledger-lines.ts';
import { perHistory } from './per-history.ts';

export type Swing = Extract<HistoryEvent, { type: 'swing' }>;

export interface LakeVersion {
  readonly swing: Swing;
  /** Files that the current snapshot names, each counted once. */
  readonly files: number;
  /** Those that it names more than once, with how often. */
  readonly repeated: ReadonlyArray<{ readonly path: string; readonly times: number }>;
  /** Rows that the files held at that time; not a number when one of them was not there. */
  readonly rows: number;
}

export interface Delta {
  readonly rows: readonly Row[];
  readonly times: number;
}

export interface LakeChange {
  readonly table: string;
  readonly deltas: readonly Delta[];
  /** What is current now; null when there is nothing. */
  readonly version: LakeVersion | null;
  readonly why: 'swing' | 'file' | 'restored';
}

export interface LakeFacts {
  readonly versions: readonly LakeVersion[];
  readonly changes: readonly LakeChange[];
}

export const lakeFacts = perHistory((history: History): LakeFacts => {
  const fold = new LakeFold();
  for (const event of history.events) fold.add(event);
  return fold;
});

const noRows: readonly Row[] = [];

interface File {
  readonly path: string;
  /** Null while it is not there. */
  rows: readonly Row[] | null;
}

/** A file that a version of a table names. */
interface Reference {
  readonly file: File;
  /** How often the current version names it. */
  times: number;
  /** The same of the version that is being looked at. */
  timesNext: number;
}

class Table {
  current: LakeVersion | null = null;
  /** Of every file that any version named. */
  readonly references = new Map<string, Reference>();
  /** Files of the current version. */
  live: readonly Reference[] = [];
}

class LakeFold implements LakeFacts {
  readonly versions: LakeVersion[] = [];
  readonly changes: LakeChange[] = [];
  readonly #files = new Map<string, File>();
  readonly #tables = new Map<string, Table>();
  readonly #restores: Restore[] = [];

  add(event: HistoryEvent): void {
    switch (event.type) {
      case 'file-written':
        this.#replace(event.file.path, event.file.rows);
        break;
      case 'file-deleted':
        this.#replace(event.path, null);
        break;
      case 'swing':
        this.#swing(event);
        break;
      case 'restored':
        this.#restored(event);
    }
  }

  #replace(path: string, rows: readonly Row[] | null): void {
    const file = this.#file(path);
    for (const [table, { current, references }] of this.#tables) {
      const times = references.get(path)?.times ?? 0;
      const deltas = [
        { rows: file.rows ?? noRows, times: -times },
        { rows: rows ?? noRows, times },
      ];
      if (times > 0) this.changes.push({ table, deltas, version: current, why: 'file' });
    }
    file.rows = rows;
  }

  #file(path: string): File {
    const file = this.#files.get(path) ?? { path, rows: null };
    this.#files.set(path, file);
    return file;
  }

  #table(name: string): Table {
    const table = this.#tables.get(name) ?? new Table();
    this.#tables.set(name, table);
    return table;
  }

  #swing(swing: Swing): void {
    const table = this.#table(swing.table);
    const next = this.#count(table, swing);
    let rows = 0;
    const repeated: Array<{ readonly path: string; readonly times: number }> = [];
    for (const { file, timesNext: times } of next) {
      rows += times * (file.rows?.length ?? Number.NaN);
      if (times > 1) repeated.push({ path: file.path, times });
    }
    const version = { swing, files: next.length, repeated, rows };
    this.versions.push(version);
    this.#change(swing.table, next, version, 'swing');
  }

  #restored(restore: Restore): void {
    const leads = lineTo(restore.backupSeq, this.#restores);
    this.#restores.push(restore);
    for (const [name, table] of this.#tables) {
      const version =
        this.versions.findLast(({ swing }) => swing.table === name && leads(swing.seq)) ?? null;
      this.#change(name, this.#count(table, version?.swing ?? null), version, 'restored');
    }
  }

  /** Each file that the version names, with `timesNext` counted. */
  #count(table: Table, swing: Swing | null): readonly Reference[] {
    const next: Reference[] = [];
    for (const path of swing?.snapshot?.files ?? []) {
      const reference = table.references.get(path) ?? this.#reference(table, path);
      if (reference.timesNext === 0) next.push(reference);
      reference.timesNext += 1;
    }
    return next;
  }

  #reference(table: Table, path: string): Reference {
    const made = { file: this.#file(path), times: 0, timesNext: 0 };
    table.references.set(path, made);
    return made;
  }

  #change(
    name: string,
    next: readonly Reference[],
    version: LakeVersion | null,
    why: LakeChange['why'],
  ): void {
    const table = this.#table(name);
    const deltas: Delta[] = [];
    for (const reference of [...table.live, ...next]) {
      const times = reference.timesNext - reference.times;
      if (times !== 0) deltas.push({ rows: reference.file.rows ?? noRows, times });
      reference.times = reference.timesNext;
    }
    for (const reference of next) reference.timesNext = 0;
    table.current = version;
    table.live = next;
    this.changes.push({ table: name, deltas, version, why });
  }
}
