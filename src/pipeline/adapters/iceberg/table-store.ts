/**
 * Reads metadata, manifest lists and manifests, and remembers what it has seen.
 *
 * Files of a table never change under their name, so what was read or written once under a location
 * can be kept. An append then reads nothing that a previous commit of this process wrote. The
 * memory is bounded: the least recently used goes.
 */
import { readFile } from 'node:fs/promises';
import { TidemarkError } from '../../errors.ts';
import { BoundedCache } from './bounded-cache.ts';
import { localPath } from './durable-files.ts';
import { readManifest } from './manifest.ts';
import { readManifestList } from './manifest-list.ts';
import type { ManifestEntry, ManifestFile } from './manifest-schema.ts';
import { currentSnapshot, parseMetadata, type TableMetadata } from './table-metadata.ts';

/** A few versions each of the handful of tables that one process writes. */
const metadataKeptMax = 32;
/** Enough for the snapshots that maintenance looks at; lists of one process share their records. */
const manifestListsKeptMax = 512;

/** A version of a table: where its metadata stands and what it says. */
export interface TableVersion {
  readonly location: string;
  readonly metadata: TableMetadata;
}

async function read(location: string): Promise<Buffer> {
  try {
    return await readFile(localPath(location));
  } catch (cause) {
    throw new TidemarkError(
      'table-invalid',
      `${location} can't be read; compare the catalog's pointer with the warehouse`,
      { cause },
    );
  }
}

export class TableStore {
  private readonly metadatas = new BoundedCache<TableMetadata>(metadataKeptMax);
  private readonly lists = new BoundedCache<readonly ManifestFile[]>(manifestListsKeptMax);

  /** Fails with `table-invalid` when the file is missing or no metadata of format version 2. */
  async version(location: string): Promise<TableVersion> {
    const known = this.metadatas.get(location);
    const metadata = known ?? parseMetadata((await read(location)).toString('utf8'), location);
    this.metadatas.set(location, metadata);
    return { location, metadata };
  }

  async manifestList(location: string): Promise<readonly ManifestFile[]> {
    const manifests = this.lists.get(location) ?? readManifestList(await read(location));
    this.lists.set(location, manifests);
    return manifests;
  }

  /** Manifests of the current snapshot; none for a table without one. */
  async currentManifests(metadata: TableMetadata): Promise<readonly ManifestFile[]> {
    const snapshot = currentSnapshot(metadata);
    return snapshot ? this.manifestList(snapshot['manifest-list']) : [];
  }

  /**
   * Fails with `table-invalid` when it does not hold as many entries as its list says: a container
   * that was cut between its blocks is whole for its reader, and a merge would drop the rest.
   */
  async manifest(file: ManifestFile): Promise<readonly ManifestEntry[]> {
    const entries = readManifest(await read(file.manifest_path));
    const listed = file.added_files_count + file.existing_files_count + file.deleted_files_count;
    if (entries.length === listed) return entries;
    throw new TidemarkError(
      'table-invalid',
      `${file.manifest_path} holds ${entries.length} entries, its list says ${listed}; ` +
        'it was cut, or another file has taken its place',
    );
  }

  rememberVersion({ location, metadata }: TableVersion): void {
    this.metadatas.set(location, metadata);
  }

  rememberManifestList(location: string, manifests: readonly ManifestFile[]): void {
    this.lists.set(location, manifests);
  }
}
