/**
 * Files in a table's folders that nothing leads to, as a report.
 *
 * A crash between the data files and the swing leaves such files, and so does a swing whose answer
 * never came and that did not happen. They cost space and nothing else. Nothing is deleted here: a
 * young file may belong to an open batch, and only a person or a stage that knows the ledger can
 * say that an old one does not. A file counts as reachable when the current metadata leads to it,
 * through any snapshot it still has, its log of earlier versions, or its statistics.
 */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { LakeTable } from '../../ports/lake.ts';
import { localPath } from './durable-files.ts';
import { entryStatus } from './manifest-schema.ts';
import type { EngineParts } from './parts.ts';
import type { TableVersion } from './table-store.ts';

export interface Orphan {
  /** Absolute path. */
  readonly path: string;
  readonly bytes: number;
  /** Milliseconds since the file was last written. */
  readonly ageMs: number;
}

async function reachable(
  parts: EngineParts,
  { location, metadata }: TableVersion,
): Promise<ReadonlySet<string>> {
  const paths = new Set([localPath(location)]);
  const add = (one: string) => paths.add(localPath(one));
  for (const one of metadata['metadata-log'] ?? []) add(one['metadata-file']);
  for (const key of ['statistics', 'partition-statistics']) {
    const list = metadata[key];
    if (!Array.isArray(list)) continue;
    for (const one of list as ReadonlyArray<{ 'statistics-path': string }>) {
      add(one['statistics-path']);
    }
  }
  const manifestsRead = new Set<string>();
  for (const snapshot of metadata.snapshots ?? []) {
    add(snapshot['manifest-list']);
    for (const manifest of await parts.store.manifestList(snapshot['manifest-list'])) {
      if (manifestsRead.has(manifest.manifest_path)) continue;
      manifestsRead.add(manifest.manifest_path);
      add(manifest.manifest_path);
      for (const entry of await parts.store.manifest(manifest)) {
        if (entry.status !== entryStatus.deleted) add(entry.data_file.file_path);
      }
    }
  }
  return paths;
}

/**
 * Files of the table's data and metadata folders, unreachable and older than `olderThanMs`, by
 * path.
 */
export async function listOrphans(
  parts: EngineParts,
  table: LakeTable,
  olderThanMs: number,
): Promise<readonly Orphan[]> {
  const pointer = await parts.catalog.pointer(table);
  if (pointer === null) return [];
  const version = await parts.store.version(pointer);
  const inUse = await reachable(parts, version);
  const root = localPath(version.metadata.location);
  const nowMs = parts.clock.nowMs();
  const orphans: Orphan[] = [];
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isFile() || inUse.has(path)) continue;
    const { size, mtimeMs } = await stat(path);
    const ageMs = nowMs - mtimeMs;
    if (ageMs >= olderThanMs) orphans.push({ path, bytes: size, ageMs });
  }
  return orphans.sort((a, b) => (a.path < b.path ? -1 : 1));
}
