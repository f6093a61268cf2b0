/**
 * The simulated warehouse: the files of lake tables, as a plain state machine.
 *
 * Data files hold rows; a manifest is a file without rows, so that losing one is seen as what it
 * is: a snapshot names something that is not there. Metadata is kept by location and never changes.
 * The warehouse knows no pointer: which version counts is the catalog's business. A file that
 * nothing leads to stays until somebody deletes it.
 */
import { TidemarkError } from '../../../src/pipeline/errors.ts';
import type { LakeSnapshot } from '../../checkers/history/history.ts';
import type { Observe } from '../remote.ts';
import { plainRows, type StoredRow, withContent } from './row.ts';
import {
  currentSnapshot,
  type Manifest,
  type Snapshot,
  type TableVersion,
} from './warehouse-version.ts';

export class Warehouse {
  readonly #observe: Observe;
  readonly #files = new Map<string, readonly StoredRow[]>();
  readonly #versions = new Map<string, TableVersion>();
  #numberLast = 0;
  #spoilNext: ((rows: readonly StoredRow[]) => readonly StoredRow[]) | null = null;

  constructor(observe: Observe) {
    this.#observe = observe;
  }

  /** Counts up: a number that no name and no snapshot id has had. */
  freshNumber(): number {
    this.#numberLast += 1;
    return this.#numberLast;
  }

  /** Fails with `refused` when the file is there, unless `writesOver` (a planted bug) is true. */
  writeData(path: string, rows: readonly StoredRow[], writesOver = false): void {
    const spoil = this.#spoilNext;
    this.#spoilNext = null;
    this.#write(path, spoil === null ? rows : spoil(rows), writesOver);
  }

  writeManifest(manifest: Manifest): void {
    this.#write(manifest.path, [], false);
  }

  #write(path: string, rows: readonly StoredRow[], writesOver: boolean): void {
    if (this.#files.has(path) && !writesOver) {
      throw new TidemarkError('refused', `${path} is there already; no file is written over`);
    }
    this.#files.set(path, rows);
    this.#observe({ type: 'file-written', file: { path, rows: plainRows(rows) } });
  }

  writeVersion(version: TableVersion): void {
    this.#versions.set(version.location, version);
  }

  /**
   * Metadata in which the parent of the current snapshot is current again, as
   * `rollback_to_snapshot` writes it; null when there is none to go back to.
   */
  rolledBack(location: string): string | null {
    const version = this.version(location);
    const parentId = currentSnapshot(version)?.parentId ?? null;
    if (parentId === null) return null;
    const to = `${location}.rollback-${this.freshNumber()}`;
    const log = [...version.log, location];
    this.writeVersion({ ...version, location: to, currentId: parentId, log, expired: [] });
    return to;
  }

  /** Fails with `table-invalid` when there is no such metadata. */
  version(location: string): TableVersion {
    const version = this.#versions.get(location);
    if (version !== undefined) return version;
    throw new TidemarkError('table-invalid', `${location} can't be read: no such metadata`);
  }

  /** Fails with `table-invalid` when the file is not there. */
  rows(path: string): readonly StoredRow[] {
    const rows = this.#files.get(path);
    if (rows !== undefined) return rows;
    throw new TidemarkError('table-invalid', `${path} can't be read: no such file`);
  }

  /** A data file, a manifest or a metadata file; deleting what is not there is no error. */
  delete(path: string): void {
    this.#versions.delete(path);
    if (this.#files.delete(path)) this.#observe({ type: 'file-deleted', path });
  }

  /** Every row a reader of this version gets; fails with `table-invalid` when a file is missing. */
  readTable(location: string): readonly StoredRow[] {
    const current = currentSnapshot(this.version(location));
    return current === null ? [] : this.readSnapshot(current);
  }

  readSnapshot({ manifests }: Snapshot): readonly StoredRow[] {
    return manifests.flatMap((one) => {
      this.rows(one.path);
      return one.files.flatMap(({ path }) => this.rows(path));
    });
  }

  /** What a swing to this version makes current, for the history. */
  describeVersion(location: string): {
    readonly snapshot: LakeSnapshot | null;
    readonly expired: readonly number[];
  } {
    const version = this.version(location);
    const current = currentSnapshot(version);
    if (current === null) return { snapshot: null, expired: version.expired };
    const { manifests, ...facts } = current;
    const files = manifests.flatMap((one) => [one.path, ...one.files.map(({ path }) => path)]);
    return { snapshot: { ...facts, files }, expired: version.expired };
  }

  /** Paths of data files and manifests. */
  paths(): readonly string[] {
    return [...this.#files.keys()];
  }

  /** Fault: the next data file has only its first `rows`. */
  tearNext(rows: number): void {
    this.#spoilNext = (all) => all.slice(0, rows);
  }

  /** Fault: one row of the next data file has another content than the hot store gave. */
  alterNext(): void {
    this.#spoilNext = ([first, ...rest]) =>
      first === undefined ? rest : [withContent(first, `${first.row.content}!`), ...rest];
  }
}
