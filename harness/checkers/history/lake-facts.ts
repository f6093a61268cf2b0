/**
 * The lake as its readers saw it, moment by moment: versions of its tables, and which rows came and
 * went with each.
 *
 * A version is what a swing made current. Rows change with a swing, with a file that is deleted or
 * written over while a version names it, and with a restore of the database, which takes pointers
 * back and leaves files alone. A change says which rows came (`times` above zero) and went (below).
 */
import type { History, HistoryEvent, LakeFile, Row } from './history.ts';
import { lineTo, type Restore } from './ledger-lines.ts';
import { perHistory } from './per-history.ts';

export type Swing = Extract<HistoryEvent, { type: 'swing' }>;

export interface LakeVersion {
  readonly swing: Swing;
  /** How often the current snapshot names each file. */
  readonly files: ReadonlyMap<string, number>;
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

const noFiles: ReadonlyMap<string, number> = new Map();
const noRows: readonly Row[] = [];

class LakeFold implements LakeFacts {
  readonly versions: LakeVersion[] = [];
  readonly changes: LakeChange[] = [];
  /** Those that are there, with their rows. */
  readonly #files = new Map<string, readonly Row[]>();
  readonly #current = new Map<string, LakeVersion | null>();
  readonly #restores: Restore[] = [];

  add(event: HistoryEvent): void {
    switch (event.type) {
      case 'file-written':
        this.#written(event.file);
        break;
      case 'file-deleted':
        this.#deleted(event.path);
        break;
      case 'swing':
        this.#swing(event);
        break;
      case 'restored':
        this.#restored(event);
    }
  }

  #written({ path, rows }: LakeFile): void {
    this.#replace(path, rows);
    this.#files.set(path, rows);
  }

  #deleted(path: string): void {
    this.#replace(path, noRows);
    this.#files.delete(path);
  }

  #replace(path: string, rows: readonly Row[]): void {
    const before = this.#files.get(path) ?? noRows;
    for (const [table, version] of this.#current) {
      const times = version?.files.get(path) ?? 0;
      const deltas = [
        { rows: before, times: -times },
        { rows, times },
      ];
      if (times > 0) this.changes.push({ table, deltas, version, why: 'file' });
    }
  }

  #swing(swing: Swing): void {
    const files = new Map<string, number>();
    let rows = 0;
    for (const path of swing.snapshot?.files ?? []) {
      rows += this.#files.get(path)?.length ?? Number.NaN;
      files.set(path, (files.get(path) ?? 0) + 1);
    }
    const version = { swing, files, rows };
    this.versions.push(version);
    this.#change(swing.table, version, 'swing');
  }

  #restored(event: Restore): void {
    const leads = lineTo(event.backupSeq, this.#restores);
    this.#restores.push(event);
    for (const table of this.#current.keys()) {
      const version = this.versions.findLast(
        ({ swing }) => swing.table === table && leads(swing.seq),
      );
      this.#change(table, version ?? null, 'restored');
    }
  }

  #change(table: string, version: LakeVersion | null, why: LakeChange['why']): void {
    const before = this.#current.get(table)?.files ?? noFiles;
    const after = version?.files ?? noFiles;
    const deltas: Delta[] = [];
    for (const [path, times] of before) {
      if (!after.has(path)) deltas.push({ rows: this.#rowsOf(path), times: -times });
    }
    for (const [path, times] of after) {
      const more = times - (before.get(path) ?? 0);
      if (more !== 0) deltas.push({ rows: this.#rowsOf(path), times: more });
    }
    this.#current.set(table, version);
    this.changes.push({ table, deltas, version, why });
  }

  #rowsOf(path: string): readonly Row[] {
    return this.#files.get(path) ?? noRows;
  }
}
